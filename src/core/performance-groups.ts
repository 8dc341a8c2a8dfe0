import { dailyMetrics } from './daily-metrics.ts';
import type { DailyMetrics } from './daily-metrics.ts';
import type { Ticker } from './ids.ts';
import { addUsd } from './money.ts';
import type { Usd } from './money.ts';
import { newYorkTime } from './session.ts';
import type { ClosedTrade } from './trade.ts';

/** What trades are told apart by: `hour` is that of the entry, in New York. */
export const GROUPINGS = ['symbol', 'reason', 'hour'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Closed trades that have something in common. */
export interface TradeGroup {
  /** The symbol, the exit's reason, or the hour as `09:00`. */
  readonly key: string;
  readonly metrics: Pick<DailyMetrics, 'wins' | 'pnl' | 'winRate' | 'averageR'>;
}

/** What a trade's group is called, by each of them. */
export const GROUP_KEYS = {
  symbol: ({ symbol }) => symbol,
  reason: ({ exitReason }) => exitReason,
  hour: ({ openedAt }) => `${newYorkTime(openedAt).slice(0, 2)}:00`,
} as const satisfies Record<Grouping, (trade: ClosedTrade) => string>;

/** A symbol with what its trades have brought. */
export interface SymbolResult {
  readonly symbol: Ticker;
  readonly trades: number;
  /** Realized, before fees. */
  readonly pnl: Usd;
}

/** Each symbol that has a closed trade, the best first. */
export const resultsBySymbol = (
  closed: readonly Pick<ClosedTrade, 'symbol' | 'pnl'>[],
): readonly SymbolResult[] =>
  [...Map.groupBy(closed, ({ symbol }) => symbol)]
    .map(([symbol, trades]) => ({
      symbol,
      trades: trades.length,
      pnl: addUsd(...trades.map(({ pnl }) => pnl)),
    }))
    .toSorted((one, other) => other.pnl - one.pnl);

/** Each group with its figures: hours in order, all others from the best result to the worst. */
export function groupTrades(trades: readonly ClosedTrade[], by: Grouping): readonly TradeGroup[] {
  const groups = [...Map.groupBy(trades, GROUP_KEYS[by])].map(([key, closed]) => ({
    key,
    metrics: dailyMetrics({ closed, entered: [], drawdowns: [], interference: 0 }),
  }));
  const byKey = (one: TradeGroup, other: TradeGroup): number => (one.key < other.key ? -1 : 1);
  if (by === 'hour') return groups.toSorted(byKey);
  return groups.toSorted((one, other) => other.metrics.pnl - one.metrics.pnl || byKey(one, other));
}
