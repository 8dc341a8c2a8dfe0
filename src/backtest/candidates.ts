import { firstAtLeast } from '#core/bar-columns.ts';
import { barRefusal } from '#core/bar-refusal.ts';
import type { DailyBar, EntryFilterName } from '#core/decision.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';

import type { PreparedSymbol } from './desk.ts';
import { FeatureRow, readRow } from './feature-rows.ts';
import type { FeatureRows } from './feature-rows.ts';
import { lastDaysBefore } from './market.ts';
import { slotCount } from './time-grid.ts';
import type { TimeGrid } from './time-grid.ts';

/** Counts as they grow. */
export interface RunningTally {
  bars: number;
  noSignal: number;
  entered: number;
  readonly refused: Record<EntryFilterName, number>;
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
    let recent: readonly DailyBar[] | null = null;
    const recentDays = (): readonly DailyBar[] =>
      (recent ??= lastDaysBefore(history, index, parameters.volumeProfileDays));
    scan(view, { rows: signals.features, first, end: at, session, parameters, recentDays }, found);
  }
  return found;
}

interface Stretch {
  readonly rows: FeatureRows;
  readonly first: number;
  readonly end: number;
  readonly session: Session;
  readonly parameters: StrategyParameters;
  readonly recentDays: () => readonly DailyBar[];
}

/** What was found so far. */
interface Found extends Candidates {
  readonly signals: number[];
}

/** The signals of one session. */
function scan(
  view: FeatureRow,
  { rows, first, end, session, parameters, recentDays }: Stretch,
  { signals, tally }: Found,
): void {
  for (let at = first; at < end; at += 1) {
    const features = readRow(rows, at, view);
    const snapshot = { barEnd: features.barEnd, session, parameters };
    const refusal = barRefusal(features, snapshot, recentDays);
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
