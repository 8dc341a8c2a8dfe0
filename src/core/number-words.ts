/** Numbers in the words of whoever reads them: the channel, the terminal, the reports. */
import { MICROS_PER_USD } from './money.ts';
import type { Usd } from './money.ts';

const MINUS = '−';
/** Shown where a figure does not exist. */
export const NONE = '–';

const grouped = (value: number, fewest: number, most = fewest): string =>
  new Intl.NumberFormat('en-US', {
    minimumFractionDigits: fewest,
    maximumFractionDigits: most,
  }).format(value);

/** The sign of a number as it will be shown: an amount that rounds to nothing has none. */
function signed(value: number, text: string): string {
  if (!/[1-9]/.test(text)) return text;
  return `${value < 0 ? MINUS : '+'}${text}`;
}

const unsigned = (value: number, text: string): string => signed(value, text).replace(/^\+/, '');

const cents = (amount: Usd): string =>
  `$${grouped(Math.round(Math.abs(amount) / 10_000) / 100, 2)}`;

/** `$1,204.00`, `−$1,204.00`. */
export const formatMoney = (amount: Usd): string => unsigned(amount, cents(amount));

/** `+$412.30`, `−$1,204.00`, `$0.00`. */
export const formatGain = (amount: Usd): string => signed(amount, cents(amount));

/** As {@link formatGain}, in whole dollars: `+$412`. */
export const formatRoundGain = (amount: Usd): string =>
  signed(amount, `$${grouped(Math.round(Math.abs(amount) / MICROS_PER_USD), 0)}`);

/** As {@link formatMoney}, without the cents where there are none: `$100,000`. */
export const formatRoundMoney = (amount: Usd): string => formatMoney(amount).replace(/\.00$/, '');

/** A price a share: two decimals from $1 upward, four below, as the exchange's ticks are. */
export const formatPrice = (price: Usd): string =>
  Math.abs(price) >= MICROS_PER_USD
    ? formatMoney(price)
    : unsigned(price, `$${grouped(Math.abs(price) / MICROS_PER_USD, 4)}`);

/** A difference of prices a share: whole cents as cents, finer ones with four decimals. */
export const formatPerShare = (amount: Usd): string =>
  amount % 10_000 === 0 ? formatMoney(amount) : formatPrice(amount);

/** `+0.41 %`, `−2.00 %`; the value is in per cent. */
export const formatPercentGain = (percent: number): string =>
  Number.isFinite(percent) ? `${signed(percent, grouped(Math.abs(percent), 2))} %` : NONE;

/** `1.4 R` with its sign, in one or two decimals. */
export const formatR = (r: number): string =>
  Number.isFinite(r) ? `${signed(r, grouped(Math.abs(r), 1, 2))} R` : NONE;

/** A plain number with at most that many decimals: `2.71`, `60`. */
export const formatNumber = (value: number, decimals = 2): string =>
  Number.isFinite(value) ? unsigned(value, grouped(Math.abs(value), 0, decimals)) : NONE;

/** A plain number with exactly that many decimals: `2.70`, `−0.30`. */
export const formatFixed = (value: number, decimals = 2): string =>
  Number.isFinite(value) ? unsigned(value, grouped(Math.abs(value), decimals)) : NONE;

/** Slippage in words, since the sign of a cost is easily misread: `1.2 bps worse`. */
export function formatSlippage(bps: number): string {
  if (!Number.isFinite(bps)) return NONE;
  const size = grouped(Math.abs(bps), 1);
  if (!/[1-9]/.test(size)) return '0.0 bps';
  return `${size} bps ${bps > 0 ? 'worse' : 'better'}`;
}

/** `45 s`, `12 min`, `1 h 35 min`, `2 d 3 h`: the two largest units. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return twoUnits(hours, 'h', minutes % 60, 'min');
  return twoUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

/** `1.3 s`, and from a minute on in larger units. */
export const formatSeconds = (durationMs: number): string =>
  durationMs < 59_950
    ? `${grouped(Math.max(0, durationMs) / 1000, 1)} s`
    : formatDuration(durationMs);

const twoUnits = (large: number, unit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;

/** `1 share`, `1,200 shares`, `2 entries`. */
export const count = (amount: number, noun: string): string =>
  `${grouped(amount, 0)} ${amount === 1 ? noun : plural(noun)}`;

const plural = (noun: string): string => `${noun.replace(/(?<![aeiou])y$/, 'ie')}s`;

const ORDINAL = new Intl.PluralRules('en-US', { type: 'ordinal' });
const ORDINAL_ENDINGS: Readonly<Record<Intl.LDMLPluralRule, string>> = {
  zero: 'th',
  one: 'st',
  two: 'nd',
  few: 'rd',
  many: 'th',
  other: 'th',
};

/** `1st`, `2nd`, `13th`. */
export const ordinal = (n: number): string =>
  `${grouped(n, 0)}${ORDINAL_ENDINGS[ORDINAL.select(n)]}`;

/** `A, B and 3 more`: so many are named, and the rest is counted. */
export function listOf(words: readonly string[], most: number): string {
  const rest = words.length - most;
  const named = words.slice(0, most).join(', ');
  return rest > 0 ? `${named} and ${rest} more` : named;
}
