import type { Ticker } from './ids.ts';
import type { Usd } from './money.ts';

/** The price of a position, and what to hold it against. */
export interface Quote {
  readonly symbol: Ticker;
  readonly price: Usd;
  /** Close of the last settled bar; where there is none, what the shares were bought or sold for. */
  readonly reference: Usd;
}

/**
 * Why a price is not to be believed, as a sentence; null when it is. A true move of that size is believed
 * as soon as a bar has settled there.
 *
 * @param absurdMovePercent from this distance on, in per cent of the reference, it is absurd
 */
export function quoteDefect(
  { symbol, price, reference }: Quote,
  absurdMovePercent: number,
): string | null {
  if (!isPrice(price)) return `the price of ${symbol} is no price: ${price}`;
  if (!isPrice(reference)) return `there is nothing to hold the price of ${symbol} against`;
  const movePercent = (Math.abs(price - reference) / reference) * 100;
  return movePercent < absurdMovePercent
    ? null
    : `the price of ${symbol} is ${movePercent.toFixed(1)} % away from where it was last`;
}

const isPrice = (value: number): boolean => Number.isFinite(value) && value > 0;
