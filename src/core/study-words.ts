/** What a search says where it is read: in the channel, on the screen and on its page. */
import { formatNumber, NONE } from './number-words.ts';

/** A year, as a fraction: what is less in training is no measure of the tests, which would be many times as much. */
export const MIN_TRAINED_RETURN = 0.01;

/** A point with fewer trades is not looked at: a mean of less is no more than noise. */
export const MIN_POINT_TRADES = 10;

export const NOTHING_RECOMMENDED = `nothing: there is no place at which most of the neighbouring points have the ${MIN_POINT_TRADES} trades that it takes. Take more time, more symbols or more values near each other`;

/** How the place that a search has found is called: it is one to trade only where the verdict says so. */
export const placeWord = (isPass: boolean): string =>
  isPass ? 'Recommended' : 'Best place found, not proven';

/**
 * What was left of the training in the tests.
 *
 * @param efficiency annual return of the tests over that of the training; null where that is too little
 */
export function efficiencyWords(efficiency: number | null): string {
  if (efficiency === null) {
    return `training made less than ${100 * MIN_TRAINED_RETURN} % a year: too little to hold the tests against`;
  }
  if (efficiency < 0) return 'the tests lost money, which training had made';
  return `the tests made ${formatNumber(100 * efficiency, 0)} % of the annual return in training`;
}

/** What the verdict asks of luck, in its order. */
export type LuckName = 'p-value' | 'sharpe' | 'trials' | 'splits';

/** One of these figures, held against the limit that the verdict goes by. */
export interface LuckTest {
  readonly name: LuckName;
  /** Null where nobody can tell. */
  readonly value: number | null;
  readonly needs: 'at-least' | 'at-most';
  readonly limit: number;
  readonly isPassed: boolean;
}

/** A test of luck in words. */
export interface LuckWords {
  readonly name: string;
  /** `0.393`, `60.3 % sure`. */
  readonly value: string;
  /** `0.05`, `95 %`. */
  readonly limit: string;
  /** `needs at most 0.05`, `needs 95 %`. */
  readonly needs: string;
  readonly verdict: 'met' | 'missed' | 'not known';
}

const LUCK_NAMES = {
  'p-value': 'p-value',
  sharpe: 'Sharpe above zero',
  trials: 'Sharpe after all tries',
  splits: 'overfitting',
} as const satisfies Record<LuckName, string>;

export function luckWords({ name, value, needs, limit, isPassed }: LuckTest): LuckWords {
  const format = name === 'p-value' ? pText : shareText;
  const told = value === null ? NONE : format(value, needs);
  const edge = format(limit, needs);
  return {
    name: LUCK_NAMES[name],
    value: value !== null && needs === 'at-least' ? `${told} sure` : told,
    limit: edge,
    needs: needs === 'at-least' ? `needs ${edge}` : `needs at most ${edge}`,
    verdict: value === null ? 'not known' : isPassed ? 'met' : 'missed',
  };
}

/** `overfitting 17.8 % (needs at most 20 %)`. */
export const luckLine = ({ name, value, needs }: LuckWords): string =>
  `${name} ${value} (${needs})`;

const pText = (value: number, needs: LuckTest['needs']): string =>
  value < 0.001 ? '< 0.001' : formatNumber(awayFromLimit(1_000 * value, needs) / 1_000, 3);

const shareText = (value: number, needs: LuckTest['needs']): string =>
  `${formatNumber(awayFromLimit(1_000 * value, needs) / 10, 1)} %`;

/** What has missed its limit by a hair must not look as if it were met. */
function awayFromLimit(value: number, needs: LuckTest['needs']): number {
  // What is a whole number but for the arithmetic stays it.
  const exact = Number(value.toFixed(6));
  return needs === 'at-least' ? Math.floor(exact) : Math.ceil(exact);
}
