import { formatUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { newYorkDate, newYorkTime, toIso } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

/** Alpaca writes amounts as decimal strings without trailing zeros: "10", "362.4", "-102.72". */
export const decimal = (amount: Usd): string =>
  formatUsd(amount).replace(/0+$/, '').replace(/\.$/, '');

export const optionalDecimal = (amount: Usd | null): string | null =>
  amount === null ? null : decimal(amount);

/** Ratios have up to eight decimals. */
export function ratio(value: number): string {
  if (!Number.isFinite(value)) return '0';
  const text = value.toFixed(8).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

/** RFC 3339 in UTC; a fraction of zero is left out, as Go does. */
export const instant = (at: EpochMs): string => toIso(at).replace('.000Z', 'Z');

export const optionalInstant = (at: EpochMs | null): string | null =>
  at === null ? null : instant(at);

/** RFC 3339 with New York's offset, as the clock writes it. */
export function newYorkInstantText(at: EpochMs): string {
  const utc = toIso(at);
  const wall = `${newYorkDate(at)}T${newYorkTime(at)}`;
  const offsetHours = (Date.parse(`${wall}:00Z`) - Math.floor(at / 60_000) * 60_000) / 3_600_000;
  const sign = offsetHours < 0 ? '-' : '+';
  return `${wall}${utc.slice(16, 19)}${sign}${String(Math.abs(offsetHours)).padStart(2, '0')}:00`;
}
