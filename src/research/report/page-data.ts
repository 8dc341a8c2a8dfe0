import type { GroupFigures } from '#backtest/metrics/groups.ts';
import { netResult } from '#backtest/metrics/net.ts';
import type { PreparedMarket } from '#backtest/prepare.ts';
import type { BacktestResult, BacktestTrade, EquitySeries } from '#backtest/result.ts';
import { keptRows } from '#backtest/thin-equity.ts';
import { rowFrom } from '#core/bar-columns.ts';
import { barAt } from '#core/bars.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { usdToNumber } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';

import type { Assessment } from '../assess.ts';
import { verdictSentence } from '../verdict.ts';
import { headlineOf } from './headline.ts';
import type { Tile } from './headline.ts';
import { haltLine, signalLine, splitLine } from './screen.ts';
import type { ReportSubject } from './subject.ts';

/** All that the page shows; plain JSON. Prices and amounts in dollars, instants in epoch milliseconds. */
export interface PageData {
  readonly subject: ReportSubject;
  readonly verdict: { readonly kind: string; readonly sentence: string; readonly split: string };
  readonly tiles: readonly Tile[];
  /** Instant, equity, fall from the highest equity before in per cent, zero or negative. */
  readonly equity: readonly (readonly [EpochMs, number, number])[];
  readonly months: readonly { readonly month: string; readonly return: number }[];
  readonly groups: Readonly<Record<string, readonly GroupRow[]>>;
  /** In their order: how many signals each took away, and how many were entered. */
  readonly filters: readonly (readonly [string, number])[];
  readonly signals: string;
  readonly halts: readonly string[];
  readonly trades: readonly PageTrade[];
}

interface GroupRow {
  readonly key: string;
  readonly trades: number;
  readonly net: number;
  readonly winRate: number | null;
  readonly profitFactor: number | null;
  readonly r: number | null;
}

interface PageTrade {
  readonly symbol: string;
  readonly side: string;
  readonly quantity: number;
  readonly entry: number;
  readonly exit: number;
  readonly stop: number;
  readonly target: number;
  readonly reason: string;
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  readonly net: number;
  readonly r: number;
  readonly maeR: number;
  readonly mfeR: number;
  readonly confidence: number;
  readonly ruled: boolean;
  /** Bars around it: end, open, high, low, close. Null beyond the most that one page carries. */
  readonly bars: readonly (readonly number[])[] | null;
}

/** Trades that are shown on their candles; beyond so many the page would not open on a phone. */
const MOST_CHARTS = 1_500;
/** Bars that are shown before an entry, and after an exit. */
const BEFORE = 24;
const AFTER = 12;

export function pageDataOf(
  subject: ReportSubject,
  result: BacktestResult,
  assessment: Assessment,
  market: PreparedMarket,
): PageData {
  const { metrics, verdict } = assessment;
  const { signals, trades } = result;
  const histories = new Map(market.symbols.map((history) => [history.symbol, history]));
  return {
    subject,
    verdict: {
      kind: verdict.kind,
      sentence: verdictSentence(verdict),
      split: splitLine(assessment),
    },
    tiles: headlineOf(result, assessment),
    equity: equityPoints(result.equity),
    months: metrics.months,
    groups: Object.fromEntries(
      Object.entries(metrics.groups).map(([name, rows]) => [name, rows.map(groupRow)]),
    ),
    filters: [
      ...ENTRY_FILTERS.filter((name) => name !== 'warm-up').map(
        (name) => [name, signals.refused[name]] as const,
      ),
      ['entered', signals.entered],
    ],
    signals: signalLine(result),
    halts: haltLine(result),
    trades: trades.map((trade, index) => ({
      ...pageTrade(trade),
      bars:
        index < MOST_CHARTS
          ? barsAround(histories.get(trade.symbol), market.grid.barMs, trade)
          : null,
    })),
  };
}

/** A curve of so many points looks the same as one of all, since every extreme of a stretch is kept. */
const MOST_POINTS = 4_000;

function equityPoints({ at, equity }: EquitySeries): PageData['equity'] {
  const kept = new Set(keptRows(equity, MOST_POINTS));
  const points: (readonly [EpochMs, number, number])[] = [];
  let peak = Number.NEGATIVE_INFINITY;
  let lowest = 0;
  for (const [index, value] of equity.entries()) {
    peak = Math.max(peak, value);
    lowest = Math.min(lowest, (value / peak - 1) * 100);
    if (!kept.has(index)) continue;
    points.push([at[index] ?? 0, round(value, 2), round(lowest, 3)]);
    lowest = 0;
  }
  return points;
}

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));

const groupRow = ({ key, trades, netPnl, winRate, profitFactor, expectancyR }: GroupFigures) => ({
  key,
  trades,
  net: usdToNumber(netPnl),
  winRate,
  profitFactor,
  r: expectancyR,
});

const pageTrade = (trade: BacktestTrade): Omit<PageTrade, 'bars'> => ({
  symbol: trade.symbol,
  side: trade.side,
  quantity: trade.quantity,
  entry: usdToNumber(trade.entryPrice),
  exit: usdToNumber(trade.exitPrice),
  stop: usdToNumber(trade.stopPrice),
  target: usdToNumber(trade.targetPrice),
  reason: trade.exitReason,
  openedAt: trade.openedAt,
  closedAt: trade.closedAt,
  net: round(usdToNumber(trade.pnl) - usdToNumber(trade.fees), 2),
  r: round(netResult(trade).r, 2),
  maeR: round(trade.maeR, 2),
  mfeR: round(trade.mfeR, 2),
  confidence: trade.confidence,
  ruled: trade.isAmbiguous,
});

function barsAround(
  history: PreparedMarket['symbols'][number] | undefined,
  barMs: number,
  { openedAt, closedAt }: BacktestTrade,
): PageTrade['bars'] {
  if (history === undefined) return null;
  const { bars } = history;
  const first = Math.max(0, rowFrom(bars, openedAt - barMs) - BEFORE);
  const last = Math.min(bars.start.length - 1, rowFrom(bars, closedAt - barMs) + AFTER);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const row = first + index;
    const { start, open, high, low, close } = barAt(bars, row);
    return [start + barMs, open, high, low, close];
  });
}
