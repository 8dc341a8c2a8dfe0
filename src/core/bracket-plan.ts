import type { BracketPlan, Features, MarketRegime } from './decision.ts';
import { micros, roundToTick, tickOf, usdFromNumber, usdToNumber } from './money.ts';
import type { Usd } from './money.ts';
import { signOf } from './order.ts';
import type { PositionSide } from './order.ts';
import type { StrategyParameters } from './parameters.ts';

/** Dollars. Beyond it a price or a range is a defect of the data, and money would lose its exactness. */
const MAX_PRICE = 10_000_000;

/**
 * The bracket of an entry at these features: its limit a few bps through the close, stop and target at
 * their distances in ATRs from that limit. Null when no such bracket can stand: prices that are none, or
 * distances that reach below zero.
 *
 * Rounding to the tick never makes the plan better than it is: the limit never pays more than meant, the
 * stop lies no nearer than meant, so that R is not understated, and both legs stay a tick off the limit.
 */
export function planBracket(
  side: PositionSide,
  features: Features,
  parameters: StrategyParameters,
): BracketPlan | null {
  const { close, atr } = features;
  if (!isPlausible(close) || !isPlausible(atr)) return null;
  const away = signOf(side);
  const plan = distancesAt(features, parameters);
  const limitRaw = usdFromNumber(close * (1 + (away * parameters.entryLimitBps) / 10_000));
  const limitPrice = roundToTick(limitRaw, away === 1 ? 'down' : 'up');
  const from = usdToNumber(limitPrice);
  const stopRaw = usdFromNumber(from - away * plan.stopAtrs * atr);
  const targetRaw = usdFromNumber(from + away * plan.targetAtrs * atr);
  const tick = tickOf(limitPrice);
  const stop = roundToTick(stopRaw, away === 1 ? 'down' : 'up');
  const target = roundToTick(targetRaw, 'nearest');
  const stopPrice = beyond(limitPrice - away * tick, stop, away === 1 ? 'below' : 'above');
  const targetPrice = beyond(limitPrice + away * tick, target, away === 1 ? 'above' : 'below');
  // The limit lies between the two.
  if (Math.min(stopPrice, targetPrice) <= 0) return null;
  return { ...plan, limitPrice, stopPrice, targetPrice };
}

const isPlausible = (dollars: number): boolean => dollars > 0 && dollars <= MAX_PRICE;

/** The price, or the bound where it does not reach it. */
const beyond = (bound: number, price: Usd, where: 'below' | 'above'): Usd =>
  micros(where === 'below' ? Math.min(bound, price) : Math.max(bound, price));

/** Both tests of the ADX are strict: exactly on a limit the market is between. */
function regimeOf(adx: number, parameters: StrategyParameters): MarketRegime {
  if (adx > parameters.trendingAdx) return 'trending';
  return adx < parameters.choppyAdx ? 'choppy' : 'between';
}

function distancesAt(
  { adx, atr, atrAverage }: Features,
  parameters: StrategyParameters,
): Pick<BracketPlan, 'regime' | 'isVolatile' | 'stopAtrs' | 'targetAtrs'> {
  const regime = regimeOf(adx, parameters);
  const isVolatile = atr > atrAverage;
  const factor = isVolatile ? parameters.volatileFactor : 1;
  const [stopAtrs, targetAtrs] = baseAtrs(regime, parameters);
  return { regime, isVolatile, stopAtrs: stopAtrs * factor, targetAtrs: targetAtrs * factor };
}

/** Of the stop and of the target, before any factor. */
function baseAtrs(
  regime: MarketRegime,
  parameters: StrategyParameters,
): readonly [stop: number, target: number] {
  switch (regime) {
    case 'trending':
      return [parameters.trendingStopAtrs, parameters.trendingTargetAtrs];
    case 'choppy':
      return [parameters.choppyStopAtrs, parameters.choppyTargetAtrs];
    case 'between':
      return [parameters.stopAtrs, parameters.targetAtrs];
    default:
      return regime satisfies never;
  }
}
