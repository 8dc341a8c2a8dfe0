import type { EntryFilterName } from '#core/decision.ts';
import type { FeatureColumns } from '#core/feature-columns.ts';
import { BAR_FILTERS, DATA_FILTERS } from '#core/filters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session } from '#core/session.ts';
import { signalOf, signalSide } from '#core/signal.ts';

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
  { slots }: Pick<SymbolHistory, 'slots'>,
  columns: FeatureColumns,
  parameters: StrategyParameters,
  { grid, firstSession }: CandidateSpan,
): Candidates {
  const found: Candidates & { readonly rows: number[] } = { rows: [], tally: emptyTally() };
  const view = new RowView(columns);
  let row = firstRowOf(slots, grid.firstSlots[firstSession] ?? 0);
  for (let index = firstSession; index < grid.sessions.length; index += 1) {
    const session = grid.sessions[index];
    const end = grid.firstSlots[index + 1] ?? 0;
    const first = row;
    while (row < slots.length && (slots[row] ?? 0) < end) row += 1;
    if (session !== undefined) scan(view, { first, end: row, session, parameters }, found);
  }
  return found;
}

interface Stretch {
  readonly first: number;
  readonly end: number;
  readonly session: Session;
  readonly parameters: StrategyParameters;
}

/** The rows of one session; short enough a loop for the compiler to see it whole. */
function scan(
  view: RowView,
  { first, end, session, parameters }: Stretch,
  { rows, tally }: { readonly rows: number[]; readonly tally: RunningTally },
): void {
  tally.bars += end - first;
  for (let row = first; row < end; row += 1) {
    view.row = row;
    const side = signalSide(view, parameters.crossWithinBars);
    if (side === null && isWarm(view)) {
      tally.noSignal += 1;
      continue;
    }
    const refusedBy = refusalOf(view, session, parameters);
    if (refusedBy === null) rows.push(row);
    else if (refusedBy === 'no-signal') tally.noSignal += 1;
    else tally.refused[refusedBy] += 1;
  }
}

/** The features that become known last, and those that a bar without volume makes unknown again. */
const isWarm = (features: RowView): boolean => {
  const { atrAverage, adx, trendEmaFast, trendEmaSlow, relativeVolume, vwap } = features;
  return Number.isFinite(atrAverage + adx + trendEmaFast + trendEmaSlow + relativeVolume + vwap);
};

function refusalOf(
  features: RowView,
  session: Session,
  parameters: StrategyParameters,
): EntryFilterName | 'no-signal' | null {
  const snapshot = { barEnd: features.barEnd, session, parameters };
  for (const { name, ask } of DATA_FILTERS) if (!ask({ snapshot, features }).passed) return name;
  const signal = signalOf(features, parameters);
  if (signal === null) return 'no-signal';
  const question = { snapshot, features, signal };
  for (const { name, ask } of BAR_FILTERS) if (!ask(question).passed) return name;
  return null;
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

function firstRowOf(slots: Int32Array, slot: number): number {
  let [low, high] = [0, slots.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((slots[middle] ?? 0) < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}
