import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { micros } from '#core/money.ts';
import { luckLine, luckWords } from '#core/study-words.ts';
import {
  judge,
  luckTests,
  MAX_OVERFITTING,
  MAX_P_VALUE,
  MIN_SHARPE_PROBABILITY,
  MIN_TRADES,
  verdictSentence,
} from '#research/verdict.ts';
import type { Evidence } from '#research/verdict.ts';

interface Given {
  readonly trades?: number;
  /** Dollars. */
  readonly pnl?: number;
  readonly r?: number | null;
  readonly p?: number | null;
  readonly psr?: number | null;
  readonly dsr?: number | null;
  readonly pbo?: number | null;
  readonly inSampleR?: number | null;
  /** As there is no deflated ratio without a search, unless told otherwise. */
  readonly searched?: boolean;
}

/** Evidence that passes every test, unless told otherwise. */
function evidence(given: Given = {}): Evidence {
  const { trades = 212, pnl = 5_000, r = 0.21, p = 0.004, psr = 0.99, dsr = 0.97 } = given;
  const figures = { profitFactor: 1.4, sharpe: 1.5, calmar: 2 };
  const { pbo = 0.08, inSampleR = 0.3, searched = dsr !== null } = given;
  return {
    inSample: { ...figures, trades: 400, netPnl: micros(9_000_000_000), expectancyR: inSampleR },
    outOfSample: { ...figures, trades, netPnl: micros(pnl * 1_000_000), expectancyR: r },
    probabilisticSharpe: psr,
    deflatedSharpe: dsr === null ? null : { probability: dsr, trials: 72 },
    overfitting: pbo,
    isSearched: searched,
    pValue: p,
  };
}

describe('the verdict', () => {
  const LUCK = 'not distinguishable from luck:';
  const SEARCH = 'likely the luck of the search:';
  const BETTER = 'better than luck: p = 0.004 on 212 trades, 0.21 R each after costs';
  const P_NEEDED = 'at most 0.05 is needed';
  const SURE = 'that its Sharpe ratio is above zero is';
  const SPLITS = 'of all splits the best in one half is no better than the middle in the other';

  it.each<[Given, string, string]>([
    [{}, 'better-than-luck', BETTER],
    [{ dsr: null, pbo: null }, 'better-than-luck', BETTER],
    [{ p: 0.0004, r: null }, 'better-than-luck', 'better than luck: p < 0.001 on 212 trades'],
    [
      { trades: 29 },
      'too-few-trades',
      'too few trades to tell: 29 out of sample, at least 30 are needed',
    ],
    [
      { trades: 0, pnl: 0, r: null, p: null, psr: null },
      'too-few-trades',
      'too few trades to tell: 0 out of sample, at least 30 are needed',
    ],
    [
      { trades: 30 },
      'better-than-luck',
      'better than luck: p = 0.004 on 30 trades, 0.21 R each after costs',
    ],
    [
      { pnl: -1_234.5, trades: 84, p: 0.9 },
      'worse',
      'worse than not trading: −$1,234.50 after costs on 84 trades',
    ],
    [{ pnl: 0 }, 'worse', 'worse than not trading: $0.00 after costs on 212 trades'],
    [{ p: 0.31, trades: 38 }, 'not-distinguishable', `${LUCK} p = 0.31 on 38 trades, ${P_NEEDED}`],
    [{ p: 0.05001 }, 'not-distinguishable', `${LUCK} p = 0.051 on 212 trades, ${P_NEEDED}`],
    [{ p: null }, 'not-distinguishable', `${LUCK} p is not known on 212 trades, ${P_NEEDED}`],
    [{ psr: 0.87 }, 'not-distinguishable', `${LUCK} ${SURE} 87 % sure on 212 trades, not 95 %`],
    [
      { psr: 0.94999 },
      'not-distinguishable',
      `${LUCK} ${SURE} 94.9 % sure on 212 trades, not 95 %`,
    ],
    [
      { psr: null },
      'not-distinguishable',
      `${LUCK} ${SURE} not at all sure on 212 trades, not 95 %`,
    ],
    [
      { dsr: 0.61 },
      'overfitted',
      `${SEARCH} after 72 tries it is 61 % sure that there is any edge, not 95 %`,
    ],
    [{ pbo: 0.43 }, 'overfitted', `${SEARCH} in 43 % ${SPLITS}, 20 % are allowed`],
    [
      { pbo: null },
      'overfitted',
      `${SEARCH} it chose on too few sessions to tell how often the best in one half is no better than the middle in the other; take more time, or longer windows`,
    ],
    [
      { dsr: null, searched: true },
      'overfitted',
      `${SEARCH} after all its tries it is not at all sure that there is any edge, not 95 %`,
    ],
    [{ pbo: 0.20001 }, 'overfitted', `${SEARCH} in 20.1 % ${SPLITS}, 20 % are allowed`],
    // All at their limits.
    [
      { p: 0.05, psr: 0.95, dsr: 0.95, pbo: 0.2 },
      'better-than-luck',
      'better than luck: p = 0.05 on 212 trades, 0.21 R each after costs',
    ],
  ])('on %j is %s: %s', (given, kind, sentence) => {
    const verdict = judge(evidence(given));
    expect(verdict.kind).toBe(kind);
    expect(verdictSentence(verdict)).toBe(sentence);
  });

  it.each([
    [{ trades: 5, pnl: -1, p: 1, psr: 0, dsr: 0, pbo: 1 }, 'trades'],
    [{ pnl: -1, p: 1, psr: 0, dsr: 0, pbo: 1 }, 'profit'],
    [{ p: 1, psr: 0, dsr: 0, pbo: 1 }, 'p-value'],
    [{ psr: 0, dsr: 0, pbo: 1 }, 'sharpe'],
    [{ dsr: 0, pbo: 1 }, 'trials'],
    [{ pbo: 1 }, 'splits'],
    [{}, null],
  ])('on %j names the first test that was failed: %s', (given, failed) => {
    expect(judge(evidence(given)).failed).toBe(failed);
  });

  it('has the numbers it stands on', () => {
    expect(judge(evidence())).toEqual({
      kind: 'better-than-luck',
      failed: null,
      trades: 212,
      netPnl: 5_000_000_000,
      expectancyR: 0.21,
      kept: expect.closeTo(0.7, 12),
      pValue: 0.004,
      probabilisticSharpe: 0.99,
      deflatedSharpe: 0.97,
      trials: 72,
      overfitting: 0.08,
      isSearched: true,
    });
  });

  it.each([
    [{ inSampleR: 0 }, null],
    [{ inSampleR: -0.1 }, null],
    [{ inSampleR: null }, null],
    [{ r: null }, null],
    [{ r: -0.15 }, -0.5],
  ])('on %j has kept of the expectancy %d', (given, kept) => {
    expect(judge(evidence(given)).kept).toBe(kept);
  });

  it.each<[Given, readonly string[]]>([
    [
      { p: 0.0004, psr: 0.9999, dsr: 0.61, pbo: 0.08 },
      [
        'p-value < 0.001 (needs at most 0.05): met',
        'Sharpe above zero 99.9 % sure (needs 95 %): met',
        'Sharpe after all tries 61 % sure (needs 95 %): missed',
        'overfitting 8 % (needs at most 20 %): met',
      ],
    ],
    // Missed by a hair, which no rounding may hide.
    [
      { p: 0.05001, psr: 0.94999, dsr: 0.95, pbo: 0.20001 },
      [
        'p-value 0.051 (needs at most 0.05): missed',
        'Sharpe above zero 94.9 % sure (needs 95 %): missed',
        'Sharpe after all tries 95 % sure (needs 95 %): met',
        'overfitting 20.1 % (needs at most 20 %): missed',
      ],
    ],
    [
      { p: null, psr: null, dsr: null, pbo: null },
      [
        'p-value – (needs at most 0.05): not known',
        'Sharpe above zero – (needs 95 %): not known',
        'Sharpe after all tries – (needs 95 %): not known',
        'overfitting – (needs at most 20 %): not known',
      ],
    ],
  ])('on %j tells each figure of luck with the limit that it goes by', (given, lines) => {
    const words = luckTests(judge(evidence(given))).map(luckWords);
    const told = words.map((each) => `${luckLine(each)}: ${each.verdict}`);
    expect(told).toEqual(lines);
  });

  it('passes only what passes every test', () => {
    const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));
    const given = fc.record({
      trades: fc.integer({ min: 0, max: 100 }),
      pnl: fc.integer({ min: -100, max: 1_000 }),
      p: share,
      psr: share,
      dsr: share,
      pbo: share,
      searched: fc.boolean(),
    });
    fc.assert(
      fc.property(given, (some) => {
        const isPassed = judge(evidence(some)).kind === 'better-than-luck';
        expect(isPassed).toBe(
          some.trades >= MIN_TRADES &&
            some.pnl > 0 &&
            (some.p ?? 1) <= MAX_P_VALUE &&
            (some.psr ?? 0) >= MIN_SHARPE_PROBABILITY &&
            (some.dsr ?? (some.searched ? 0 : 1)) >= MIN_SHARPE_PROBABILITY &&
            (some.pbo ?? (some.searched ? 1 : 0)) <= MAX_OVERFITTING,
        );
      }),
    );
  });
});
