/**
 * Exact money. An amount is a whole number of micro-dollars (1e-6 USD), exact up to 9.0e9 USD,
 * and is stored as it is in a `bigint` column. Indicators stay plain numbers and become money only
 * through a named rounding.
 */
declare const usd: unique symbol;
export type Usd = number & { readonly [usd]: true };

export const MICROS_PER_USD = 1_000_000;

/** Brands a whole number of micro-dollars; throws on anything else, since that is a programmer's error. */
export function micros(value: number): Usd {
  if (!Number.isSafeInteger(value))
    throw new RangeError(`not a whole micro-dollar amount: ${value}`);
  return (value === 0 ? 0 : value) as Usd;
}

export const ZERO_USD = micros(0);

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/**
 * Reads a decimal string from the wire ("182.31", "-0.0412").
 * Digits beyond the sixth decimal are rounded half away from zero: only the broker's averages carry
 * them, and those are never added up.
 */
export function parseUsd(text: string): Usd {
  const match = DECIMAL.exec(text.trim());
  if (match === null) throw new RangeError(`not a decimal amount: ${JSON.stringify(text)}`);
  const [, sign = '', whole = '0', fraction = ''] = match;
  const digits = fraction.padEnd(7, '0');
  const roundUp = Number(digits[6]) >= 5 ? 1 : 0;
  const value = Number(whole) * MICROS_PER_USD + Number(digits.slice(0, 6)) + roundUp;
  return micros(sign === '-' ? -value : value);
}

/** Writes a decimal string for the wire: at least two decimals, at most six, none wasted. */
export function formatUsd(amount: Usd): string {
  const absolute = Math.abs(amount);
  const whole = Math.floor(absolute / MICROS_PER_USD);
  const fraction = String(absolute % MICROS_PER_USD)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${amount < 0 ? '-' : ''}${whole}.${fraction}`;
}

/** The amount in dollars as a plain number, for statistics and charts only. */
export const usdToNumber = (amount: Usd): number => amount / MICROS_PER_USD;

export type Rounding = 'down' | 'up' | 'nearest';

function rounded(value: number, rounding: Rounding): number {
  switch (rounding) {
    case 'down':
      return Math.floor(value);
    case 'up':
      return Math.ceil(value);
    case 'nearest':
      return Math.round(value);
    default:
      return rounding satisfies never;
  }
}

/** A plain number in dollars as money, to the nearest micro-dollar (bar prices, which have few decimals). */
export const usdFromNumber = (dollars: number): Usd => micros(Math.round(dollars * MICROS_PER_USD));

/** The price increment that Alpaca accepts: a cent from $1 upward, a hundredth of a cent below. */
export const tickOf = (price: Usd): Usd => micros(price >= MICROS_PER_USD ? 10_000 : 100);

/** Rounds a price to its tick. The tick is the one that holds at the unrounded price. */
export function roundToTick(price: Usd, rounding: Rounding): Usd {
  const tick = tickOf(price);
  return micros(rounded(price / tick, rounding) * tick);
}

export function addUsd(...amounts: readonly Usd[]): Usd {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return micros(sum);
}

export const subtractUsd = (left: Usd, right: Usd): Usd => micros(left - right);

/** Amount times a whole number of shares. */
export const timesShares = (price: Usd, shares: number): Usd => micros(price * shares);
