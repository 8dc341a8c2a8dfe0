import type { Usd } from '#core/money.ts';
import {
  count,
  formatFixed,
  formatGain,
  formatPercentGain,
  formatR,
  NONE,
} from '#core/number-words.ts';
import type { Interval } from '#core/statistics.ts';

import type { SelfCheck, WalkForwardReport } from '../report.ts';

/*
 * What a report tells of figures that may not be known, and of shares as fractions.
 */

/** `+$1,234.50`, `−$3.00`. */
export const gain = (amount: Usd | null): string => (amount === null ? NONE : formatGain(amount));

/** A fraction as `+12.34 %`. */
export const percentGain = (share: number | null): string =>
  share === null ? NONE : formatPercentGain(100 * share);

/** A fraction as `42.5 %`. */
export const percent = (share: number | null, decimals = 1): string =>
  share === null ? NONE : `${formatFixed(100 * share, decimals)} %`;

/** `1.25`, `−0.30`. */
export const figure = (value: number | null, decimals = 2): string =>
  value === null ? NONE : formatFixed(value, decimals);

/** `+0.25 R`. */
export const inR = (r: number | null): string => (r === null ? NONE : formatR(r));

/** `37.7 % to 47.4 %`, of an interval of shares. */
export const percentRange = (interval: Interval | null): string =>
  interval === null ? NONE : `${percent(interval[0])} to ${percent(interval[1])}`;

/** What came of it, in short and in whole. */
export function lookAheadWords(check: SelfCheck | null): readonly [string, string] {
  if (check === null) return [NONE, ''];
  const { trades, differing, at } = check;
  return differing === 0
    ? [
        'none',
        `with the bars cut off at ${at} nothing changes in the ${count(trades, 'trade')} before`,
      ]
    : [
        'SEEN',
        `with the bars cut off at ${at} there is a change in ${differing} of ${count(trades, 'trade')}; do not trust this result`,
      ];
}

/** Likewise. */
export const warmUpWords = (check: SelfCheck | null): readonly [string, string] =>
  check === null
    ? [NONE, 'too few sessions to tell']
    : [`${check.differing} of ${count(check.trades, 'trade')}`, 'differ with half of it'];

/** How much the windows agree, a line each parameter: `stop=2 in 67 % of the 3 windows with a choice`. */
export function stabilityWords({ stability, windows }: WalkForwardReport): readonly string[] {
  const chosen = count(windows.filter(({ choice }) => choice !== null).length, 'window');
  return stability.map(
    ({ name, usual, share }) =>
      `${name}=${String(usual)} in ${percent(share, 0)} of the ${chosen} with a choice`,
  );
}
