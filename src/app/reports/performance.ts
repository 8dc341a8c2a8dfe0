import { dailyMetrics } from '#core/daily-metrics.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import { withoutFlows } from '#core/equity-curve.ts';
import { addUsd, micros, subtractUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { groupTrades } from '#core/performance-groups.ts';
import type { Grouping, TradeGroup } from '#core/performance-groups.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { ClosedTrade } from '#core/trade.ts';
import type { ChartSpec } from '#ports/charts.ts';
import type { EquityPoint } from '#ports/ledger.ts';
import type { SessionMetrics } from '#ports/metrics-ledger.ts';

import type { AppContext } from '../context.ts';
import { flowsOf, openingEquity } from './equity.ts';
import { deepestFall } from './metrics.ts';

/** How far back is looked: `day` is that of the running session or the last one. */
export const PERIODS = ['day', 'week', 'month', 'all'] as const;
export type Period = (typeof PERIODS)[number];

/** Calendar days. */
const DAYS = { day: 1, week: 7, month: 30 } as const satisfies Record<
  Exclude<Period, 'all'>,
  number
>;

/** What `/performance` tells. */
export interface PerformanceReport {
  readonly kind: 'performance';
  readonly period: Period;
  /** First and last day that is counted; the first is null when all are. */
  readonly from: SessionDate | null;
  readonly to: SessionDate;
  readonly metrics: DailyMetrics;
  /** Charged for these days; not part of the profit and loss. */
  readonly fees: Usd;
  readonly by: Grouping | null;
  readonly groups: readonly TradeGroup[];
}

interface Asked {
  readonly period: Period;
  readonly by: Grouping | null;
}

/** How the strategy has done in a period, held against its targets, with a picture of it. */
export async function performance(
  context: AppContext,
  { period, by }: Asked,
): Promise<{ readonly report: PerformanceReport; readonly chart: ChartSpec | null }> {
  const { ledger } = context;
  const to = await lastDay(context);
  const from = period === 'all' ? null : addDays(to, 1 - DAYS[period]);
  const range =
    from === null ? undefined : { from: startOfDay(from), until: startOfDay(addDays(to, 1)) };
  const dates = from === null ? undefined : { from, until: to };
  const [closed, entered, interference, fees, kept, today] = await Promise.all([
    ledger.closedTrades(range),
    ledger.enteredTrades(range),
    ledger.interferenceCount(dates?.from, dates?.until),
    ledger.totalFees(dates),
    ledger.sessionMetrics(),
    equityOfDay(context, to),
  ]);
  const sessions = kept.filter(({ sessionDate }) => isWithin({ from, to }, sessionDate));
  const isKept = sessions.some(({ sessionDate }) => sessionDate === to);
  const drawdowns = [
    ...sessions.flatMap(({ metrics: { drawdownPercent } }) => drawdownPercent.value ?? []),
    ...(isKept ? [] : await drawdownOf(context, to, today)),
  ];
  const metrics = dailyMetrics({ closed, entered, drawdowns, interference });
  const groups = by === null ? [] : groupTrades(closed, by);
  return {
    report: { kind: 'performance', period, from, to, metrics, fees, by, groups },
    chart:
      period === 'day'
        ? equityChart(context, to, today)
        : performanceChart(period, daysWith(closed, sessions)),
  };
}

/** The day of the running session or of the last one. */
async function lastDay({ calendar, clock }: AppContext): Promise<SessionDate> {
  const now = clock.now();
  const next = await calendar.currentOrNext(now);
  if (next === null) return newYorkDate(now);
  if (next.open <= now) return next.date;
  return (await calendar.before(next.date))?.date ?? newYorkDate(now);
}

const isWithin = (
  { from, to }: { readonly from: SessionDate | null; readonly to: SessionDate },
  date: SessionDate,
): boolean => (from === null || date >= from) && date <= to;

interface DayOfEquity {
  /** Null when nobody knows it. */
  readonly opening: Usd | null;
  readonly points: readonly EquityPoint[];
}

async function equityOfDay(context: AppContext, date: SessionDate): Promise<DayOfEquity> {
  const [opening, points] = await Promise.all([
    openingEquity(context, date, null),
    context.ledger.equityPoints(date),
  ]);
  return { opening, points };
}

/** Of a day whose metrics are not kept yet, as they will have it; none where nothing was measured. */
async function drawdownOf(
  context: AppContext,
  date: SessionDate,
  { opening, points }: DayOfEquity,
): Promise<readonly number[]> {
  if (points.length === 0) return [];
  const [until, own] = await Promise.all([context.ledger.cashFlows(date), flowsOf(context, date)]);
  const start = opening === null ? [] : [{ equity: opening, flows: subtractUsd(until, own) }];
  return [await deepestFall(context, date, withoutFlows([...start, ...points]))];
}

function equityChart(
  { parameters }: AppContext,
  date: SessionDate,
  { opening, points }: DayOfEquity,
): ChartSpec | null {
  if (points.length === 0) return null;
  return {
    kind: 'equity',
    title: `Session of ${date}`,
    points: points.map(({ at, equity }) => ({ at, equity })),
    sessionOpen: opening,
    haltsAt:
      opening === null
        ? null
        : micros(Math.round(opening * (1 - parameters.dailyDrawdownPercent / 100))),
  };
}

interface Day {
  readonly date: SessionDate;
  readonly pnl: Usd;
}

/** Every day on which the bot traded or a trade was closed, in order. */
function daysWith(
  closed: readonly ClosedTrade[],
  sessions: readonly SessionMetrics[],
): readonly Day[] {
  const byDate = Map.groupBy(closed, ({ closedAt }) => newYorkDate(closedAt));
  const dates = new Set([...sessions.map(({ sessionDate }) => sessionDate), ...byDate.keys()]);
  return [...dates].toSorted().map((date) => ({
    date,
    pnl: addUsd(...(byDate.get(date) ?? []).map(({ pnl }) => pnl)),
  }));
}

/** More days than this would be thinner than a pixel each: the newest are shown. */
const MOST_DAYS = 250;

const TITLES = {
  week: 'Last 7 days',
  month: 'Last 30 days',
  all: 'All days so far',
} as const satisfies Record<Exclude<Period, 'day'>, string>;

function performanceChart(period: Exclude<Period, 'day'>, days: readonly Day[]): ChartSpec | null {
  if (days.length === 0) return null;
  const title = days.length > MOST_DAYS ? `Last ${MOST_DAYS} days with trading` : TITLES[period];
  return { kind: 'performance', title, days: days.slice(-MOST_DAYS) };
}
