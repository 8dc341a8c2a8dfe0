import { describe, expect, it } from 'vitest';

import { gainPercent, withoutFlows } from '#core/equity-curve.ts';
import { usdFromNumber } from '#core/money.ts';

const curve = (...points: readonly (readonly [equity: number, flows: number | null])[]) =>
  withoutFlows(
    points.map(([equity, flows]) => ({
      equity: usdFromNumber(equity),
      flows: flows === null ? null : usdFromNumber(flows),
    })),
  ).map((equity) => equity / 1_000_000);

describe('the curve of equity', () => {
  it('is equity itself where nothing came or went', () => {
    expect(curve([100, 5], [90, 5], [110, 5])).toEqual([100, 90, 110]);
  });

  it('goes on in proportion after a deposit or a withdrawal', () => {
    expect(curve([100, 0], [150, 50], [300, 50], [150, -100], [75, -100])).toEqual([
      100, 100, 200, 200, 100,
    ]);
  });

  it('takes nothing out where flows are not known', () => {
    expect(curve([100, null], [150, 50], [100, null], [120, 0])).toEqual([100, 150, 100, 120]);
  });

  it('begins anew where nothing was there before', () => {
    expect(curve([100, 0], [1_000, 1_000], [2_000, 1_000])).toEqual([100, 100, 200]);
    expect(curve([100, 0], [0, 0])).toEqual([100, 0]);
  });
});

describe('the gain of a day', () => {
  it.each([
    [1_000, 100_000, 0, 1],
    [1_000, 100_000, 100_000, 0.5],
    [1_000, 100_000, -90_000, 1],
  ])('of %d on %d with %d paid in is %d %%', (pnl, opening, flows, percent) => {
    const [a, b, c] = [pnl, opening, flows].map(usdFromNumber);
    expect(gainPercent(a!, b!, c!)).toBe(percent);
  });
});
