import { createHash } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { barDefect } from '#core/bars.ts';
import type { Bar } from '#core/bars.ts';
import { createFeatureEngine } from '#core/features.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { MINUTE_MS, asSessionDate, newYorkTime } from '#core/session.ts';
import { signalOf } from '#core/signal.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import type { Market } from '#sandbox/market/types.ts';

const AAPL = ticker('AAPL');
const market = generateMarket({ seed: 7 });
const allBars = (of: Market) => of.symbols.flatMap((symbol) => of.bars(symbol, 0, Infinity));
const fingerprint = (of: Market) =>
  createHash('sha256')
    .update(JSON.stringify(allBars(of)))
    .digest('hex')
    .slice(0, 16);
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const range = ({ high, low, open }: Bar) => (high - low) / open;
const volume = (bar: Bar) => bar.volume;
const returns = (symbol: Market['symbols'][number]) =>
  market.bars(symbol, 0, Infinity).map(({ open, close }) => close / open - 1);
/** Of every bar that starts within these hours of a full session. */
const meanWithin = (from: string, until: string, figure: (bar: Bar) => number) =>
  mean(
    allBars(market)
      .filter(({ start }) => newYorkTime(start) >= from && newYorkTime(start) < until)
      .map(figure),
  );

describe('a generated market', () => {
  it('has ten symbols, seventy sessions of history and sixty to replay, half-days included', () => {
    expect(market.symbols).toHaveLength(10);
    const before = market.sessions.filter(({ open }) => open < market.start);
    expect(before).toHaveLength(70);
    const replayed = market.sessions.slice(70, 130);
    expect(market.barEnds.at(-1)).toBe(replayed.at(-1)?.close);
    const early = replayed.filter(({ close }) => newYorkTime(close) === '13:00');
    expect(early.map(({ date }) => date)).toEqual(['2025-11-28', '2025-12-24']);
  });

  it('has the same bars on every machine for a seed', () => {
    expect(fingerprint(market)).toBe('36fa0386313fd233');
    expect(fingerprint(generateMarket({ seed: 7 }))).toBe(fingerprint(market));
  });

  it('has other bars and another identity for another seed', () => {
    const other = generateMarket({ seed: 8 });
    expect(fingerprint(other)).not.toBe(fingerprint(market));
    expect(other.identity).not.toBe(market.identity);
    expect(other.name).toBe('generated, seed 8');
  });

  it('gives a symbol the same bars whatever the others are', () => {
    const alone = generateMarket({ seed: 7, symbols: [AAPL] });
    expect(alone.bars(AAPL, 0, Infinity)).toEqual(market.bars(AAPL, 0, Infinity));
  });

  it('has a bar for every symbol at every step', () => {
    const holes = market.barEnds.filter((barEnd) =>
      market.symbols.some((symbol) => market.barEnding(symbol, barEnd) === null),
    );
    expect(holes).toEqual([]);
  });

  it('has possible bars in whole cents and whole shares, for any seed and symbol', () => {
    const symbols = ['AAPL', 'F', 'ZZZZ', 'BRK.B'].map(ticker);
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(5 as const, 15 as const), (seed, barMinutes) => {
        const generated = generateMarket({
          seed,
          symbols,
          sessions: 3,
          historySessions: 1,
          barMinutes,
        });
        const defects = allBars(generated).filter(
          (bar) =>
            barDefect(bar) !== null ||
            ![bar.open, bar.high, bar.low, bar.close].every(
              (price) => Number(price.toFixed(2)) === price,
            ) ||
            !Number.isInteger(bar.volume) ||
            bar.volume === 0,
        );
        expect(defects).toEqual([]);
        expect(generated.barEnds).toHaveLength((3 * 390) / barMinutes);
      }),
      { numRuns: 20 },
    );
  });

  it('moves and trades most near the open and least at midday', () => {
    for (const figure of [range, volume]) {
      const midday = meanWithin('12:00', '13:00', figure);
      expect(meanWithin('09:30', '10:00', figure)).toBeGreaterThan(1.5 * midday);
      expect(meanWithin('15:30', '16:00', figure)).toBeGreaterThan(1.25 * midday);
    }
  });

  it('gaps overnight', () => {
    const gaps = market.sessions.slice(1, 70).map(({ open }) => {
      const bars = market.bars(AAPL, 0, open + 1);
      return Math.abs((bars.at(-1)?.open ?? 0) / (bars.at(-2)?.close ?? 1) - 1);
    });
    expect(mean(gaps)).toBeGreaterThan(0.002);
  });

  it('moves its symbols together, but not as one', () => {
    const [left, right] = [returns(AAPL), returns(ticker('MSFT'))];
    const covariance = mean(left.map((value, index) => value * (right[index] ?? 0)));
    const deviation = (values: readonly number[]) =>
      Math.sqrt(mean(values.map((value) => value ** 2)));
    const correlation = covariance / (deviation(left) * deviation(right));
    expect(correlation).toBeGreaterThan(0.05);
    expect(correlation).toBeLessThan(0.8);
  });

  it('starts at the first session on or after a date', () => {
    const { sessions, start } = generateMarket({
      seed: 1,
      symbols: [AAPL],
      sessions: 2,
      startDate: asSessionDate('2025-07-04'),
      historySessions: 1,
    });
    expect(sessions.slice(0, 3).map(({ date }) => date)).toEqual([
      '2025-07-03',
      '2025-07-07',
      '2025-07-08',
    ]);
    expect(start).toBe(sessions[1]?.open);
  });

  it('shows the strategy sure signals within the first two hours and on most days', () => {
    const sure = market.symbols.flatMap((symbol) => sureSignals(symbol));
    expect(
      sure.filter((barEnd) => barEnd <= market.start + 120 * MINUTE_MS).length,
    ).toBeGreaterThan(0);
    const days = market.sessions
      .slice(70, 130)
      .filter(({ open, close }) => sure.some((barEnd) => barEnd > open && barEnd <= close));
    expect(days.length).toBeGreaterThan(45);
  });
});

/** The bar ends of the replay at which a symbol's signal passes the confidence threshold. */
function sureSignals(symbol: Market['symbols'][number]): readonly number[] {
  const engine = createFeatureEngine(DEFAULT_PARAMETERS);
  return market.sessions.slice(0, 130).flatMap((session) =>
    market.bars(symbol, session.open, session.close).flatMap((bar) => {
      const features = engine.push(bar, session);
      const signal = signalOf(features, DEFAULT_PARAMETERS);
      const isSure = signal !== null && signal.confidence >= DEFAULT_PARAMETERS.confidenceThreshold;
      return isSure && bar.start >= market.start ? [features.barEnd] : [];
    }),
  );
}
