import { firstAtLeast } from '#core/bar-columns.ts';
import { barRefusal } from '#core/bar-refusal.ts';
import type { DailyBar, EntryFilterName } from '#core/decision.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';
import { signalSide } from '#core/signal.ts';

import type { SymbolHistory } from './market.ts';
import { RowView } from './row-view.ts';
import type { TimeGrid } from './time-grid.ts';

/** Counts as they grow. */
export interface RunningTally {
  bars: number;
  noSignal: number;
  entered: number;
  readonly refused: Record<EntryFilterName, number>;
}

/** A symbol's rows at which everything that the bars alone decide speaks for an entry. */
export interface Candidates {
  readonly rows: readonly number[];
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
  history: SymbolHistory,
  columns: FeatureColumns,
  parameters: StrategyParameters,
  { grid, firstSession }: CandidateSpan,
): Candidates {
  const found: Found = { rows: [], tally: emptyTally(), isWarm: false };
  const { slots, days, daysBefore } = history;
  const view = new RowView(columns);
  let row = firstAtLeast(slots, grid.firstSlots[firstSession] ?? 0);
  for (let index = firstSession; index < grid.sessions.length; index += 1) {
    const session = grid.sessions[index];
    const end = grid.firstSlots[index + 1] ?? 0;
    const first = row;
    while (row < slots.length && (slots[row] ?? 0) < end) row += 1;
    if (session === undefined) continue;
    const dayCount = daysBefore[index] ?? 0;
    const recentDays = (): readonly DailyBar[] =>
      days.slice(Math.max(0, dayCount - parameters.volumeProfileDays), dayCount);
    scan(view, { first, end: row, session, parameters, recentDays }, found);
  }
  return found;
}

interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly session: Session;
  readonly parameters: StrategyParameters;
  readonly recentDays: () => readonly DailyBar[];
}

/** What was found so far. */
interface Found extends Candidates {
  readonly rows: number[];
  readonly tally: RunningTally;
  /** All features have been known at a bar before. */
  isWarm: boolean;
}

/** The rows of one session; short enough a loop for the compiler to see it whole. */
function scan(
  view: RowView,
  { first, end, session, parameters, recentDays }: Stretch,
  found: Found,
): void {
  const { rows, tally } = found;
  tally.bars += end - first;
  let noSignal = 0;
  for (let row = first; row < end; row += 1) {
    view.row = row;
    // Most bars: no signal, and of the features that were known before only these two can be lost again.
    const isQuiet = found.isWarm && signalSide(view, parameters.crossWithinBars) === null;
    if (isQuiet && Number.isFinite(view.relativeVolume + view.vwap)) {
      noSignal += 1;
      continue;
    }
    const snapshot = { barEnd: view.barEnd, session, parameters };
    const refusal = barRefusal(view, snapshot, recentDays);
    if (refusal !== 'warm-up') found.isWarm = true;
    if (refusal === 'no-signal') noSignal += 1;
    else if (refusal === null) rows.push(row);
    else tally.refused[refusal] += 1;
  }
  tally.noSignal += noSignal;
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
