import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { OpenTrade } from '#core/decision.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { micros, tickOf } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { isTighter } from '#core/stop-move.ts';
import { trailedStop, trailsFrom } from '#core/trailing-stop.ts';

/** Any trade whose stop is where it was planned, in micro-dollars. */
const aTrade = fc
  .record({
    side: fc.constantFrom('long' as const, 'short' as const),
    entry: fc.integer({ min: 500_000, max: 900_000_000 }),
    risk: fc.integer({ min: 10_000, max: 400_000 }),
  })
  .map(({ side, entry, risk }): OpenTrade => {
    const entryPrice = micros(entry);
    return {
      id: tradeId('t1'),
      symbol: ticker('NVDA'),
      side,
      openedAt: 0,
      entryPrice,
      riskPerShare: micros(risk),
      stopPrice: micros(entry - signOf(side) * risk),
      bestPrice: entryPrice,
      lastClose: entryPrice,
    };
  });

const figures = fc.record({
  trailFromR: fc.double({ min: 0.1, max: 5, noNaN: true }),
  trailBehindR: fc.double({ min: 0.1, max: 5, noNaN: true }),
  trailMinStepR: fc.double({ min: 0, max: 1, noNaN: true }),
});

/** Tenths of a per cent of R: how far the best price has gone, and how far the close is behind it. */
const steps = fc.array(
  fc.record({ gain: fc.integer({ min: 0, max: 900 }), fall: fc.integer({ min: 0, max: 2_000 }) }),
  { maxLength: 30 },
);

/** The trade along a path of prices, as it stood before each step, with what was asked for. */
function follow(
  first: OpenTrade,
  path: readonly { readonly gain: number; readonly fall: number }[],
  rule: Parameters<typeof trailedStop>[1],
): readonly { readonly trade: OpenTrade; readonly to: Usd | null }[] {
  let trade = first;
  return path.map(({ gain, fall }) => {
    const away = signOf(trade.side);
    const inMicros = (thousandths: number) =>
      away * Math.round((thousandths * trade.riskPerShare) / 1_000);
    const best = Math.max(1, trade.bestPrice + inMicros(gain));
    const lastClose = micros(Math.max(1, best - inMicros(fall)));
    trade = { ...trade, bestPrice: micros(best), lastClose };
    const to = trailedStop(trade, rule);
    const seen = { trade, to };
    if (to !== null) trade = { ...trade, stopPrice: to };
    return seen;
  });
}

describe('a stop that trails', () => {
  it('never loosens, is never moved by less than the step, and never reaches the close', () => {
    fc.assert(
      fc.property(aTrade, steps, figures, (first, path, rule) => {
        for (const { trade, to } of follow(first, path, rule)) {
          if (to === null) continue;
          const { side, stopPrice, riskPerShare, lastClose } = trade;
          expect(isTighter(side, stopPrice, to)).toBe(true);
          const least = Math.round(rule.trailMinStepR * riskPerShare);
          expect(Math.abs(to - stopPrice)).toBeGreaterThanOrEqual(least);
          expect(signOf(side) * (lastClose! - to)).toBeGreaterThan(0);
          expect(to % tickOf(to)).toBe(0);
        }
      }),
    );
  });

  it('stands its distance behind the best price, give or take a tick, and locks in its whole profit', () => {
    const { trailFromR, trailBehindR } = DEFAULT_PARAMETERS;
    fc.assert(
      fc.property(aTrade, steps, (first, path) => {
        for (const { trade, to } of follow(first, path, DEFAULT_PARAMETERS)) {
          if (to === null) continue;
          const { side, riskPerShare, bestPrice, entryPrice } = trade;
          const behind = signOf(side) * (bestPrice - to);
          const tick = tickOf(micros(bestPrice - signOf(side) * riskPerShare));
          expect(behind).toBeGreaterThan(Math.round(trailBehindR * riskPerShare) - tick);
          expect(behind).toBeLessThan(Math.round(trailBehindR * riskPerShare) + tick);
          const lockedIn = signOf(side) * (to - entryPrice);
          expect(lockedIn).toBeGreaterThanOrEqual(
            Math.round((trailFromR - trailBehindR) * riskPerShare),
          );
        }
      }),
    );
  });

  it('is never farther away for a better best price', () => {
    const gain = fc.integer({ min: 0, max: 5_000_000 });
    fc.assert(
      fc.property(aTrade, gain, gain, figures, (trade, one, two, rule) => {
        const stopAfter = (move: number): number => {
          const best = micros(Math.max(1, trade.bestPrice + signOf(trade.side) * move));
          const at = { ...trade, bestPrice: best, lastClose: best };
          return trailedStop(at, rule) ?? trade.stopPrice;
        };
        const [less, more] = [stopAfter(Math.min(one, two)), stopAfter(Math.max(one, two))];
        expect(signOf(trade.side) * (more - less)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('stays where it is short of the price at which it may have to be moved', () => {
    const near = fc.integer({ min: -20_000, max: 20_000 });
    let short = 0;
    fc.assert(
      fc.property(aTrade, steps, near, figures, (first, path, off, rule) => {
        for (const { trade } of follow(first, path, rule)) {
          const from = trailsFrom(trade, rule);
          const away = signOf(trade.side);
          // Around that price, whatever the close is.
          const best = micros(Math.max(1, Math.round(Math.min(from, 2e9)) + off));
          if (away * (best - from) >= 0) continue;
          short += 1;
          for (const lastClose of [best, micros(Math.max(1, best + away * 1_000_000))]) {
            expect(trailedStop({ ...trade, bestPrice: best, lastClose }, rule)).toBeNull();
          }
        }
      }),
    );
    expect(short).toBeGreaterThan(100);
  });

  it('begins to trail exactly at that price where the close is there too', () => {
    const trade = fc.sample(aTrade, { numRuns: 1, seed: 1 })[0]!;
    const from = micros(trailsFrom(trade, DEFAULT_PARAMETERS));
    const at = { ...trade, bestPrice: from, lastClose: from };
    expect(trailedStop(at, DEFAULT_PARAMETERS)).not.toBeNull();
  });
});
