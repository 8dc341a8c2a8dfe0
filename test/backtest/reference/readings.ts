/**
 * The figures of docs/rules.md, each by its textbook formula over whole arrays: element i stands for the bar i
 * and is made of bars up to i. Slow, and not the engine's code.
 */
import type { Bar } from '#core/bars.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { Session } from '#core/session.ts';

/** What is known at one bar; NaN where it is not known yet. */
export interface Reading {
  readonly close: number;
  readonly emaFast: number;
  readonly emaSlow: number;
  readonly atr: number;
  readonly atrAverage: number;
  readonly adx: number;
  readonly plusDi: number;
  readonly minusDi: number;
  readonly relativeVolume: number;
  readonly vwap: number;
  readonly trendFast: number;
  readonly trendSlow: number;
}

/** A bar's reading with the side that a crossing within the last bars speaks for. */
export interface ReadBar {
  readonly reading: Reading;
  readonly signal: 'long' | 'short' | null;
}

export function readBars(
  bars: readonly Bar[],
  sessionOf: (bar: Bar) => Session,
  parameters: StrategyParameters,
): readonly ReadBar[] {
  const closes = bars.map(({ close }) => close);
  const emaFast = emaOf(closes, parameters.emaFast);
  const emaSlow = emaOf(closes, parameters.emaSlow);
  const ranges = trueRanges(bars);
  const atr = wilderAverage(ranges, parameters.atrPeriod);
  const atrAverage = atr.map((_, i) => meanOf(window(atr, i, parameters.atrAveragePeriod)));
  const { adx, plusDi, minusDi } = directionOf(bars, ranges, parameters.adxPeriod);
  const trend = trendOf(bars, sessionOf, parameters);
  const crossings = crossingsOf(emaFast, emaSlow);
  return bars.map((bar, i) => {
    const reading = {
      close: bar.close,
      emaFast: emaFast[i]!,
      emaSlow: emaSlow[i]!,
      atr: atr[i]!,
      atrAverage: atrAverage[i]!,
      adx: adx[i]!,
      plusDi: plusDi[i]!,
      minusDi: minusDi[i]!,
      relativeVolume: relativeVolumeAt(bars, i, parameters.relativeVolumePeriod),
      vwap: vwapAt(bars, i, sessionOf),
      trendFast: trend[i]!.fast,
      trendSlow: trend[i]!.slow,
    };
    const recent = crossings.slice(Math.max(0, i + 1 - parameters.crossWithinBars), i + 1);
    const isLong = reading.emaFast > reading.emaSlow && recent.includes('up');
    const isShort = reading.emaFast < reading.emaSlow && recent.includes('down');
    return { reading, signal: isLong ? 'long' : isShort ? 'short' : null };
  });
}

export const sumOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0);

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : sumOf(values) / values.length;

/** The last values up to i; none while there are fewer than asked for. */
const window = (values: readonly number[], i: number, length: number): readonly number[] =>
  i + 1 < length ? [] : values.slice(i + 1 - length, i + 1);

/** The average of the first values, then each value moves it by 2 / (period + 1) of its distance. */
function emaOf(values: readonly number[], period: number): readonly number[] {
  let ema = Number.NaN;
  return values.map((value, i) => {
    if (i === period - 1) ema = meanOf(values.slice(0, period));
    else if (i >= period) ema = ema + (value - ema) * (2 / (period + 1));
    return ema;
  });
}

/** The first bar has none. */
const trueRanges = (bars: readonly Bar[]): readonly number[] =>
  bars.map(({ high, low }, i) => {
    const before = bars[i - 1];
    if (before === undefined) return Number.NaN;
    return Math.max(high, before.close) - Math.min(low, before.close);
  });

/** Wilder's: the plain average of the first `period` true ranges, then a period-th part of each later one. */
function wilderAverage(ranges: readonly number[], period: number): readonly number[] {
  let average = Number.NaN;
  return ranges.map((range, i) => {
    if (i === period) average = meanOf(ranges.slice(1, period + 1));
    else if (i > period) average = (average * (period - 1) + range) / period;
    return average;
  });
}

/** Wilder's sum: plain over the first `period` − 1 values, then it loses a period-th part of itself each time. */
function wilderSum(values: readonly number[], period: number): readonly number[] {
  let sum = 0;
  return values.map((value, i) => {
    if (i > 0) sum = i < period ? sum + value : sum - sum / period + value;
    return sum;
  });
}

const isNothing = (value: number): boolean => Math.abs(value) < 1e-14;

function directionOf(bars: readonly Bar[], ranges: readonly number[], period: number) {
  const ups = bars.map(({ high }, i) => high - (bars[i - 1]?.high ?? high));
  const downs = bars.map(({ low }, i) => (bars[i - 1]?.low ?? low) - low);
  const plus = wilderSum(
    ups.map((up, i) => (up > 0 && up > downs[i]! ? up : 0)),
    period,
  );
  const minus = wilderSum(
    downs.map((down, i) => (down > 0 && down > ups[i]! ? down : 0)),
    period,
  );
  const spans = wilderSum(ranges, period);
  const shareOf = (moves: readonly number[]): readonly number[] =>
    moves.map((move, i) => {
      if (i < period) return Number.NaN;
      return isNothing(spans[i]!) ? 0 : (100 * move) / spans[i]!;
    });
  const [plusDi, minusDi] = [shareOf(plus), shareOf(minus)];
  // A bar without direction has none.
  const dx = plusDi.map((up, i) => {
    const sum = up + minusDi[i]!;
    return isNothing(sum) ? null : (100 * Math.abs(up - minusDi[i]!)) / sum;
  });
  let average = Number.NaN;
  const adx = dx.map((value, i) => {
    if (i === 2 * period - 1) average = sumOf(dx.slice(period, i + 1).map((x) => x ?? 0)) / period;
    else if (i >= 2 * period && value !== null) average = (average * (period - 1) + value) / period;
    return average;
  });
  return { adx, plusDi, minusDi };
}

/** Nothing can be said after bars that had no volume at all. */
function relativeVolumeAt(bars: readonly Bar[], i: number, period: number): number {
  if (i < period) return Number.NaN;
  const before = sumOf(bars.slice(i - period, i).map(({ volume }) => volume)) / period;
  return before === 0 ? Number.NaN : bars[i]!.volume / before;
}

function vwapAt(bars: readonly Bar[], i: number, sessionOf: (bar: Bar) => Session): number {
  const { open } = sessionOf(bars[i]!);
  let first = i;
  while (first > 0 && bars[first - 1]!.start >= open) first -= 1;
  const today = bars.slice(first, i + 1);
  const traded = today.map(({ high, low, close, volume }) => ((high + low + close) / 3) * volume);
  return sumOf(traded) / sumOf(today.map(({ volume }) => volume));
}

/** A change from below to above or back; lying on each other in between is no change. */
function crossingsOf(
  fast: readonly number[],
  slow: readonly number[],
): readonly ('up' | 'down' | null)[] {
  let above: boolean | null = null;
  return fast.map((value, i) => {
    const before = above;
    if (value > slow[i]!) above = true;
    if (value < slow[i]!) above = false;
    if (before === null || above === before) return null;
    return above === true ? 'up' : 'down';
  });
}

/** The averages of the longer bars, of those alone that are complete at each bar. */
function trendOf(
  bars: readonly Bar[],
  sessionOf: (bar: Bar) => Session,
  { barMinutes, trendBarMinutes, emaFast, emaSlow }: StrategyParameters,
) {
  const longMs = trendBarMinutes * MINUTE_MS;
  const slotOf = (bar: Bar): number => Math.floor(bar.start / longMs);
  const keyOf = (bar: Bar): string => `${sessionOf(bar).date} ${slotOf(bar)}`;
  const closes: number[] = [];
  // How many long bars are complete once the bar i is known: those before its own, and its own at its end.
  const complete = bars.map((bar, i) => {
    const isOwnOver = bar.start + barMinutes * MINUTE_MS >= (slotOf(bar) + 1) * longMs;
    const before = bars[i - 1];
    const wasBeforeOver =
      before === undefined ||
      before.start + barMinutes * MINUTE_MS >= (slotOf(before) + 1) * longMs;
    if (!wasBeforeOver && keyOf(before) !== keyOf(bar)) closes.push(before.close);
    if (isOwnOver) closes.push(bar.close);
    return closes.length;
  });
  const [fast, slow] = [emaOf(closes, emaFast), emaOf(closes, emaSlow)];
  return complete.map((count) => ({
    fast: fast[count - 1] ?? Number.NaN,
    slow: slow[count - 1] ?? Number.NaN,
  }));
}
