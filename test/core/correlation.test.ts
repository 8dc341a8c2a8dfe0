import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { correlationWithOpen, returnCorrelation } from '#core/correlation.ts';
import type { DailyBar } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { addDays, asSessionDate } from '#core/session.ts';

import { randomNumbers } from './support/bars.ts';

const FIRST = asSessionDate('2025-08-01');

const barsOf = (closes: readonly number[]): readonly DailyBar[] =>
  closes.map((close, index) => ({ date: addDays(FIRST, index), close, volume: 1 }));

/** Closes from 100 on with these daily logarithmic returns. */
const pathOf = (returns: readonly number[]): readonly number[] =>
  returns.reduce<number[]>((path, each) => [...path, path.at(-1)! * Math.exp(each)], [100]);

const noise = (seed: number, count: number): readonly number[] => {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, () => (random() - 0.5) * 0.04);
};

const correlate = (
  left: readonly DailyBar[],
  right: readonly DailyBar[],
  changes: Partial<StrategyParameters> = {},
) => returnCorrelation(left, right, { ...DEFAULT_PARAMETERS, ...changes });

const centred = (values: readonly number[]): readonly number[] => {
  const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
  return values.map((each) => each - mean);
};

const dot = (left: readonly number[], right: readonly number[]): number =>
  left.reduce((sum, each, index) => sum + each * right[index]!, 0);

const short = { correlationMinDays: 2 };

describe('the correlation of two symbols', () => {
  it.each<[string, readonly number[], readonly number[], number]>([
    ['the same returns', [0.01, -0.02, 0.03], [0.01, -0.02, 0.03], 1],
    ['twice the returns', [0.01, -0.02, 0.03], [0.02, -0.04, 0.06], 1],
    ['the opposite returns', [0.01, -0.02, 0.03], [-0.01, 0.02, -0.03], -1],
    ['returns with another mean', [0.01, -0.02, 0.03], [0.11, 0.08, 0.13], 1],
    [
      'returns that have nothing in common',
      [0.01, -0.01, 0.01, -0.01],
      [0.01, 0.01, -0.01, -0.01],
      0,
    ],
    // Means 0.02 and 0.02; Σxy = 1e-4, Σx² = Σy² = 2e-4.
    ['returns that have half in common', [0.01, 0.02, 0.03], [0.01, 0.03, 0.02], 0.5],
    // Σx² = 5e-4, Σy² = 5e-4, Σxy = 4e-4: where the limit of the default strategy lies.
    ['the returns 1 2 3 4 and 2 1 3 4', [0.01, 0.02, 0.03, 0.04], [0.02, 0.01, 0.03, 0.04], 0.8],
  ])('with %s', (_, left, right, value) => {
    const found = correlate(barsOf(pathOf(left)), barsOf(pathOf(right)), short);
    expect(found.value).toBeCloseTo(value, 12);
    expect(found.days).toBe(left.length);
  });

  it('is taken of logarithmic returns, not of simple ones', () => {
    const found = correlate(barsOf([100, 200, 100, 400]), barsOf([100, 110, 100, 130]), short);
    const [x, y] = [
      [Math.log(2), Math.log(0.5), Math.log(4)],
      [Math.log(1.1), Math.log(1 / 1.1), Math.log(1.3)],
    ] as const;
    const [cx, cy] = [centred(x), centred(y)];
    expect(found.value).toBeCloseTo(dot(cx, cy) / Math.sqrt(dot(cx, cx) * dot(cy, cy)), 12);
  });

  it('stands on the last 60 returns, and on 61 closes', () => {
    const [before, after] = [noise(1, 40), noise(2, 60)];
    const opposite = before.map((each) => -each);
    const left = barsOf(pathOf([...before, ...after]));
    const right = barsOf(pathOf([...opposite, ...after]));
    expect(correlate(left, right)).toEqual({ value: expect.closeTo(1, 9), days: 60 });
    const wider = correlate(left, right, { correlationDays: 61 });
    expect(wider.days).toBe(61);
    expect(wider.value).toBeLessThan(0.999);
  });

  it('needs 20 returns', () => {
    const left = barsOf(pathOf(noise(1, 20)));
    const right = barsOf(pathOf(noise(2, 20)));
    expect(correlate(left, right)).toEqual({ value: expect.any(Number), days: 20 });
    expect(correlate(left.slice(1), right)).toEqual({ value: null, days: 19 });
    expect(correlate(left, right.slice(0, -1))).toEqual({ value: null, days: 19 });
    expect(correlate(left, right, { correlationMinDays: 21 })).toEqual({ value: null, days: 20 });
  });

  it.each<[string, readonly DailyBar[], readonly DailyBar[]]>([
    ['one of them has no bars', [], barsOf(pathOf(noise(1, 30)))],
    ['neither has', [], []],
    ['they have one day in common', barsOf([100]), barsOf([100, 101])],
    [
      'they have no day in common',
      barsOf(pathOf(noise(1, 30))),
      barsOf(pathOf(noise(1, 30))).map((bar) => ({ ...bar, date: addDays(bar.date, 100) })),
    ],
  ])('cannot be told when %s', (_, left, right) => {
    expect(correlate(left, right)).toEqual({ value: null, days: 0 });
  });

  it('compares the same days, over the same spans, where one of them lacks some', () => {
    const path = pathOf(noise(3, 40));
    const whole = barsOf(path);
    const holes = whole.filter((_, index) => index % 4 !== 0);
    expect(correlate(whole, holes)).toEqual({ value: expect.closeTo(1, 12), days: 29 });
    // A day late, the same path is another one.
    const late = whole.map((bar) => ({ ...bar, date: addDays(bar.date, 1) }));
    expect(correlate(whole, late).value).toBeLessThan(0.5);
  });

  it.each([Number.NaN, 0, -5, Infinity])('leaves out a day with a close of %d', (close) => {
    const bars = barsOf(pathOf(noise(3, 40)));
    const bad = bars.map((bar, index) => (index === 10 ? { ...bar, close } : bar));
    expect(correlate(bars, bad)).toEqual({ value: expect.closeTo(1, 12), days: 39 });
    expect(correlate(bad, bars)).toEqual({ value: expect.closeTo(1, 12), days: 39 });
  });

  it.each<[string, readonly number[]]>([
    ['stands still', Array.from({ length: 30 }, () => 100)],
    ['grows by the same share each day', pathOf(Array.from({ length: 30 }, () => 0.01))],
    ['halves each day', pathOf(Array.from({ length: 30 }, () => -0.5))],
  ])('cannot be told of one that %s', (_, closes) => {
    const other = barsOf(pathOf(noise(1, closes.length - 1)));
    const days = closes.length - 1;
    expect(correlate(barsOf(closes), other)).toEqual({ value: null, days });
    expect(correlate(other, barsOf(closes))).toEqual({ value: null, days });
  });

  it.each([
    // The variance of returns that go up and down by 1e-10 is 1e-20: ten thousand times their rounding.
    [1.02e-10, true],
    [0.98e-10, false],
  ])('of one that moves by %d up and down can be told: %s', (move, canBeTold) => {
    const closes = Array.from({ length: 31 }, (_, index) => 1 + (index % 2) * move);
    expect(correlate(barsOf(closes), barsOf(closes)).value !== null).toBe(canBeTold);
  });

  it('is the same of prices below a dollar', () => {
    const path = pathOf(noise(3, 40));
    const cheap = barsOf(path.map((close) => close / 1_000));
    expect(correlate(barsOf(path), cheap)).toEqual({ value: expect.closeTo(1, 9), days: 40 });
  });

  it('can be told of one that moves by a cent now and then', () => {
    const closes = Array.from({ length: 30 }, (_, index) =>
      index % 7 === 0 ? 500_000.01 : 500_000,
    );
    expect(correlate(barsOf(closes), barsOf(closes)).value).toBeCloseTo(1, 6);
  });

  it('lies from −1 to 1, is the same either way, and is 1 with itself', () => {
    const prices = fc.array(fc.double({ min: 0.01, max: 1e6, noNaN: true }), { maxLength: 80 });
    fc.assert(
      fc.property(prices, prices, (left, right) => {
        const [a, b] = [barsOf(left), barsOf(right)];
        const { value, days } = correlate(a, b);
        expect(Math.abs(value ?? 0)).toBeLessThanOrEqual(1);
        expect(days).toBeLessThanOrEqual(60);
        expect(correlate(b, a).value ?? 0).toBeCloseTo(value ?? 0, 9);
        expect(correlate(a, a).value ?? 1).toBeCloseTo(1, 9);
      }),
    );
  });
});

describe('the correlation with what is open', () => {
  const base = noise(1, 60);
  const mixed = (share: number, seed: number) =>
    barsOf(pathOf(noise(seed, 60).map((each, index) => base[index]! * share + each * (1 - share))));
  const NVDA = ticker('NVDA');
  const daily = new Map([
    [NVDA, barsOf(pathOf(base))],
    [ticker('TWIN'), barsOf(pathOf(base))],
    [ticker('SAME'), barsOf(pathOf(base))],
    [ticker('NEAR'), mixed(0.75, 2)],
    [ticker('FAR'), mixed(0.3, 3)],
    [ticker('ANTI'), barsOf(pathOf(base.map((each) => -each)))],
    [ticker('NEW'), barsOf(pathOf(noise(4, 5)))],
  ]);
  const beside = (...open: readonly string[]) =>
    correlationWithOpen(NVDA, new Set(open.map(ticker)), daily, DEFAULT_PARAMETERS);

  it('allows an entry when nothing is open', () => {
    expect(beside()).toEqual({ with: null, value: null, days: 0, isAllowed: true });
  });

  it.each<[readonly string[], string, boolean]>([
    [['FAR'], 'FAR', true],
    [['NEAR'], 'NEAR', false],
    [['ANTI'], 'ANTI', true],
    [['FAR', 'ANTI'], 'FAR', true],
    [['ANTI', 'FAR'], 'FAR', true],
    [['FAR', 'NEAR', 'TWIN'], 'TWIN', false],
    [['NEAR', 'FAR'], 'NEAR', false],
    // Of two that are as high, the first.
    [['TWIN', 'SAME'], 'TWIN', false],
    [['SAME', 'TWIN'], 'SAME', false],
    // Nobody can tell: too few days, or none at all.
    [['NEW'], 'NEW', false],
    [['GME'], 'GME', false],
    [['FAR', 'NEW', 'GME'], 'NEW', false],
    // What is too high decides before what nobody can tell.
    [['NEW', 'NEAR'], 'NEAR', false],
  ])('beside %j is decided by %s: allowed %s', (open, decides, isAllowed) => {
    expect(beside(...open)).toMatchObject({ with: decides, isAllowed });
  });

  it('says over how many days', () => {
    expect(beside('TWIN')).toEqual({
      with: 'TWIN',
      value: expect.closeTo(1, 9),
      days: 60,
      isAllowed: false,
    });
    expect(beside('NEW')).toEqual({ with: 'NEW', value: null, days: 5, isAllowed: false });
  });

  it('is allowed exactly on the limit', () => {
    const found = beside('NEAR');
    const on = { ...DEFAULT_PARAMETERS, maxCorrelation: found.value! };
    const below = { ...DEFAULT_PARAMETERS, maxCorrelation: found.value! - 1e-9 };
    const open = new Set([ticker('NEAR')]);
    expect(correlationWithOpen(NVDA, open, daily, on).isAllowed).toBe(true);
    expect(correlationWithOpen(NVDA, open, daily, below).isAllowed).toBe(false);
  });

  it('is that of the days that are asked about, whatever was asked of the same days before', () => {
    const open = new Set([ticker('FAR')]);
    const left = daily.get(NVDA)!;
    const right = daily.get(ticker('FAR'))!;
    for (const [correlationDays, correlationMinDays] of [
      [60, 20] as const,
      [30, 20] as const,
      [30, 31] as const,
      [60, 20] as const,
    ]) {
      const asked = { ...DEFAULT_PARAMETERS, correlationDays, correlationMinDays };
      const { value, days } = correlationWithOpen(NVDA, open, daily, asked);
      expect({ value, days }).toEqual(correlate(left, right, asked));
    }
  });

  it('is never below −1, however its figures are rounded', () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const returns = noise(seed, 60);
      const opposite = barsOf(pathOf(returns.map((each) => -3 * each)));
      const { value } = correlate(barsOf(pathOf(returns)), opposite);
      expect(value, `with the seed ${seed}`).toBeGreaterThanOrEqual(-1);
      expect(value).toBeCloseTo(-1, 9);
    }
  });

  it('never refuses a twin where the limit is 1, however its figures are rounded', () => {
    const parameters = { ...DEFAULT_PARAMETERS, maxCorrelation: 1 };
    const twin = ticker('TWIN');
    for (let seed = 1; seed <= 50; seed += 1) {
      const returns = noise(seed, 60);
      const twins = new Map([
        [NVDA, barsOf(pathOf(returns))],
        [twin, barsOf(pathOf(returns.map((each) => 3 * each)))],
      ]);
      const found = correlationWithOpen(NVDA, new Set([twin]), twins, parameters);
      expect(found.isAllowed, `with the seed ${seed}`).toBe(true);
    }
  });
});
