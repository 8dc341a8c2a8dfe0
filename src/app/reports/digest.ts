import { subtractUsd } from '#core/money.ts';
import { asSessionDate, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { maxDrawdownPercent, tradeStatistics } from '#core/statistics.ts';
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
    const card = await digestOf(context, session, at);
    await context.ledger.transaction((tx) => tx.enqueueCard(key, card));
    await context.wakeOutbox();
  }
}

const DAY_MS = 86_400_000;

/** Fees are charged after the close, and now and then days later. */
async function bookFees({ broker, ledger }: AppContext, at: EpochMs): Promise<void> {
  const since = asSessionDate(new Date(at - 7 * DAY_MS).toISOString().slice(0, 10));
  const fees = await broker.feesSince(since);
  if (fees.length === 0) return;
  await ledger.transaction(async (tx) => {
    for (const fee of fees) await tx.insertFee(fee);
  });
}

async function digestOf(context: AppContext, session: Session, at: EpochMs): Promise<DigestCard> {
  const { ledger, broker, calendar } = context;
  const range = { from: session.open, until: session.close + 1 };
  const [opening, points, account, closedTrades, counts, openPositions, fees, cycles, all, next] =
    await Promise.all([
      openingEquity(context, session.date),
      ledger.equityPoints(session.date),
      broker.account(),
      ledger.closedTrades(range),
      ledger.tradeCounts(range),
      readPositions(context),
      ledger.totalFees({ from: session.date, until: session.date }),
      ledger.cycleCount(session.date),
      ledger.closedTrades(),
      calendar.after(session.date),
    ]);
  const isToday = newYorkDate(at) === session.date;
  const closingEquity = isToday ? account.equity : (points.at(-1)?.equity ?? account.equity);
  const openingOrFirst = opening ?? points[0]?.equity ?? closingEquity;
  const dayPnl = subtractUsd(closingEquity, openingOrFirst);
  return {
    kind: 'digest',
    date: session.date,
    mode: context.mode,
    openingEquity: openingOrFirst,
    closingEquity,
    dayPnl,
    dayPnlPercent: (dayPnl / openingOrFirst) * 100,
    fees,
    maxDrawdownPercent: maxDrawdownPercent([
      openingOrFirst,
      ...points.map(({ equity }) => equity),
      closingEquity,
    ]),
    closedTrades,
    entriesFilled: counts.open + counts.closed,
    entriesNotFilled: counts.cancelled + counts.rejected + counts.abandoned,
    openPositions,
    cycles,
    overall: tradeStatistics(all),
    nextSession: next,
    at: session.close,
  };
}
