import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dailyMetrics } from '#core/daily-metrics.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { tradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { signalCounts } from '#core/signal-counts.ts';
import type { DecisionCount } from '#core/signal-counts.ts';

import { metricTable, metricTitle, signalTable } from '../../src/compose/replay-report.ts';

const counts: readonly DecisionCount[] = [
  { kind: 'no-signal', refusedBy: null, count: 4_895 },
  { kind: 'enter', refusedBy: null, count: 26 },
  { kind: 'refused', refusedBy: 'confidence', count: 580 },
  { kind: 'refused', refusedBy: 'entry-window', count: 43 },
  { kind: 'refused', refusedBy: 'warm-up', count: 12 },
];

/** The figure at a line's end. */
const figureOf = (line: string): number => Number(/([\d,]+)$/.exec(line)?.[1]?.replaceAll(',', ''));

describe('the table of what the filters removed', () => {
  it('goes from bars over signals to entries, with every filter in its order', () => {
    expect(signalTable(signalCounts(counts)).join('\n')).toMatchInlineSnapshot(`
      "bars of all symbols  5,556
      − warm-up               12
      − freshness              0
      − no signal          4,895
      = signals              649
      − entry-window          43
      − confidence           580
      − trend-15m              0
      − volume-profile         0
      − one-position           0
      − cooldown               0
      − control                0
      − readiness              0
      − drawdown               0
      − position-cap           0
      − sector                 0
      − correlation            0
      − size                   0
      − broker                 0
      = entries               26"
    `);
  });

  it('names each filter once, in the order in which they are asked', () => {
    const named = signalTable(signalCounts([]))
      .map((line) => /^− (\S+)\s/.exec(line)?.[1])
      .filter((name) => name !== undefined && name !== 'no');
    expect(named).toEqual(ENTRY_FILTERS);
  });

  it('adds up: what stands at each sum is what the lines above it leave', () => {
    const row: fc.Arbitrary<DecisionCount> = fc.oneof(
      fc.record({
        kind: fc.constantFrom('enter' as const, 'no-signal' as const),
        refusedBy: fc.constant(null),
        count: fc.nat(5_000),
      }),
      fc.record({
        kind: fc.constant('refused' as const),
        refusedBy: fc.constantFrom(...ENTRY_FILTERS),
        count: fc.nat(5_000),
      }),
    );
    fc.assert(
      fc.property(fc.array(row), (rows) => {
        const lines = signalTable(signalCounts(rows));
        const from = (sum: number): number =>
          lines.findIndex((line, n) => n > sum && line[0] === '=');
        const signals = from(0);
        const entries = from(signals);
        expect(entries).toBe(lines.length - 1);
        for (const [above, below] of [
          [0, signals],
          [signals, entries],
        ] as const) {
          const taken = lines.slice(above + 1, below).map(figureOf);
          expect(taken.reduce((left, count) => left - count, figureOf(lines[above]!))).toBe(
            figureOf(lines[below]!),
          );
        }
      }),
    );
  });
});

describe('the table of the metrics', () => {
  const metrics = dailyMetrics({
    closed: Array.from({ length: 31 }, (_, n) => ({
      tradeId: tradeId(`t${n}`),
      pnl: parseUsd(n < 20 ? '100' : '-60'),
      rMultiple: n < 20 ? 2.5 : -1,
    })),
    entered: [{ tradeId: tradeId('t0'), slippageBps: 1.2 }],
    drawdowns: [0.4, 1.21],
    interference: 0,
  });

  it('has a line a metric, with how sure it is, its target and the verdict', () => {
    expect(metricTable(metrics).join('\n')).toMatchInlineSnapshot(`
      "✅ Win rate              64.5 %         (47 to 79)        on 31 trades   target > 60 %:   met
      ✅ Profit factor         3.03                             on 31 trades   target > 2.5:    met
      ❌ Average               +1.26 R        (+0.63 to +1.88)  on 31 trades   target > 2 R:    missed
      ✅ Worst day’s drawdown  −1.21 %                          on 2 sessions  target < 3 %:    met
      ⏳ Slippage              1.2 bps worse                    on 1 entry     target < 5 bps:  met
      ✅ Interference          0                                on 31 trades   target 0:        met
      (…) holds the true figure, 95 % sure. ⏳ on fewer than 30: too few to say."
    `);
  });

  it('says above it how many trades it stands on', () => {
    expect(metricTitle(metrics)).toBe('the targets, by 31 closed trades:');
  });
});
