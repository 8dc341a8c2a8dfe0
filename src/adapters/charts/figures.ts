import { decimalsOf } from './scale.ts';
import type { RoundScale } from './scale.ts';

const MINUS = '−';

const grouped = (value: number, fewest: number, most = fewest): string =>
  new Intl.NumberFormat('en-US', {
    minimumFractionDigits: fewest,
    maximumFractionDigits: most,
  }).format(value);

/** The sign goes before the unit, and what rounds to nothing has none. */
function signed(value: number, text: string, plus = ''): string {
  if (!/[1-9]/.test(text)) return text;
  return `${value < 0 ? MINUS : plus}${text}`;
}

/** A price a share as exact as its tick: `183.10`, and four decimals below a dollar: `0.4125`. */
export const price = (dollars: number): string =>
  signed(dollars, grouped(Math.abs(dollars), Math.abs(dollars) >= 1 ? 2 : 4));

/** An amount in a sentence: `$101,240.10`. */
export const dollars = (amount: number): string =>
  signed(amount, `$${grouped(Math.abs(amount), 2)}`);

/** As {@link dollars}, always with its sign: `+$412.30`. */
export const gain = (amount: number): string =>
  signed(amount, `$${grouped(Math.abs(amount), 2)}`, '+');

/** In a tag, where cents of large amounts are noise: `$101,240`, `$84.20`. */
export const briefDollars = (amount: number): string => signed(amount, brief(Math.abs(amount)));

/** As {@link briefDollars}, always with its sign: `+$1,240`. */
export const briefGain = (amount: number): string => signed(amount, brief(Math.abs(amount)), '+');

function brief(amount: number): string {
  if (amount >= 1e7) return `$${compact(amount)}`;
  return `$${grouped(amount, amount >= 1_000 ? 0 : 2)}`;
}

/** `−0.82 %`; the value is in per cent. */
export const percent = (value: number): string => `${signed(value, grouped(Math.abs(value), 2))} %`;

/** As {@link percent}, always with its sign: `+1.24 %`. */
export const percentGain = (value: number): string =>
  `${signed(value, grouped(Math.abs(value), 2), '+')} %`;

/** `1,200`. */
export const whole = (value: number): string => grouped(value, 0);

const UNITS = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
  [1e3, 'K'],
] as const;

/** Three digits at most: `1.25M`, `840K`, `96`. */
export function compact(value: number): string {
  // From half a digit below a unit on, rounding would give "1,000K".
  const [unit, letter] = UNITS.find(([size]) => value >= size * 0.9995) ?? [1, ''];
  const scaled = value / unit;
  const decimals = scaled >= 99.95 || unit === 1 ? 0 : scaled >= 9.995 ? 1 : 2;
  return `${grouped(scaled, 0, decimals)}${letter}`;
}

export interface AxisFigures {
  readonly prefix?: string;
  readonly suffix?: string;
  /** Below a step of one: prices keep their cents. */
  readonly fewestDecimals?: number;
}

/** Labels of an axis: all with the decimals that a step needs, in millions and more where they are long. */
export function axisFigures(
  scale: RoundScale,
  { prefix = '', suffix = '', fewestDecimals = 0 }: AxisFigures = {},
): (value: number) => string {
  const largest = Math.max(Math.abs(scale.min), Math.abs(scale.max));
  const [unit, letter] = (largest >= 1e7 ? UNITS.find(([size]) => largest >= size) : null) ?? [
    1,
    '',
  ];
  const decimals =
    unit === 1
      ? Math.max(scale.decimals, scale.step < 1 ? fewestDecimals : 0)
      : decimalsOf(scale.step / unit);
  return (value) => {
    const figure = `${prefix}${grouped(Math.abs(value) / unit, decimals)}${letter}`;
    return `${signed(value, figure)}${suffix}`;
  };
}
