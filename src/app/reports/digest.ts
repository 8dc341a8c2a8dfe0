import { subtractUsd, ZERO_USD } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { maxDrawdownPercent, tradeStatistics } from '#core/statistics.ts';
import type { Trade } from '#core/trade.ts';
import type { DigestCard } from '#ports/cards.ts';

import type { AppContext } from '../context.ts';
import { readPositions } from '../positions.ts';
import { openingEquity } from './equity.ts';

/** How many sessions back a digest that was missed, by a bot that was down at the close, is still written. */
const LOOK_BACK_SESSIONS = 3;

/**
 * Writes the digest of each session that is over and has none yet: at its close, or when the bot comes
 * back after having missed it. Written once, however often it is asked for.
 */
export async function writeDueDigests(context: AppContext, at: EpochMs): Promise<void> {
  await bookFees(context, at);
  const sessions = await context.calendar.endingWith(newYorkDate(at), LOOK_BACK_SESSIONS);
  for (const session of sessions) {
    if (session.close > at || (await context.ledger.cycleCount(session.date)) === 0) continue;
    const key = `digest:${session.date}`;
    if (await context.ledger.outbox.has(key)) continue;
    const card = await digestOf(context, session);
    await context.ledger.transaction((tx) => tx.enqueueCard(key, card));
    await context.wakeOutbox();
  }
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

interface Interval {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/**
 * The days that belong to a session: its own, and those without one before it. Whole days, since fills
 * come until shortly after the close; so that each trade is in exactly one digest.
 */
async function daysOf({ calendar }: AppContext, { date }: Session): Promise<Interval> {
  const previous = await calendar.before(date);
  return {
    from: startOfDay(previous === null ? date : addDays(previous.date, 1)),
    until: startOfDay(addDays(date, 1)),
  };
}

/** All that a digest is made of. */
async function factsOf(context: AppContext, session: Session) {
  const { ledger, broker, calendar, clock } = context;
  const now = clock.now();
  const days = await daysOf(context, session);
  const account = await broker.account();
  const today = newYorkDate(now) === session.date ? account : null;
  const [
    opening,
    points,
    counts,
    openPositions,
    fees,
    cycles,
    closed,
    unfinished,
    next,
    interference,
  ] = await Promise.all([
    openingEquity(context, session.date, today),
    ledger.equityPoints(session.date),
    ledger.tradeCounts(days),
    readPositions(context),
    ledger.totalFees({ from: session.date, until: session.date }),
    ledger.cycleCount(session.date),
    ledger.closedTrades(),
    ledger.unfinishedTrades(),
    calendar.after(session.date),
    ledger.interferenceCount(session.date),
  ]);
  const closingEquity = today?.equity ?? points.at(-1)?.equity ?? account.equity;
  return {
    closingEquity,
    openingEquity: opening ?? closingEquity,
    points,
    counts,
    openPositions,
    positionsAt: today === null ? now : null,
    fees:
      fees === ZERO_USD && hasSales([...closed, ...unfinished.map(sidedOf)], days) ? null : fees,
    cycles,
    interference,
    closed,
    closedTrades: closed.filter(({ closedAt }) => isWithin(days, closedAt)),
    next,
  };
}

const isWithin = ({ from, until }: Interval, at: EpochMs | null): boolean =>
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
const hasSales = (trades: readonly Sided[], days: Interval): boolean =>
  trades.some(({ side, openedAt, closedAt }) =>
    isWithin(days, side === 'long' ? closedAt : openedAt),
  );

async function digestOf(context: AppContext, session: Session): Promise<DigestCard> {
  const facts = await factsOf(context, session);
  const { openingEquity: opening, closingEquity, points, counts } = facts;
  const dayPnl = subtractUsd(closingEquity, opening);
  return {
    kind: 'digest',
    date: session.date,
    mode: context.mode,
    openingEquity: opening,
    closingEquity,
    dayPnl,
    dayPnlPercent: (dayPnl / opening) * 100,
    fees: facts.fees,
    maxDrawdownPercent: maxDrawdownPercent([
      opening,
      ...points.map(({ equity }) => equity),
      closingEquity,
    ]),
    closedTrades: facts.closedTrades,
    entriesFilled: counts.open + counts.closed,
    entriesNotFilled: counts.cancelled + counts.rejected + counts.abandoned,
    openPositions: facts.openPositions,
    positionsAt: facts.positionsAt,
    cycles: facts.cycles,
    interference: facts.interference,
    overall: tradeStatistics(facts.closed),
    nextSession: facts.next,
    at: session.close,
  };
}
