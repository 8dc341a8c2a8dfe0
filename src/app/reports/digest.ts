import type { DailyMetrics } from '#core/daily-metrics.ts';
import { gainPercent, withoutFlows } from '#core/equity-curve.ts';
import { addUsd, subtractUsd, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import { addDays, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';
import type { DigestCard } from '#ports/report-cards.ts';

import type { AppContext } from '../context.ts';
import { readPositions } from '../positions.ts';
import { findInterference } from '../reconcile/find-interference.ts';
import { flowsOf, openingEquity } from './equity.ts';
import { daysOf, overallMetrics, sessionMetrics } from './metrics.ts';
import type { DayRange } from './metrics.ts';
import { weeklyCard, weeklyKey } from './weekly.ts';

/**
 * How many sessions back a digest that was missed, by a bot that was down at the close, is still written;
 * and how late a fill may be booked that still changes what is kept of its session.
 */
const LOOK_BACK_SESSIONS = 3;

/**
 * Writes the digest of each session that is over and has none yet, at its close or when the bot comes back
 * after having missed it, and keeps its metrics with it. A digest is written once, however often this is
 * asked for; as long as none is due, that costs the broker no request, and nothing is written.
 *
 * The last one of a week brings the week's own with it.
 *
 * With each new digest the metrics of the sessions before are taken again, so that they follow a fill that
 * was booked late. Their own digests stay what the channel was told: the late fill has a card of its own.
 */
export async function writeDueDigests(context: AppContext, at: EpochMs): Promise<void> {
  const over = await sessionsOver(context, at);
  if (over.every(({ isTold }) => isTold)) return;
  await bookFees(context, at);
  // What was done to a bracket in the last minutes belongs into the digest too.
  await findInterference(context);
  for (const { session, isTold } of over) {
    const equity = await equityOf(context, session);
    const metrics = await sessionMetrics(context, session, equity.curve);
    const card = isTold ? null : await digestOf(context, session, { equity, metrics });
    const week = isTold ? null : await weeklyCard(context, { session, ...equity, metrics });
    const computedAt = context.clock.now();
    await context.ledger.transaction(async (tx) => {
      await tx.saveSessionMetrics({ sessionDate: session.date, metrics, computedAt });
      if (card !== null) await tx.enqueueCard(digestKey(session), card);
      if (week !== null) await tx.enqueueCard(weeklyKey(session), week);
    });
    if (card !== null) await context.wakeOutbox();
  }
}

const digestKey = ({ date }: Session): string => `digest:${date}`;

/** A session that is over, in which the bot was there. */
interface SessionOver {
  readonly session: Session;
  /** Whether its digest was written. */
  readonly isTold: boolean;
}

async function sessionsOver(
  { calendar, ledger }: AppContext,
  at: EpochMs,
): Promise<readonly SessionOver[]> {
  const over: SessionOver[] = [];
  for (const session of await calendar.endingWith(newYorkDate(at), LOOK_BACK_SESSIONS)) {
    if (session.close > at || (await ledger.cycleCount(session.date)) === 0) continue;
    over.push({ session, isTold: await ledger.outbox.has(digestKey(session)) });
  }
  return over;
}

const FEE_DAYS = 7;

/** Fees are charged after the close, and now and then days later. */
async function bookFees({ broker, ledger }: AppContext, at: EpochMs): Promise<void> {
  const fees = await broker.feesSince(addDays(newYorkDate(at), -FEE_DAYS));
  if (fees.length === 0) return;
  await ledger.transaction(async (tx) => {
    for (const fee of fees) await tx.insertFee(fee);
  });
}

/** The account's value in a session. */
interface DayEquity {
  readonly opening: Usd;
  readonly closing: Usd;
  /** Deposits less withdrawals in between. */
  readonly flows: Usd;
  /** From the opening to the close, without them. */
  readonly curve: readonly Usd[];
  /** Whether the account is seen on the session's own day. */
  readonly isToday: boolean;
}

async function equityOf(context: AppContext, { date }: Session): Promise<DayEquity> {
  const { ledger, broker, clock } = context;
  const account = await broker.account();
  const isToday = newYorkDate(clock.now()) === date;
  const [first, points, flows, flowsUntil] = await Promise.all([
    openingEquity(context, date, isToday ? account : null),
    ledger.equityPoints(date),
    flowsOf(context, date),
    ledger.cashFlows(date),
  ]);
  const closing = isToday ? account.equity : (points.at(-1)?.equity ?? account.equity);
  const opening = first ?? closing;
  return {
    opening,
    closing,
    flows,
    curve: withoutFlows([
      { equity: opening, flows: subtractUsd(flowsUntil, flows) },
      ...points,
      // What is assumed to be a flow is not among the dated ones: the last point may know more.
      { equity: closing, flows: points.at(-1)?.flows ?? flowsUntil },
    ]),
    isToday,
  };
}

/** All else that a digest is made of. */
async function factsOf(context: AppContext, session: Session) {
  const { ledger, calendar } = context;
  const { date } = session;
  const days = await daysOf(context, session);
  const [counts, openPositions, fees, cycles, closed, unfinished, next, signals] =
    await Promise.all([
      ledger.tradeCounts(days),
      readPositions(context),
      ledger.totalFees({ from: date, until: date }),
      ledger.cycleCount(date),
      ledger.closedTrades(),
      ledger.unfinishedTrades(),
      calendar.after(date),
      ledger.signalCounts({ from: date, until: date }),
    ]);
  return {
    counts,
    openPositions,
    fees:
      fees === ZERO_USD && hasSales([...closed, ...unfinished.map(sidedOf)], days) ? null : fees,
    cycles,
    signals,
    closedTrades: closed.filter(({ closedAt }) => isWithin(days, closedAt)),
    next,
  };
}

const isWithin = ({ from, until }: DayRange, at: EpochMs | null): boolean =>
  at !== null && at >= from && at < until;

interface Sided extends Pick<Trade, 'openedAt' | 'closedAt'> {
  readonly side: PositionSide;
}

const sidedOf = ({ intent, openedAt, closedAt }: Trade): Sided => ({
  side: intent.side,
  openedAt,
  closedAt,
});

/** Whether shares were sold, which is what fees are on: the exit of a long trade, the entry of a short one. */
const hasSales = (trades: readonly Sided[], days: DayRange): boolean =>
  trades.some(({ side, openedAt, closedAt }) =>
    isWithin(days, side === 'long' ? closedAt : openedAt),
  );

interface Measured {
  readonly equity: DayEquity;
  readonly metrics: DailyMetrics;
}

async function digestOf(
  context: AppContext,
  session: Session,
  { equity: { opening, closing, flows, isToday }, metrics }: Measured,
): Promise<DigestCard> {
  const { date } = session;
  // The positions are read after this instant.
  const now = context.clock.now();
  const [facts, overall] = await Promise.all([
    factsOf(context, session),
    overallMetrics(context.ledger, { date, metrics }),
  ]);
  const { counts } = facts;
  const dayPnl = subtractUsd(closing, addUsd(opening, flows));
  return {
    kind: 'digest',
    date,
    mode: context.mode,
    openingEquity: opening,
    closingEquity: closing,
    dayPnl,
    dayPnlPercent: gainPercent(dayPnl, opening, flows),
    flows,
    fees: facts.fees,
    closedTrades: facts.closedTrades,
    entriesFilled: counts.open + counts.closed,
    entriesNotFilled: counts.cancelled + counts.rejected + counts.abandoned,
    openPositions: facts.openPositions,
    positionsAt: isToday ? null : now,
    cycles: facts.cycles,
    session: metrics,
    overall,
    signals: facts.signals,
    nextSession: facts.next,
    at: session.close,
  };
}
