import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { addUsd, formatUsd, micros, parseUsd, timesShares } from '#core/money.ts';
import {
  averagePrice,
  pnlPercent,
  realizedPnl,
  rMultiple,
  rMultipleAt,
  slippageBps,
  stopDistancePercent,
} from '#core/trade-math.ts';

describe('the result of a trade', () => {
  it.each(
    // oxfmt-ignore
    [
      // side   shares entry     exit      R       P/L         %         R-multiple
      ['long',  400,   '50.00',  '57.50',  '2.50', '3000.00',  15,       3],
      ['long',  400,   '50.00',  '47.50',  '2.50', '-1000.00', -5,       -1],
      ['long',  400,   '50.00',  '46.25',  '2.50', '-1500.00', -7.5,     -1.5],
      ['short', 400,   '50.00',  '47.50',  '2.50', '1000.00',  5,        1],
      ['short', 400,   '50.00',  '52.50',  '2.50', '-1000.00', -5,       -1],
      ['long',  7,     '0.4321', '0.4322', '0.01', '0.0007',   0.023143, 0.01],
      ['short', 1,     '182.31', '182.31', '1.00', '0.00',     0,        0],
    ] as const,
  )('%s %d shares from %s to %s with R %s: %s, %d %%, %d R', (...row) => {
    const [side, shares, entry, exit, risk, pnl, percent, r] = row;
    const entryValue = timesShares(parseUsd(entry), shares);
    const values = { side, entryValue, exitValue: timesShares(parseUsd(exit), shares) };
    const result = realizedPnl(values);
    expect(formatUsd(result)).toBe(pnl);
    expect(pnlPercent(values)).toBeCloseTo(percent, 6);
    const riskPerShare = parseUsd(risk);
    expect(rMultiple(result, riskPerShare, shares)).toBeCloseTo(r, 9);
    const prices = { entry: parseUsd(entry), now: parseUsd(exit), riskPerShare };
    expect(rMultipleAt(side, prices)).toBeCloseTo(r, 9);
  });

  it('adds up from fills at different prices without rounding', () => {
    const entryValue = addUsd(timesShares(parseUsd('10.01'), 1), timesShares(parseUsd('10.02'), 2));
    const exitValue = timesShares(parseUsd('10.0333'), 3);
    expect(formatUsd(averagePrice(entryValue, 3))).toBe('10.016667');
    expect(formatUsd(realizedPnl({ side: 'long', entryValue, exitValue }))).toBe('0.0499');
  });

  it('of a short is the opposite of the long', () => {
    const value = fc.integer({ min: 0, max: 1e12 }).map(micros);
    fc.assert(
      fc.property(value, value, (entryValue, exitValue) => {
        const [long, short] = (['long', 'short'] as const).map((side) =>
          realizedPnl({ side, entryValue, exitValue }),
        );
        expect(long! + short!).toBe(0);
      }),
    );
  });
});

describe('the distance of a price from the stop', () => {
  it.each(
    // oxfmt-ignore
    [
      // side   now       stop      %
      ['long',  '200.00', '196.00', 2],
      ['short', '200.00', '204.00', 2],
      ['long',  '200.00', '200.00', 0],
      ['long',  '200.00', '201.00', -0.5],
      ['short', '200.00', '199.00', -0.5],
      ['long',  '0.5000', '0.4900', 2],
    ] as const,
  )('%s at %s with the stop at %s: %d %%', (side, now, stop, percent) => {
    const prices = { now: parseUsd(now), stop: parseUsd(stop) };
    expect(stopDistancePercent(side, prices)).toBeCloseTo(percent, 9);
  });
});

describe('slippage', () => {
  it.each([
    ['buy', '100.05', '100.00', 5],
    ['buy', '99.99', '100.00', -1],
    ['sell', '99.95', '100.00', 5],
    ['sell', '100.02', '100.00', -2],
    ['buy', '100.00', '100.00', 0],
  ] as const)(
    'of a %s at %s against %s is %d bps: positive is worse',
    (side, price, reference, bps) => {
      expect(slippageBps(side, parseUsd(price), parseUsd(reference))).toBeCloseTo(bps, 9);
    },
  );
});
