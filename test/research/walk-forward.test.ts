import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { usdFromNumber } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import {
  efficiencyRatio,
  parameterStability,
  stitchOutOfSample,
  walkForwardWindows,
} from '#research/walk-forward.ts';
import type { WindowPlan } from '#research/walk-forward.ts';

import { daysFrom } from '../backtest/support/results.ts';

const dates = (first: string, count: number) => daysFrom(asSessionDate(first), count);

/** As `from–to (sessions) → from–to (sessions)`. */
function told(first: string, count: number, plan?: WindowPlan) {
  const found = walkForwardWindows(dates(first, count), plan);
  if (!found.ok) return found.error;
  return found.windows.map(({ train, test }) =>
    [train, test].map(({ from, to, sessions }) => `${from}–${to} (${sessions})`).join(' → '),
  );
}

describe('windows', () => {
  it('are the halves of each year unless told otherwise', () => {
    expect(told('2023-01-01', 731)).toEqual([
      '2023-01-01–2023-06-30 (181) → 2023-07-01–2023-12-31 (184)',
      '2024-01-01–2024-06-30 (182) → 2024-07-01–2024-12-31 (184)',
    ]);
  });

  it('leave out a year with less than a month in one of its halves', () => {
    expect(told('2023-06-10', 300)).toEqual([
      '2023-06-10–2023-06-30 (21) → 2023-07-01–2023-12-31 (184)',
    ]);
    expect(told('2023-06-11', 300)).toContain('no year has 21 sessions in both of its halves');
  });

  it('roll on by what was tested', () => {
    expect(told('2024-01-01', 11, { kind: 'rolling', trainSessions: 4, testSessions: 3 })).toEqual([
      '2024-01-01–2024-01-04 (4) → 2024-01-05–2024-01-07 (3)',
      '2024-01-04–2024-01-07 (4) → 2024-01-08–2024-01-10 (3)',
    ]);
  });

  it('end with a shorter test of half the length or more', () => {
    expect(told('2024-01-01', 9, { kind: 'rolling', trainSessions: 4, testSessions: 3 })).toEqual([
      '2024-01-01–2024-01-04 (4) → 2024-01-05–2024-01-07 (3)',
      '2024-01-04–2024-01-07 (4) → 2024-01-08–2024-01-09 (2)',
    ]);
  });

  it.each([
    [9, ['2024-01-01–2024-01-04 (4) → 2024-01-05–2024-01-08 (4)']],
    [
      10,
      [
        '2024-01-01–2024-01-04 (4) → 2024-01-05–2024-01-08 (4)',
        '2024-01-05–2024-01-08 (4) → 2024-01-09–2024-01-10 (2)',
      ],
    ],
  ])('of 4 sessions each take %d sessions as half a test says', (count, expected) => {
    expect(
      told('2024-01-01', count, { kind: 'rolling', trainSessions: 4, testSessions: 4 }),
    ).toEqual(expected);
  });

  it('keep the first session where they are anchored', () => {
    expect(told('2024-01-01', 10, { kind: 'anchored', trainSessions: 4, testSessions: 3 })).toEqual(
      [
        '2024-01-01–2024-01-04 (4) → 2024-01-05–2024-01-07 (3)',
        '2024-01-01–2024-01-07 (7) → 2024-01-08–2024-01-10 (3)',
      ],
    );
  });

  it.each([
    [
      0,
      undefined,
      'no year has 21 sessions in both of its halves; take more time, or rolling windows',
    ],
    [
      5,
      { kind: 'rolling', trainSessions: 4, testSessions: 3 },
      '5 sessions are too few for one window: 4 to train and 3 to test; take more time, or shorter windows',
    ],
    [
      1,
      { kind: 'rolling', trainSessions: 4, testSessions: 3 },
      '1 session is too few for one window: 4 to train and 3 to test; take more time, or shorter windows',
    ],
    [
      5,
      { kind: 'anchored', trainSessions: 1.5, testSessions: 0 },
      'sessions to train (1.5) and to test (0) must be whole numbers above 0',
    ],
  ] as const)('of %d sessions by %j are refused with the cure', (count, plan, error) => {
    expect(told('2024-01-01', count, plan)).toBe(error);
  });

  it('refuse sessions that are not in order', () => {
    const [one, two] = dates('2024-01-01', 2);
    expect(() => walkForwardWindows([two!, one!])).toThrow('not in order');
    expect(() => walkForwardWindows([one!, one!])).toThrow('not in order');
  });

  it('never test on what they have trained on, nor twice on the same session', () => {
    const kind = fc.constantFrom('rolling' as const, 'anchored' as const);
    const count = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(kind, count, count, (of, trainSessions, testSessions) => {
        const plan = { kind: of, trainSessions, testSessions };
        const found = walkForwardWindows(dates('2024-01-01', 100), plan);
        let tested = '';
        for (const { train, test } of found.ok ? found.windows : []) {
          expect(train.to < test.from).toBe(true);
          expect(test.from > tested).toBe(true);
          tested = test.to;
        }
        expect(tested).not.toBe('');
      }),
    );
  });
});

const run = (first: string, startingEquity: number, equities: readonly number[]) => ({
  startingEquity: usdFromNumber(startingEquity),
  sessions: dates(first, equities.length).map((date, index) => ({
    date,
    equity: equities[index]!,
  })),
});

describe('equity out of sample', () => {
  it('goes on in each test with what the one before has left', () => {
    const stitched = stitchOutOfSample(usdFromNumber(1_000), [
      run('2023-07-01', 100, [110, 121]),
      run('2024-07-01', 50, [25, 50]),
    ]);
    expect(stitched).toEqual([
      { date: '2023-07-01', equity: expect.closeTo(1_100, 9) },
      { date: '2023-07-02', equity: expect.closeTo(1_210, 9) },
      { date: '2024-07-01', equity: expect.closeTo(605, 9) },
      { date: '2024-07-02', equity: expect.closeTo(1_210, 9) },
    ]);
  });

  it('is nothing without a test', () => {
    expect(stitchOutOfSample(usdFromNumber(1_000), [])).toEqual([]);
  });
});

const windows = (train: readonly number[], test: readonly number[]) => [
  { train: run('2024-01-01', 100, train), test: run('2024-07-01', 100, test) },
];

const daily = (rate: number, count: number) =>
  Array.from({ length: count }, (_, index) => 100 * (1 + rate) ** (index + 1));

/** A year at the start, but for its end. */
const flatUntil = (end: number) => [...Array.from({ length: 251 }, () => 100), end];

describe('the efficiency ratio', () => {
  it('is the annual return of tests over that of trainings, however long they are', () => {
    const ratio = efficiencyRatio(windows(daily(0.002, 20), daily(0.001, 10)))!;
    expect(ratio).toBeCloseTo((1.001 ** 252 - 1) / (1.002 ** 252 - 1), 9);
  });

  it('stands on a training that has earned 1 % a year', () => {
    expect(efficiencyRatio(windows(flatUntil(101), flatUntil(100.5)))).toBeCloseTo(0.5, 9);
  });

  it('is below zero where tests lose what training has earned', () => {
    expect(efficiencyRatio(windows([101], [99]))).toBeLessThan(0);
  });

  it.each([
    ['training has earned nothing', windows([100], [101])],
    ['training has lost', windows([99], [101])],
    ['training has earned less than 1 % a year', windows(flatUntil(100.99), [79])],
    ['there is no window', []],
  ])('does not exist where %s', (_, all) => {
    expect(efficiencyRatio(all)).toBeNull();
  });
});

describe('the stability of parameters', () => {
  it('says what most windows have chosen, and how much it scatters', () => {
    expect(
      parameterStability([
        { stop: 2, policy: 'keep' },
        { stop: 3, policy: 'keep' },
        { stop: 3, policy: 'keep' },
        { stop: 4, policy: 'flatten' },
      ]),
    ).toEqual([
      // √(2 / 3) / 3.
      { name: 'stop', usual: 3, share: 0.5, variation: expect.closeTo(0.2722, 4) },
      { name: 'policy', usual: 'keep', share: 0.75, variation: null },
    ]);
  });

  it.each([
    ['one window', [{ stop: 2 }], { usual: 2, share: 1, variation: null }],
    ['windows that agree', [{ stop: 2 }, { stop: 2 }], { usual: 2, share: 1, variation: 0 }],
    ['a mean of zero', [{ stop: -1 }, { stop: 1 }], { usual: -1, share: 0.5, variation: null }],
  ])('of %s', (_, choices, expected) => {
    expect(parameterStability(choices)).toEqual([{ name: 'stop', ...expected }]);
  });

  it('is nothing without a window', () => {
    expect(parameterStability([])).toEqual([]);
  });

  it('refuses windows that chose different parameters', () => {
    expect(() => parameterStability([{ stop: 2 }, {}])).toThrow('a window has chosen no stop');
  });
});
