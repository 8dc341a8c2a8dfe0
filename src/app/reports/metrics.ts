import { dailyMetrics } from '#core/daily-metrics.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import type { Usd } from '#core/money.ts';
import { addDays, startOfDay } from '#core/session.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import { maxDrawdownPercent } from '#core/statistics.ts';
import type { Ledger } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';

export interface DayRange {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/**
 * The days that belong to a session: its own, and those without one before it. Whole days, since fills
 * come until shortly after the close; so that each trade is in exactly one session.
 */
export async function daysOf(
  { calendar }: Pick<AppContext, 'calendar'>,
  { date }: Session,
): Promise<DayRange> {
  const previous = await calendar.before(date);
  return {
    from: startOfDay(previous === null ? date : addDays(previous.date, 1)),
    until: startOfDay(addDays(date, 1)),
  };
}

/**
 * The deepest fall of a session, in per cent: that of the equities, or of what the drawdown watch has measured
 * between them, whichever is the deeper.
 *
 * @param equities of the session so far, with what was paid in or out taken out
 */
export async function deepestFall(
  { ledger }: Pick<AppContext, 'ledger'>,
  date: SessionDate,
  equities: readonly Usd[],
): Promise<number> {
  const open = await ledger.sessionOpen(date);
  return Math.max(Math.abs(maxDrawdownPercent(equities)), open?.deepestPercent ?? 0);
}

/** @param equities of the session, from its opening to its close, with what was paid in or out taken out */
export async function sessionMetrics(
  { ledger, calendar }: Pick<AppContext, 'ledger' | 'calendar'>,
  session: Session,
  equities: readonly Usd[],
): Promise<DailyMetrics> {
  const days = await daysOf({ calendar }, session);
  const [closed, entered, interference, deepest] = await Promise.all([
    ledger.closedTrades(days),
    ledger.enteredTrades(days),
    ledger.interferenceCount(session.date),
    deepestFall({ ledger }, session.date, equities),
  ]);
  return dailyMetrics({
    closed,
    entered,
    drawdowns: [deepest],
    interference,
  });
}

/** A session whose metrics are about to be kept. */
interface NewSession {
  readonly date: SessionDate;
  readonly metrics: DailyMetrics;
}

/** All trades of the ledger, and the worst day of all sessions that were measured, a new one included. */
export async function overallMetrics(
  ledger: Ledger,
  latest: NewSession | null = null,
): Promise<DailyMetrics> {
  const [closed, entered, interference, kept] = await Promise.all([
    ledger.closedTrades(),
    ledger.enteredTrades(),
    ledger.interferenceCount(),
    ledger.sessionMetrics(),
  ]);
  const earlier = kept.filter(({ sessionDate }) => sessionDate !== latest?.date);
  const all = [...earlier, ...(latest === null ? [] : [latest])];
  return dailyMetrics({
    closed,
    entered,
    drawdowns: all.flatMap(({ metrics: { drawdownPercent } }) => drawdownPercent.value ?? []),
    interference,
  });
}
