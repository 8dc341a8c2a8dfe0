import { ENTRY_FILTERS } from './decision.ts';
import type { Decision, EntryFilterName } from './decision.ts';
import { DATA_FILTERS } from './filters.ts';

/** How many decisions were of a kind and, where refused, by which filter. */
export interface DecisionCount {
  readonly kind: Decision['kind'];
  readonly refusedBy: EntryFilterName | null;
  readonly count: number;
}

export interface Removal {
  readonly filter: EntryFilterName;
  readonly count: number;
}

/**
 * What became of the bars that were looked at, each counted once a symbol: decisions = unjudged + no signal
 * + signals, and signals = removed + entries. A crossing is a signal on each bar on which it is still fresh.
 */
export interface SignalCounts {
  readonly decisions: number;
  /** By the filters that are asked before a signal is looked for: what they refuse is none. */
  readonly unjudged: readonly Removal[];
  readonly noSignal: number;
  readonly signals: number;
  /** By each filter that is asked of a signal, in their order, those that removed none included. */
  readonly removed: readonly Removal[];
  /** That were decided; how many of them were filled is another matter. */
  readonly entries: number;
}

const ASKED_OF_DATA: ReadonlySet<EntryFilterName> = new Set(DATA_FILTERS.map(({ name }) => name));

/** Whether a refusal came before a signal was looked for, because the data could not be judged. */
export const isUnjudged = (refusedBy: EntryFilterName): boolean => ASKED_OF_DATA.has(refusedBy);

/** Adds up decisions by what became of them. */
export function signalCounts(counts: readonly DecisionCount[]): SignalCounts {
  const total = (rows: readonly DecisionCount[]): number =>
    rows.reduce((sum, row) => sum + row.count, 0);
  const ofKind = (kind: Decision['kind']) => counts.filter((row) => row.kind === kind);
  const refused = ofKind('refused');
  const removals = filtersOf(refused).map((filter) => ({
    filter,
    count: total(refused.filter((row) => row.refusedBy === filter)),
  }));
  const removed = removals.filter(({ filter }) => !isUnjudged(filter));
  const entries = total(ofKind('enter'));
  return {
    decisions: total(counts),
    unjudged: removals.filter(({ filter }) => isUnjudged(filter)),
    noSignal: total(ofKind('no-signal')),
    signals: removed.reduce((sum, { count }) => sum + count, entries),
    removed,
    entries,
  };
}

/** All that there are, in their order; at the end those of an older version, whose decisions count as well. */
const filtersOf = (refused: readonly DecisionCount[]): readonly EntryFilterName[] => [
  ...new Set([
    ...ENTRY_FILTERS,
    ...refused.flatMap(({ refusedBy }) => (refusedBy === null ? [] : [refusedBy])),
  ]),
];
