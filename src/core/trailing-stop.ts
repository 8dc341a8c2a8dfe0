import type { OpenTrade } from './decision.ts';
import { micros, roundToTick } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { StrategyParameters } from './parameters.ts';

type Trailing = Pick<OpenTrade, 'side' | 'entryPrice' | 'riskPerShare' | 'stopPrice'>;
type TrailFigures = Pick<StrategyParameters, 'trailFromR' | 'trailBehindR' | 'trailMinStepR'>;

/**
 * Where the trailing stop belongs now; null while it stays where it is.
 *
 * Once the best price since entry is `trailFromR` away, the stop stands `trailBehindR` behind it, on a tick
 * and never nearer to the price than that; only the very first profit that it locks in, the difference of the
 * two, is rounded up to a tick, so that it is locked in whole. It is moved only when that is tighter than where it stands, by no
 * less than `trailMinStepR`, so that it is not replaced at every tick; it never loosens.
 *
 * A price that has fallen through that place within the bar (its best and its close more than `trailBehindR`
 * apart) leaves no room for such a stop: the broker would refuse it, or act on it at once. Then the stop
 * stays, and is moved at the next bar that closes beyond the place. The same holds where the bar is missing.
 */
export function trailedStop(trade: OpenTrade, figures: TrailFigures): Usd | null {
  const { side, entryPrice, riskPerShare, stopPrice, bestPrice, lastClose } = trade;
  if (lastClose === null || riskPerShare <= 0) return null;
  const away = signOf(side);
  const inR = (multiple: number): number => Math.round(multiple * riskPerShare);
  if (away * (bestPrice - entryPrice) < inR(figures.trailFromR)) return null;
  const behind = bestPrice - away * inR(figures.trailBehindR);
  const to = micros(
    away *
      Math.max(
        away * roundToTick(micros(behind), side === 'long' ? 'down' : 'up'),
        away * firstLocked(trade, figures),
      ),
  );
  const gained = away * (to - stopPrice);
  if (gained <= 0 || gained < inR(figures.trailMinStepR)) return null;
  return away * (lastClose - to) > 0 ? to : null;
}

/** Where the stop stands when it begins to trail. */
function firstLocked(
  { side, entryPrice, riskPerShare }: Trailing,
  { trailFromR, trailBehindR }: TrailFigures,
): Usd {
  const profit = Math.round((trailFromR - trailBehindR) * riskPerShare);
  const locked = micros(entryPrice + signOf(side) * profit);
  return roundToTick(locked, side === 'long' ? 'up' : 'down');
}

/**
 * The nearest best price at which the stop may have to be moved from where it is: short of it, no bar moves it.
 * Not a price where it never has to. That it has come does not mean that the stop is moved: that is for
 * trailedStop to say.
 */
export function trailsFrom(trade: Trailing, figures: TrailFigures): number {
  const { side, entryPrice, riskPerShare, stopPrice } = trade;
  const away = signOf(side);
  if (riskPerShare <= 0) return away * Number.POSITIVE_INFINITY;
  const inR = (multiple: number): number => Math.round(multiple * riskPerShare);
  const step = Math.max(1, inR(figures.trailMinStepR));
  const begins = entryPrice + away * inR(figures.trailFromR);
  const isBegun = away * (firstLocked(trade, figures) - stopPrice) < step;
  // Rounding to the tick never brings the stop nearer to the price.
  const moves = stopPrice + away * (step + inR(figures.trailBehindR));
  return isBegun ? away * Math.max(away * begins, away * moves) : begins;
}
