/** What a search says where it is read: in the channel, on the screen and on its page. */
import { formatNumber, NONE } from './number-words.ts';

/** A point with fewer trades is not looked at: a mean of less is no more than noise. */
export const MIN_POINT_TRADES = 10;

export const NOTHING_RECOMMENDED = `nothing: there is no place at which most of the neighbouring points have the ${MIN_POINT_TRADES} trades that it takes. Take more time, more symbols or more values near each other`;

/** How the place that a search has found is called: it is one to trade only where the verdict says so. */
export const placeWord = (isPass: boolean): string =>
  isPass ? 'Recommended' : 'Best place found, not proven';

/**
 * What was left of the training in the tests.
 *
 * @param efficiency annual return of the tests over that of the training
 */
export const efficiencyWords = (efficiency: number | null): string =>
  efficiency === null
    ? NONE
    : `the tests made ${formatNumber(100 * efficiency, 0)} % of the annual return in training`;
