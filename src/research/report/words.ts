import { usdToNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { Interval } from '#core/statistics.ts';

/** What is not known. */
export const NONE = '–';

const grouped = (value: number, decimals: number): string =>
  Math.abs(value).toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });

const sign = (value: number, text: string): string =>
  /[1-9]/.test(text) ? (value < 0 ? '−' : '+') : '';

/** `+$1,234.50`, `−$3.00`. */
export function gain(amount: Usd | null): string {
  if (amount === null) return NONE;
  const text = grouped(usdToNumber(amount), 2);
  return `${sign(amount, text)}$${text}`;
}

/** `$1,234.50`. */
export const money = (amount: Usd): string =>
  `${amount < 0 ? '−' : ''}$${grouped(usdToNumber(amount), 2)}`;

/** A fraction as `+12.34 %`. */
export function percentGain(share: number | null): string {
  if (share === null) return NONE;
  const text = grouped(share * 100, 2);
  return `${sign(share, text)}${text} %`;
}

/** A fraction as `42.5 %`. */
export const percent = (share: number | null, decimals = 1): string =>
  share === null ? NONE : `${share < 0 ? '−' : ''}${grouped(share * 100, decimals)} %`;

/** `1.25`, `−0.30`. */
export const figure = (value: number | null, decimals = 2): string =>
  value === null ? NONE : `${value < 0 ? '−' : ''}${grouped(value, decimals)}`;

/** `+0.25 R`. */
export const inR = (r: number | null): string =>
  r === null ? NONE : `${sign(r, grouped(r, 2))}${grouped(r, 2)} R`;

/** `37.7 % to 47.4 %`, of an interval of shares. */
export const percentRange = (interval: Interval | null): string =>
  interval === null ? NONE : `${percent(interval[0])} to ${percent(interval[1])}`;

/** `1 trade`, `2 trades`. */
export const counted = (amount: number, noun: string): string =>
  `${amount.toLocaleString('en-US')} ${noun}${amount === 1 ? '' : 's'}`;
