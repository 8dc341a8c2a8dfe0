import type { Usd } from '#core/money.ts';
import { GROUP_KEYS } from '#core/performance-groups.ts';
import { newYorkDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

import type { BacktestTrade } from '../result.ts';
import { tradeFigures } from './trade-figures.ts';

/** Trades that have something in common, net of fees. */
export interface GroupFigures {
  /** The symbol, the exit's reason, the hour as `09:00`, the weekday as `Mon`, the month as `2024-03`. */
  readonly key: string;
  readonly trades: number;
  readonly netPnl: Usd;
  readonly winRate: number | null;
  readonly profitFactor: number | null;
  readonly expectancyR: number | null;
}

/** Hour and weekday are those of the entry, the month is that of the last exit, all in New York. */
export interface TradeGroups {
  readonly symbol: readonly GroupFigures[];
  readonly reason: readonly GroupFigures[];
  readonly hour: readonly GroupFigures[];
  readonly weekday: readonly GroupFigures[];
  readonly month: readonly GroupFigures[];
}

const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

const weekdayOf = (date: SessionDate): number => new Date(date).getUTCDay();
const nameOfWeekday = (day: number): string => WEEKDAYS[day] ?? String(day);

/** `2024-03`. */
export const monthOf = (date: SessionDate): string => date.slice(0, 7);

/** Symbols and reasons from the best result to the worst, times in their order. */
export function tradeGroups(trades: readonly BacktestTrade[]): TradeGroups {
  const months = groupBy(trades, ({ closedAt }) => monthOf(newYorkDate(closedAt)));
  const weekdays = Map.groupBy(trades, ({ openedAt }) => weekdayOf(newYorkDate(openedAt)));
  return {
    symbol: groupBy(trades, GROUP_KEYS.symbol).toSorted(bestFirst),
    reason: groupBy(trades, GROUP_KEYS.reason).toSorted(bestFirst),
    hour: groupBy(trades, GROUP_KEYS.hour).toSorted(byKey),
    weekday: [...weekdays]
      .toSorted(([one], [other]) => one - other)
      .map(([day, members]) => groupFigures(nameOfWeekday(day), members)),
    month: months.toSorted(byKey),
  };
}

const byKey = (one: GroupFigures, other: GroupFigures): number => (one.key < other.key ? -1 : 1);
const bestFirst = (one: GroupFigures, other: GroupFigures): number =>
  other.netPnl - one.netPnl || byKey(one, other);

const groupBy = (
  trades: readonly BacktestTrade[],
  keyOf: (trade: BacktestTrade) => string,
): readonly GroupFigures[] =>
  [...Map.groupBy(trades, keyOf)].map(([key, members]) => groupFigures(key, members));

function groupFigures(key: string, members: readonly BacktestTrade[]): GroupFigures {
  const { trades, netPnl, winRate, profitFactor, expectancyR } = tradeFigures(members);
  return { key, trades, netPnl, winRate, profitFactor, expectancyR };
}
