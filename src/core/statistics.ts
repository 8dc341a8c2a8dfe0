import { micros } from './money.ts';
import type { Usd } from './money.ts';

/** What the statistics need of a closed trade. */
interface TradeResult {
  readonly pnl: Usd;
  readonly rMultiple: number;
}

/** Of closed trades; ratios are null where nothing stands behind them. */
export interface TradeStatistics {
  readonly trades: number;
  /** Trades with a profit; a trade at zero is none. */
  readonly wins: number;
  readonly winRate: number | null;
  /** Wilson score interval, 95 %. */
  readonly winRateInterval: readonly [number, number] | null;
  /** Sum of profits over sum of losses; null without a loss. */
  readonly profitFactor: number | null;
  readonly averageR: number | null;
  readonly totalPnl: Usd;
}

export function tradeStatistics(trades: readonly TradeResult[]): TradeStatistics {
  const count = trades.length;
  const profits = trades.filter(({ pnl }) => pnl > 0);
  const won = sum(profits.map(({ pnl }) => pnl));
  const total = sum(trades.map(({ pnl }) => pnl));
  const lost = won - total;
  const sumOfR = sum(trades.map((trade) => trade.rMultiple));
  return {
    trades: count,
    wins: profits.length,
    winRate: count === 0 ? null : profits.length / count,
    winRateInterval: count === 0 ? null : wilsonInterval(profits.length, count),
    profitFactor: lost === 0 ? null : won / lost,
    averageR: count === 0 ? null : sumOfR / count,
    totalPnl: micros(total),
  };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959963984540054;

/** 95 % interval of a proportion (Wilson 1927): honest also for few trades and for rates near 0 and 1. */
function wilsonInterval(successes: number, count: number): readonly [number, number] {
  const rate = successes / count;
  const centre = rate + Z ** 2 / (2 * count);
  const margin = Z * Math.sqrt((rate * (1 - rate)) / count + Z ** 2 / (4 * count ** 2));
  const scale = 1 + Z ** 2 / count;
  return [Math.max(0, (centre - margin) / scale), Math.min(1, (centre + margin) / scale)];
}

/** The deepest fall of equity from the highest value before it, in per cent; zero or negative. */
export function maxDrawdownPercent(equities: readonly Usd[]): number {
  let peak = 0;
  let deepest = 0;
  for (const equity of equities) {
    peak = Math.max(peak, equity);
    if (peak > 0) deepest = Math.min(deepest, (100 * (equity - peak)) / peak);
  }
  return deepest;
}
