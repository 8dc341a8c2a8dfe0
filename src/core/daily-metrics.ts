import { addUsd, subtractUsd } from './money.ts';
import type { Usd } from './money.ts';
import { meanInterval, meanOf, wilsonInterval } from './statistics.ts';
import type { Interval } from './statistics.ts';
import type { ClosedTrade, EnteredTrade } from './trade.ts';

/** What the strategy is measured by, in the order in which it is told. */
export const METRICS = [
  'winRate',
  'profitFactor',
  'averageR',
  'drawdownPercent',
  'slippageBps',
  'interference',
] as const;
export type MetricName = (typeof METRICS)[number];

/** A measured value, with what it stands on. */
export interface Figure {
  /** Null where nothing stands behind it. */
  readonly value: number | null;
  /** How many trades, entries or sessions it is made of; which of them is the target's to say. */
  readonly count: number;
  /** Where the true value lies, 95 % sure; null where no interval is due, or too little is known. */
  readonly interval: Interval | null;
}

/**
 * The six metrics of one session, or of several together.
 *
 * winRate: share of closed trades with a profit, 0–1; one at zero has none. profitFactor: sum of profits
 * over sum of losses; null without a loss. averageR: mean result in multiples of R. drawdownPercent: the
 * deepest fall of equity from the highest point of the session before it, its opening included, of several
 * sessions the worst; in per cent, never negative. It is never less than the fall since the open, which the
 * limit of the drawdown rule is held against. slippageBps: how much worse entries were filled than their
 * decision price, mean of the trades whatever their size, in hundredths of a per cent; negative is better.
 * interference: legs of brackets that were cancelled or replaced without a lawful reason.
 */
export interface DailyMetrics extends Readonly<Record<MetricName, Figure>> {
  /** Closed trades with a profit. */
  readonly wins: number;
  /** Realized by the closed trades, before fees. */
  readonly pnl: Usd;
}

/** What happened in a session, or in several. */
export interface Performance {
  readonly closed: readonly Pick<ClosedTrade, 'tradeId' | 'pnl' | 'rMultiple'>[];
  /** Trades that were entered, whether they are closed by now or not. */
  readonly entered: readonly EnteredTrade[];
  /** Of each session, in per cent, zero or positive. */
  readonly drawdowns: readonly number[];
  readonly interference: number;
}

/**
 * Measures. What is no finite number (the R of a trade without risk) is left out and not counted. There is
 * no interval for the profit factor: a ratio of two sums has none in closed form that would be honest for
 * few trades, and resampling them would bring chance into the core. None for what is counted in full either.
 */
export function dailyMetrics({
  closed,
  entered,
  drawdowns,
  interference,
}: Performance): DailyMetrics {
  const wins = closed.filter(({ pnl }) => pnl > 0).length;
  const touchable = new Set([...closed, ...entered].map(({ tradeId }) => tradeId));
  return {
    wins,
    pnl: addUsd(...closed.map(({ pnl }) => pnl)),
    winRate: {
      value: closed.length === 0 ? null : wins / closed.length,
      count: closed.length,
      interval: wilsonInterval(wins, closed.length),
    },
    profitFactor: counted(profitFactor(closed.map(({ pnl }) => pnl)), closed.length),
    averageR: mean(closed.map(({ rMultiple }) => rMultiple)),
    drawdownPercent: counted(
      drawdowns.length === 0 ? null : Math.max(...drawdowns),
      drawdowns.length,
    ),
    slippageBps: mean(entered.map(({ slippageBps }) => slippageBps)),
    interference: counted(interference, touchable.size),
  };
}

const counted = (value: number | null, count: number): Figure => ({ value, count, interval: null });

function mean(values: readonly number[]): Figure {
  const known = values.filter(Number.isFinite);
  return { value: meanOf(known), count: known.length, interval: meanInterval(known) };
}

function profitFactor(results: readonly Usd[]): number | null {
  const won = addUsd(...results.filter((pnl) => pnl > 0));
  const lost = subtractUsd(won, addUsd(...results));
  return lost === 0 ? null : won / lost;
}

interface Target {
  readonly is: 'above' | 'below' | 'at-most';
  readonly limit: number;
  /** What the figure's count counts. */
  readonly of: 'trade' | 'entry' | 'session';
  /** Whether it stands for trades that are still to come, and therefore needs many of those that were. */
  readonly isEstimate: boolean;
}

/** What is aimed at, in the units of {@link DailyMetrics}. */
const TARGETS = {
  winRate: { is: 'above', limit: 0.6, of: 'trade', isEstimate: true },
  profitFactor: { is: 'above', limit: 2.5, of: 'trade', isEstimate: true },
  averageR: { is: 'above', limit: 2, of: 'trade', isEstimate: true },
  drawdownPercent: { is: 'below', limit: 3, of: 'session', isEstimate: false },
  // 0.05 %.
  slippageBps: { is: 'below', limit: 5, of: 'entry', isEstimate: true },
  interference: { is: 'at-most', limit: 0, of: 'trade', isEstimate: false },
} as const satisfies Record<MetricName, Target>;

/** "Above" and "below" are strict. */
const MEETS = {
  above: (value, limit) => value > limit,
  below: (value, limit) => value < limit,
  'at-most': (value, limit) => value <= limit,
} as const satisfies Record<Target['is'], (value: number, limit: number) => boolean>;

/** Of fewer an estimate says nothing about the strategy: the usual rule of thumb for a mean. */
export const ENOUGH = 30;

/** A figure held against its target. */
export interface JudgedMetric extends Figure {
  readonly name: MetricName;
  readonly target: Target;
  /** By the value alone; unknown where there is none. */
  readonly verdict: 'met' | 'missed' | 'unknown';
  /** Whether too few stand behind it for the verdict to be more than chance. */
  readonly isFew: boolean;
}

/** All six against their targets, in their order. */
export const judge = (metrics: DailyMetrics): readonly JudgedMetric[] =>
  METRICS.map((name) => {
    const { value, count, interval } = metrics[name];
    const target: Target = TARGETS[name];
    const isMet = value !== null && MEETS[target.is](value, target.limit);
    return {
      name,
      value,
      count,
      interval,
      target,
      verdict: value === null ? 'unknown' : isMet ? 'met' : 'missed',
      isFew: target.isEstimate && count < ENOUGH,
    };
  });
