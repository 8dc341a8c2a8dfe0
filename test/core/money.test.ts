import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  addUsd,
  formatUsd,
  micros,
  parseUsd,
  roundToTick,
  subtractUsd,
  tickOf,
  timesShares,
  usdFromNumber,
  usdToNumber,
} from '#core/money.ts';

const anyUsd = fc.maxSafeInteger().map(micros);

describe('money from the wire', () => {
  it.each([
    ['182.31', 182_310_000],
    ['-0.0412', -41_200],
    ['100', 100_000_000],
    ['0', 0],
    ['-0', 0],
    [' 7.5 ', 7_500_000],
    ['0.000001', 1],
    ['10.0166666667', 10_016_667],
    ['0.0000005', 1],
    ['-0.0000005', -1],
    ['0.9999995', 1_000_000],
    ['9007199254.740991', Number.MAX_SAFE_INTEGER],
  ])('reads %j as %d micro-dollars', (text, value) => {
    expect(parseUsd(text)).toBe(value);
  });

  it.each([
    '',
    'abc',
    '1,000.00',
    '1e3',
    '$5',
    '.5',
    '5.',
    '--1',
    'NaN',
    'Infinity',
    '9999999999999',
  ])('refuses %j', (text) => {
    expect(() => parseUsd(text)).toThrow(RangeError);
  });

  it.each([
    [182_310_000, '182.31'],
    [-41_200, '-0.0412'],
    [100_000_000, '100.00'],
    [100_500_000, '100.50'],
    [0, '0.00'],
    [1, '0.000001'],
    [-1, '-0.000001'],
    [-500_000, '-0.50'],
  ])('writes %d micro-dollars as %s', (value, text) => {
    expect(formatUsd(micros(value))).toBe(text);
  });

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(anyUsd, (amount) => {
        expect(parseUsd(formatUsd(amount))).toBe(amount);
      }),
    );
  });
});

describe('an amount', () => {
  it.each([0.5, NaN, Infinity, 2 ** 53])('is never %d micro-dollars', (value) => {
    expect(() => micros(value)).toThrow(RangeError);
  });

  it('is never a negative zero', () => {
    expect(Object.is(micros(-0), 0)).toBe(true);
  });

  it('adds, subtracts and multiplies exactly', () => {
    expect(addUsd(parseUsd('0.1'), parseUsd('0.2'))).toBe(parseUsd('0.3'));
    expect(addUsd()).toBe(0);
    expect(subtractUsd(parseUsd('100.05'), parseUsd('100'))).toBe(parseUsd('0.05'));
    expect(timesShares(parseUsd('0.4321'), 7)).toBe(parseUsd('3.0247'));
  });

  it('throws rather than lose exactness', () => {
    const most = micros(Number.MAX_SAFE_INTEGER);
    expect(() => addUsd(most, micros(1))).toThrow(RangeError);
    expect(() => timesShares(most, 2)).toThrow(RangeError);
    expect(() => timesShares(parseUsd('0.000001'), 1.5)).toThrow(RangeError);
  });

  it.each([
    [1.005, '1.005'],
    [521.155, '521.155'],
    [0.1 + 0.2, '0.3'],
    [100 * 1.0005, '100.05'],
  ])('comes from the number %d without its rounding error', (dollars, text) => {
    expect(usdFromNumber(dollars)).toBe(parseUsd(text));
    expect(usdToNumber(parseUsd(text))).toBeCloseTo(dollars, 12);
  });
});

describe('the tick', () => {
  it.each([
    ['1.00', '0.01'],
    ['182.31', '0.01'],
    ['0.999999', '0.0001'],
    ['0.05', '0.0001'],
  ])('at %s is %s', (price, tick) => {
    expect(tickOf(parseUsd(price))).toBe(parseUsd(tick));
  });

  it.each([
    ['100.056', 'down', '100.05'],
    ['100.056', 'up', '100.06'],
    ['100.056', 'nearest', '100.06'],
    ['100.054', 'nearest', '100.05'],
    ['100.05', 'up', '100.05'],
    ['0.50026', 'down', '0.5002'],
    ['0.50026', 'up', '0.5003'],
    ['0.99996', 'up', '1.00'],
  ] as const)('rounds %s %s to %s', (price, rounding, expected) => {
    expect(roundToTick(parseUsd(price), rounding)).toBe(parseUsd(expected));
  });

  it('is hit by rounding, at most one tick away and on the named side', () => {
    const price = fc.integer({ min: 1, max: 1e10 }).map(micros);
    fc.assert(
      fc.property(price, (amount) => {
        const down = roundToTick(amount, 'down');
        const up = roundToTick(amount, 'up');
        const tick = tickOf(amount);
        expect(down).toBeLessThanOrEqual(amount);
        expect(up).toBeGreaterThanOrEqual(amount);
        expect(up - down).toBe(amount % tick === 0 ? 0 : tick);
        expect([down, up]).toContain(roundToTick(amount, 'nearest'));
        expect(up % tickOf(up)).toBe(0);
      }),
    );
  });
});
