import { dailyMetrics } from '#core/daily-metrics.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import { gainPercent } from '#core/equity-curve.ts';
import { addUsd, subtractUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { resultsBySymbol } from '#core/performance-groups.ts';
import { mondayOf } from '#core/session.ts';
import type { Session } from '#core/session.ts';
import type { DayResult, WeeklyCard } from '#ports/report-cards.ts';

import type { AppContext } from '../context.ts';
import { flowsOf, openingEquity } from './equity.ts';
import { daysOf } from './metrics.ts';

/** The message of a week; one a week, whatever holidays there are. */
export const weeklyKey = ({ date }: Session): string => `weekly:${mondayOf(date)}`;

/** No week has more sessions. */
const MOST_SESSIONS = 7;

/** What its own digest has found of the week's last session. */
export interface LastSession {
  readonly session: Session;
  readonly opening: Usd;
  readonly closing: Usd;
  /** Deposits less withdrawals in between. */
  readonly flows: Usd;
  readonly metrics: DailyMetrics;
}

/** The card of the week that a session is the last of; null where it is not, or where it was told already. */
export async function weeklyCard(
  context: AppContext,
  last: LastSession,
): Promise<WeeklyCard | null> {
  const { calendar, ledger, mode } = context;
  const { session, closing } = last;
  const next = await calendar.after(session.date);
  if (next !== null && mondayOf(next.date) === mondayOf(session.date)) return null;
  if (await ledger.outbox.has(weeklyKey(session))) return null;
  const days = await daysOfWeek(context, last);
  const [first] = days;
  if (first === undefined) return null;
  const { closed, metrics } = await tradesOfWeek(context, last, days);
  const flows = await flowsOf(context, first.session.date, session.date);
  const pnl = resultOf({ ...first, closing, flows });
  return {
    kind: 'weekly',
    mode,
    from: first.session.date,
    to: session.date,
    openingEquity: first.opening,
    closingEquity: closing,
    pnl,
    pnlPercent: gainPercent(pnl, first.opening, flows),
    flows,
    days: days.map((day): DayResult => ({ date: day.session.date, pnl: resultOf(day) })),
    metrics,
    symbols: resultsBySymbol(closed),
    nextSession: next,
    at: session.close,
  };
}

type Day = Omit<LastSession, 'metrics'>;

/** What was paid in or out is no part of it. */
const resultOf = ({ opening, closing, flows }: Day): Usd =>
  subtractUsd(closing, addUsd(opening, flows));

/** The week's sessions that the bot was there in, oldest first. */
async function daysOfWeek(context: AppContext, last: LastSession): Promise<readonly Day[]> {
  const { calendar, ledger } = context;
  const { date } = last.session;
  const monday = mondayOf(date);
  const sessions = await calendar.endingWith(date, MOST_SESSIONS);
  const days: Day[] = [];
  for (const session of sessions.filter((one) => one.date >= monday && one.date < date)) {
    const [opening, points, flows] = await Promise.all([
      openingEquity(context, session.date, null),
      ledger.equityPoints(session.date),
      flowsOf(context, session.date),
    ]);
    const closing = points.at(-1)?.equity;
    if (opening !== null && closing !== undefined) {
      days.push({ session, opening, closing, flows });
    }
  }
  return [...days, last];
}

/** Of all sessions together; the last one's metrics are not kept yet. */
async function tradesOfWeek(
  { ledger, calendar }: AppContext,
  { session, metrics }: LastSession,
  days: readonly Day[],
) {
  const [{ session: first } = { session }] = days;
  const { from } = await daysOf({ calendar }, first);
  const { until } = await daysOf({ calendar }, session);
  const dates = new Set(days.map((day) => day.session.date));
  const [closed, entered, kept, ...touched] = await Promise.all([
    ledger.closedTrades({ from, until }),
    ledger.enteredTrades({ from, until }),
    ledger.sessionMetrics(MOST_SESSIONS),
    ...[...dates].map((date) => ledger.interferenceCount(date)),
  ]);
  const earlier = kept.filter(
    ({ sessionDate }) => sessionDate !== session.date && dates.has(sessionDate),
  );
  return {
    closed,
    metrics: dailyMetrics({
      closed,
      entered,
      drawdowns: [...earlier.map((one) => one.metrics), metrics].flatMap(
        ({ drawdownPercent }) => drawdownPercent.value ?? [],
      ),
      interference: touched.reduce((sum, count) => sum + count, 0),
    }),
  };
}
