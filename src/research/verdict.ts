import type { KeyFigures } from '#backtest/metrics/measure.ts';
import { ENOUGH } from '#core/daily-metrics.ts';
import type { Usd } from '#core/money.ts';
import { formatMoney } from '#core/number-words.ts';
import { ratioOf } from '#core/statistics.ts';

/** All that is known of parameters, on time that they were chosen on and on time that they were not. */
export interface Evidence {
  readonly inSample: KeyFigures;
  readonly outOfSample: KeyFigures;
  /** Probability that the true Sharpe ratio is above zero, out of sample. */
  readonly probabilisticSharpe: number | null;
  /** The same of the chosen point where it was chosen, the luck of the choice taken off; null without a choice. */
  readonly deflatedSharpe: { readonly probability: number; readonly trials: number } | null;
  /** Probability of overfitting of the search; null without one. */
  readonly overfitting: number | null;
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

/**
 * The plainest first. Evidence that is missing where there are enough trades counts against the parameters;
 * that of a search only where there was one.
 */
const TESTS: readonly Test[] = [
  {
    otherwise: { kind: 'too-few-trades', failed: 'trades' },
    isPassed: ({ trades }) => trades >= MIN_TRADES,
  },
  { otherwise: { kind: 'worse', failed: 'profit' }, isPassed: ({ netPnl }) => netPnl > 0 },
  {
    otherwise: { kind: 'not-distinguishable', failed: 'p-value' },
    isPassed: ({ pValue }) => pValue !== null && pValue <= MAX_P_VALUE,
  },
  {
    otherwise: { kind: 'not-distinguishable', failed: 'sharpe' },
    isPassed: ({ probabilisticSharpe: sure }) => sure !== null && sure >= MIN_SHARPE_PROBABILITY,
  },
  {
    otherwise: { kind: 'overfitted', failed: 'trials' },
    isPassed: ({ deflatedSharpe: sure }) => sure === null || sure >= MIN_SHARPE_PROBABILITY,
  },
  {
    otherwise: { kind: 'overfitted', failed: 'splits' },
    isPassed: ({ overfitting }) => overfitting === null || overfitting <= MAX_OVERFITTING,
  },
];

export function judge(evidence: Evidence): Verdict {
  const figures = figuresOf(evidence);
  const failed = TESTS.find(({ isPassed }) => !isPassed(figures));
  return { ...figures, ...(failed?.otherwise ?? { kind: 'better-than-luck', failed: null }) };
}

function figuresOf(evidence: Evidence): VerdictFigures {
  const { inSample, outOfSample, deflatedSharpe, overfitting, pValue } = evidence;
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
  };
}

/** The verdict in one sentence for a trader, without a full stop. */
export const verdictSentence = (verdict: Verdict): string =>
  SENTENCES[verdict.failed ?? 'nothing'](verdict);

const NEEDED = percent(MIN_SHARPE_PROBABILITY, 'down');

const SENTENCES: Readonly<
  Record<NonNullable<Finding['failed']> | 'nothing', (verdict: Verdict) => string>
> = {
  trades: ({ trades }) =>
    `too few trades to tell: ${trades} out of sample, at least ${MIN_TRADES} are needed`,
  profit: ({ netPnl, trades }) =>
    `worse than not trading: ${formatMoney(netPnl)} after costs on ${trades} trades`,
  'p-value': ({ pValue, trades }) =>
    `not distinguishable from luck: ${pText(pValue)} on ${trades} trades`,
  sharpe: ({ probabilisticSharpe, trades }) =>
    `not distinguishable from luck: that its Sharpe ratio is above zero is ${percent(probabilisticSharpe, 'down')} sure on ${trades} trades, not ${NEEDED}`,
  trials: ({ deflatedSharpe, trials }) =>
    `likely the luck of the search: after ${trials} tries it is ${percent(deflatedSharpe, 'down')} sure that there is any edge, not ${NEEDED}`,
  splits: ({ overfitting }) =>
    `likely the luck of the search: in ${percent(overfitting, 'up')} of all splits the best in one half is no better than the middle in the other, ${percent(MAX_OVERFITTING, 'up')} are allowed`,
  nothing: ({ pValue, trades, expectancyR }) =>
    `better than luck: ${pText(pValue)} on ${trades} trades${expectancyR === null ? '' : `, ${expectancyR.toFixed(2)} R each after costs`}`,
};

function pText(pValue: number | null): string {
  if (pValue === null) return 'p is not known';
  return pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toPrecision(2)}`;
}

/** Rounded away from the limit, so that what has missed it by a hair does not look like it was met. */
function percent(share: number | null, towards: 'down' | 'up'): string {
  if (share === null) return 'not at all';
  const tenths = Number((share * 1_000).toFixed(6));
  return `${(towards === 'down' ? Math.floor(tenths) : Math.ceil(tenths)) / 10} %`;
}
