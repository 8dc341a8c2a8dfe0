import { ENOUGH, judge } from '#core/daily-metrics.ts';
import type { DailyMetrics, JudgedMetric, MetricName } from '#core/daily-metrics.ts';
import {
  count,
  formatNumber,
  formatPercentGain,
  formatR,
  formatSlippage,
  NONE,
} from '#core/number-words.ts';

/** A metric against its target, in words. */
export interface MetricWords {
  readonly mark: string;
  readonly label: string;
  readonly value: string;
  /** In the value's unit; null where no interval is due, or too little is known for one. */
  readonly interval: string | null;
  readonly target: string;
  /** Whether it is met, or why nobody knows. */
  readonly verdict: string;
  /** `40 trades`. */
  readonly on: string;
}

interface Words {
  readonly label: string;
  /** Where it stands on more than one, when that makes it another thing. */
  readonly labelOfMany?: string;
  readonly format: (value: number) => string;
  /** One end of an interval, without the unit. */
  readonly end: (value: number) => string;
  readonly target: (limit: number) => string;
}

const percent = (share: number, decimals: number): string => formatNumber(share * 100, decimals);

const WORDS = {
  winRate: {
    label: 'Win rate',
    format: (rate) => `${percent(rate, 1)} %`,
    end: (rate) => percent(rate, 0),
    target: (limit) => `> ${percent(limit, 0)} %`,
  },
  profitFactor: {
    label: 'Profit factor',
    format: formatNumber,
    end: formatNumber,
    target: (limit) => `> ${limit}`,
  },
  averageR: {
    label: 'Average',
    format: formatR,
    end: (r) => formatR(r).replace(/ R$/, ''),
    target: (limit) => `> ${limit} R`,
  },
  drawdownPercent: {
    label: 'Drawdown',
    labelOfMany: 'Worst day’s drawdown',
    format: (fall) => formatPercentGain(-fall),
    end: formatNumber,
    target: (limit) => `< ${limit} %`,
  },
  slippageBps: {
    label: 'Slippage',
    format: formatSlippage,
    end: (bps) => formatNumber(bps, 1),
    target: (limit) => `< ${limit} bps`,
  },
  interference: {
    label: 'Interference',
    format: formatNumber,
    end: formatNumber,
    target: (limit) => `${limit}`,
  },
} as const satisfies Record<MetricName, Words>;

const NOTHING = {
  trade: 'no closed trade',
  entry: 'no entry filled',
  session: 'no session measured',
} as const satisfies Record<JudgedMetric['target']['of'], string>;

/** With trades, only the profit factor can be missing. */
const NO_LOSS = 'no loss to compare with';

const FEW = '⏳';
const MARKS = { met: '✅', missed: '❌', unknown: NONE } as const;

function wordsOf(metric: JudgedMetric): MetricWords {
  const { name, value, count: on, interval, target, verdict, isFew } = metric;
  const words: Words = WORDS[name];
  const isKnown = value !== null;
  const whyNot = on === 0 ? NOTHING[target.of] : NO_LOSS;
  return {
    mark: isFew && isKnown ? FEW : MARKS[verdict],
    label: (on > 1 ? words.labelOfMany : undefined) ?? words.label,
    value: isKnown ? words.format(value) : NONE,
    interval: interval && interval.map(words.end).join(' to '),
    target: words.target(target.limit),
    verdict: isKnown ? verdict : whyNot,
    on: count(on, target.of),
  };
}

/** The six metrics in words, in their order. */
export const metricWords = (metrics: DailyMetrics): readonly MetricWords[] =>
  judge(metrics).map(wordsOf);

/**
 * Each metric with how sure it is, its target, and whether it is met; the marks stand below each other. What
 * is unknown comes last, in short. The heading says how many trades were closed: what an estimate stands on
 * is told here only where it is another number.
 */
export function targetLines(metrics: DailyMetrics): readonly string[] {
  const judged = judge(metrics);
  const unknown = judged.filter(({ value }) => value === null).map(wordsOf);
  const reasons = Map.groupBy(unknown, ({ verdict }) => verdict);
  return [
    ...judged
      .filter(({ value }) => value !== null)
      .map((metric) => targetLine(metric, metrics.winRate.count)),
    ...[...reasons].map(
      ([why, those]) => `${NONE} ${those.map(({ label }) => label).join(', ')}: ${why}`,
    ),
  ];
}

function targetLine(metric: JudgedMetric, closedTrades: number): string {
  const { mark, label, value, interval, target, verdict, on } = wordsOf(metric);
  const isOwn =
    metric.target.of === 'session'
      ? metric.count > 1
      : metric.target.isEstimate && metric.count !== closedTrades;
  return [
    `${mark} ${label} ${value}`,
    interval === null ? '' : ` (${interval})`,
    isOwn ? ` on ${on}` : '',
    `, ${unbroken(`target ${target}: ${verdict}`)}`,
  ].join('');
}

/** On a narrow screen the target begins a line of its own rather than being torn apart. */
const unbroken = (words: string): string => words.replaceAll(' ', '\u00A0');

/** What the marks and brackets mean. */
export const LEGEND = `(…) holds the true figure, 95 % sure. ${FEW} on fewer than ${ENOUGH}: too few to say.`;
