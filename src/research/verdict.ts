import type { KeyFigures } from '#backtest/metrics/measure.ts';
import { ENOUGH } from '#core/daily-metrics.ts';
import type { Usd } from '#core/money.ts';
import { formatFixed, formatMoney } from '#core/number-words.ts';
import { ratioOf } from '#core/statistics.ts';
import { luckWords } from '#core/study-words.ts';
import type { LuckName, LuckTest } from '#core/study-words.ts';

/** All that is known of parameters, on time that they were chosen on and on time that they were not. */
export interface Evidence {
  readonly inSample: KeyFigures;
  readonly outOfSample: KeyFigures;
  /** Probability that the true Sharpe ratio is above zero, out of sample. */
  readonly probabilisticSharpe: number | null;
  /** The same of the chosen point where it was chosen, the luck of the choice taken off; null without a choice. */
  readonly deflatedSharpe: { readonly probability: number; readonly trials: number } | null;
  /** Probability of overfitting of the search; null without one, and where its time is too short to tell. */
  readonly overfitting: number | null;
  /** Whether what was tried was chosen from several. */
  readonly isSearched: boolean;
  /** Of the trades out of sample: probability of their mean if the true one were zero. */
  readonly pValue: number | null;
}

/**
 * Fewer trades out of sample tell nothing: the rule of thumb for a mean, the same as that of the live metrics.
 */
export const MIN_TRADES = ENOUGH;
/** Of a p-value: one in twenty strategies without any edge gets below it, the convention of the field. */
export const MAX_P_VALUE = 0.05;
/** Of both Sharpe probabilities: the confidence that Bailey and López de Prado ask for. */
export const MIN_SHARPE_PROBABILITY = 0.95;
/**
 * Of the probability of overfitting. Pure noise has 0.5 on average and scatters by some 0.15 (72 strategies, a
 * year): below this it is two deviations away from noise.
 */
export const MAX_OVERFITTING = 0.2;

/** What every verdict stands on; out of sample and after costs unless it says otherwise. */
export interface VerdictFigures {
  readonly trades: number;
  readonly netPnl: Usd;
  readonly expectancyR: number | null;
  /** Expectancy in R over that in sample; null where there was none to keep. */
  readonly kept: number | null;
  readonly pValue: number | null;
  readonly probabilisticSharpe: number | null;
  readonly deflatedSharpe: number | null;
  readonly trials: number | null;
  readonly overfitting: number | null;
  readonly isSearched: boolean;
}

/** `failed` is the first test that was not passed; only `better-than-luck` is a pass. */
export type Verdict = VerdictFigures & Finding;

type Finding =
  | { readonly kind: 'too-few-trades'; readonly failed: 'trades' }
  | { readonly kind: 'worse'; readonly failed: 'profit' }
  | { readonly kind: 'not-distinguishable'; readonly failed: 'p-value' | 'sharpe' }
  | { readonly kind: 'overfitted'; readonly failed: 'trials' | 'splits' }
  | { readonly kind: 'better-than-luck'; readonly failed: null };

interface Test {
  readonly otherwise: Finding;
  readonly isPassed: (figures: VerdictFigures) => boolean;
}

type LuckRule = Pick<LuckTest, 'needs' | 'limit'> & {
  readonly of: (figures: VerdictFigures) => number | null;
  /** Asked only where there was a search. Evidence that is asked for and missing counts against the parameters. */
  readonly isOfSearch: boolean;
};

const LUCK: Readonly<Record<LuckName, LuckRule>> = {
  'p-value': {
    of: ({ pValue }) => pValue,
    needs: 'at-most',
    limit: MAX_P_VALUE,
    isOfSearch: false,
  },
  sharpe: {
    of: ({ probabilisticSharpe }) => probabilisticSharpe,
    needs: 'at-least',
    limit: MIN_SHARPE_PROBABILITY,
    isOfSearch: false,
  },
  trials: {
    of: ({ deflatedSharpe }) => deflatedSharpe,
    needs: 'at-least',
    limit: MIN_SHARPE_PROBABILITY,
    isOfSearch: true,
  },
  splits: {
    of: ({ overfitting }) => overfitting,
    needs: 'at-most',
    limit: MAX_OVERFITTING,
    isOfSearch: true,
  },
};

/** One figure of luck, held against the limit that the verdict goes by. */
export function luckTest(name: LuckName, figures: VerdictFigures): LuckTest {
  const { of, needs, limit, isOfSearch } = LUCK[name];
  const value = of(figures);
  const isMet = value !== null && (needs === 'at-least' ? value >= limit : value <= limit);
  const isAsked = !isOfSearch || figures.isSearched;
  return { name, value, needs, limit, isPassed: value === null ? !isAsked : isMet };
}

/** All of them, in the order in which they are asked. */
export const luckTests = (figures: VerdictFigures): readonly LuckTest[] =>
  (Object.keys(LUCK) as LuckName[]).map((name) => luckTest(name, figures));

const passes =
  (name: LuckName) =>
  (figures: VerdictFigures): boolean =>
    luckTest(name, figures).isPassed;

/** The plainest first. */
const TESTS: readonly Test[] = [
  {
    otherwise: { kind: 'too-few-trades', failed: 'trades' },
    isPassed: ({ trades }) => trades >= MIN_TRADES,
  },
  { otherwise: { kind: 'worse', failed: 'profit' }, isPassed: ({ netPnl }) => netPnl > 0 },
  {
    otherwise: { kind: 'not-distinguishable', failed: 'p-value' },
    isPassed: passes('p-value'),
  },
  { otherwise: { kind: 'not-distinguishable', failed: 'sharpe' }, isPassed: passes('sharpe') },
  { otherwise: { kind: 'overfitted', failed: 'trials' }, isPassed: passes('trials') },
  { otherwise: { kind: 'overfitted', failed: 'splits' }, isPassed: passes('splits') },
];

export function judge(evidence: Evidence): Verdict {
  const figures = figuresOf(evidence);
  const failed = TESTS.find(({ isPassed }) => !isPassed(figures));
  return { ...figures, ...(failed?.otherwise ?? { kind: 'better-than-luck', failed: null }) };
}

function figuresOf(evidence: Evidence): VerdictFigures {
  const { inSample, outOfSample, deflatedSharpe, overfitting, isSearched, pValue } = evidence;
  const { trades, netPnl, expectancyR } = outOfSample;
  const earned = inSample.expectancyR ?? 0;
  return {
    trades,
    netPnl,
    expectancyR,
    kept: expectancyR === null || earned <= 0 ? null : ratioOf(expectancyR, earned),
    pValue,
    probabilisticSharpe: evidence.probabilisticSharpe,
    deflatedSharpe: deflatedSharpe?.probability ?? null,
    trials: deflatedSharpe?.trials ?? null,
    overfitting,
    isSearched,
  };
}

/** The verdict in one sentence for a trader, without a full stop. */
export const verdictSentence = (verdict: Verdict): string =>
  SENTENCES[verdict.failed ?? 'nothing'](verdict);

const SENTENCES: Readonly<
  Record<NonNullable<Finding['failed']> | 'nothing', (verdict: Verdict) => string>
> = {
  trades: ({ trades }) =>
    `too few trades to tell: ${trades} out of sample, at least ${MIN_TRADES} are needed`,
  profit: ({ netPnl, trades }) =>
    `worse than not trading: ${formatMoney(netPnl)} after costs on ${trades} trades`,
  'p-value': (verdict) =>
    `not distinguishable from luck: ${pText(verdict)} on ${verdict.trades} trades, at most ${limitOf('p-value', verdict)} is needed`,
  sharpe: (verdict) =>
    `not distinguishable from luck: that its Sharpe ratio is above zero is ${sureText('sharpe', verdict)} on ${verdict.trades} trades, not ${limitOf('sharpe', verdict)}`,
  trials: (verdict) =>
    `likely the luck of the search: after ${verdict.trials ?? 'all its'} tries it is ${sureText('trials', verdict)} that there is any edge, not ${limitOf('trials', verdict)}`,
  splits: (verdict) =>
    verdict.overfitting === null
      ? 'likely the luck of the search: it chose on too few sessions to tell how often the best in one half is no better than the middle in the other; take more time, or longer windows'
      : `likely the luck of the search: in ${wordsOf('splits', verdict).value} of all splits the best in one half is no better than the middle in the other, ${limitOf('splits', verdict)} are allowed`,
  nothing: (verdict) =>
    `better than luck: ${pText(verdict)} on ${verdict.trades} trades${verdict.expectancyR === null ? '' : `, ${formatFixed(verdict.expectancyR)} R each after costs`}`,
};

const wordsOf = (name: LuckName, verdict: Verdict) => luckWords(luckTest(name, verdict));

const limitOf = (name: LuckName, verdict: Verdict): string => wordsOf(name, verdict).limit;

function pText(verdict: Verdict): string {
  if (verdict.pValue === null) return 'p is not known';
  const { value } = wordsOf('p-value', verdict);
  return value.startsWith('<') ? `p ${value}` : `p = ${value}`;
}

function sureText(name: 'sharpe' | 'trials', verdict: Verdict): string {
  const { value } = luckTest(name, verdict);
  return value === null ? 'not at all sure' : wordsOf(name, verdict).value;
}
