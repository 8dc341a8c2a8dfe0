import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ENTRY_FILTERS } from '#core/decision.ts';
import type { EntryFilterName } from '#core/decision.ts';
import { signalCounts } from '#core/signal-counts.ts';
import type { DecisionCount, Removal } from '#core/signal-counts.ts';

const refused = (refusedBy: EntryFilterName, count: number): DecisionCount => ({
  kind: 'refused',
  refusedBy,
  count,
});
const entered = (count: number): DecisionCount => ({ kind: 'enter', refusedBy: null, count });
const quiet = (count: number): DecisionCount => ({ kind: 'no-signal', refusedBy: null, count });

const sum = (removals: readonly Removal[]): number =>
  removals.reduce((total, { count }) => total + count, 0);

describe('the counts of signals', () => {
  it('are all zero of no decisions, with every filter in its order', () => {
    const counts = signalCounts([]);
    expect(counts).toMatchObject({ decisions: 0, noSignal: 0, signals: 0, entries: 0 });
    expect(counts.unjudged.map(({ filter }) => filter)).toEqual(['warm-up', 'freshness']);
    expect([...counts.unjudged, ...counts.removed].map(({ filter }) => filter)).toEqual(
      ENTRY_FILTERS,
    );
    expect(sum(counts.unjudged) + sum(counts.removed)).toBe(0);
  });

  it('do not count as a signal what was refused before one was looked for', () => {
    const counts = signalCounts([
      refused('trend-15m', 6),
      refused('warm-up', 50),
      entered(3),
      refused('freshness', 2),
      quiet(900),
      refused('confidence', 22),
    ]);
    expect(counts).toMatchObject({ decisions: 983, noSignal: 900, signals: 31, entries: 3 });
    expect(counts.removed.filter(({ count }) => count > 0)).toEqual([
      { filter: 'confidence', count: 22 },
      { filter: 'trend-15m', count: 6 },
    ]);
    expect(counts.unjudged).toEqual([
      { filter: 'warm-up', count: 50 },
      { filter: 'freshness', count: 2 },
    ]);
  });

  it('keep what a filter removed that exists no more', () => {
    const counts = signalCounts([refused('moon-phase' as EntryFilterName, 4), entered(1)]);
    expect(counts.removed.at(-1)).toEqual({ filter: 'moon-phase', count: 4 });
    expect(counts.signals).toBe(5);
  });

  it('add up, whatever was decided', () => {
    const row = fc.oneof(
      fc.nat(1_000).map(entered),
      fc.nat(1_000).map(quiet),
      fc.tuple(fc.constantFrom(...ENTRY_FILTERS), fc.nat(1_000)).map((one) => refused(...one)),
    );
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const { decisions, unjudged, noSignal, signals, removed, entries } = signalCounts(rows);
        expect(decisions).toBe(rows.reduce((total, { count }) => total + count, 0));
        expect(decisions).toBe(sum(unjudged) + noSignal + signals);
        expect(signals).toBe(sum(removed) + entries);
      }),
    );
  });
});
