import { firstAtLeast } from '#core/bar-columns.ts';
import { barRefusal } from '#core/bar-refusal.ts';
import type { BarQuestion } from '#core/bar-refusal.ts';
import type { EntryFilterName, Features } from '#core/decision.ts';
import { entryWindow } from '#core/filters/market.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { createVolumeProfile } from '#core/volume-profile.ts';
import type { VolumeProfile } from '#core/volume-profile.ts';

import type { PreparedSymbol } from './desk.ts';
import { FeatureRow, featureRowAt, readRow } from './feature-rows.ts';
import { lastDaysBefore } from './market.ts';
import type { SignalRows } from './signal-rows.ts';
import { slotCount } from './time-grid.ts';
import type { TimeGrid } from './time-grid.ts';

/** Counts as they grow. */
export interface RunningTally {
  bars: number;
  noSignal: number;
  entered: number;
  readonly refused: Record<EntryFilterName, number>;
}

/** A symbol and row at which the bars speak for an entry. */
export class Candidate {
  readonly history: PreparedSymbol;
  readonly row: number;
  /** The row's place among the symbol's signal rows. */
  readonly #signal: number;
  #features: Features | null = null;

  constructor(history: PreparedSymbol, signal: number) {
    this.history = history;
    this.row = history.signals.rows[signal] ?? 0;
    this.#signal = signal;
  }

  /** Read when they are asked for first: few candidates are decided about, but those in many runs. */
  get features(): Features {
    this.#features ??= featureRowAt(this.history.signals.features, this.#signal);
    return this.#features;
  }
}

/** A symbol's signals for which everything that the bars alone decide speaks. */
export interface Candidates {
  /** Places among its signal rows. */
  readonly signals: readonly number[];
  /** Of all other rows. */
  readonly tally: RunningTally;
}

/** Where in history candidates are looked for. */
export interface CandidateSpan {
  readonly grid: TimeGrid;
  /** Rows of earlier sessions only warm up. */
  readonly firstSession: number;
}

/**
 * Finds the rows at which a cycle has to ask about more than the bars. The filters are those of a decision, in
 * their order, so that what is left out here is what a decision would refuse.
 */
export function findCandidates(
  history: PreparedSymbol,
  parameters: StrategyParameters,
  { grid, firstSession }: CandidateSpan,
): Candidates {
  const { slots, signals } = history;
  const firstRow = firstAtLeast(slots, grid.firstSlots[firstSession] ?? 0);
  const endRow = firstAtLeast(slots, slotCount(grid));
  const found: Found = { signals: [], tally: emptyTally() };
  found.tally.bars = Math.max(0, endRow - firstRow);
  // Of the other rows there is no more to say.
  found.tally.noSignal = found.tally.bars;
  const view = new FeatureRow();
  let at = firstAtLeast(signals.rows, firstRow);
  for (let index = firstSession; index < grid.sessions.length; index += 1) {
    const session = grid.sessions[index];
    const end = grid.firstSlots[index + 1] ?? 0;
    const first = at;
    while (at < signals.rows.length && (slots[signals.rows[at] ?? 0] ?? 0) < end) at += 1;
    if (session === undefined || at === first) continue;
    let profile: VolumeProfile | null = null;
    const profileNow = (): VolumeProfile => {
      const days = lastDaysBefore(history, index, parameters.volumeProfileDays);
      return createVolumeProfile(days, parameters);
    };
    const question: BarQuestion = {
      window: entryWindow(session, parameters),
      parameters,
      profile: () => (profile ??= profileNow()),
    };
    scan(view, { signals, first, end: at, question }, found);
  }
  return found;
}

interface Stretch {
  readonly signals: SignalRows;
  readonly first: number;
  readonly end: number;
  readonly question: BarQuestion;
}

/** What was found so far. */
interface Found extends Candidates {
  readonly signals: number[];
}

/** The signals of one session. */
function scan(
  view: FeatureRow,
  { signals: { features, coldRows }, first, end, question }: Stretch,
  { signals, tally }: Found,
): void {
  for (let at = first; at < end; at += 1) {
    const refusal = barRefusal(readRow(features, at, view), question, at >= coldRows);
    if (refusal === 'no-signal') continue;
    tally.noSignal -= 1;
    if (refusal === null) signals.push(at);
    else tally.refused[refusal] += 1;
  }
}

export const emptyTally = (): RunningTally => ({
  bars: 0,
  noSignal: 0,
  entered: 0,
  refused: {
    'warm-up': 0,
    freshness: 0,
    'entry-window': 0,
    confidence: 0,
    'trend-15m': 0,
    'volume-profile': 0,
    'one-position': 0,
    cooldown: 0,
    control: 0,
    readiness: 0,
    drawdown: 0,
    'position-cap': 0,
    sector: 0,
    correlation: 0,
    size: 0,
    broker: 0,
  },
});
