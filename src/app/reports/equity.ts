import type { Account } from '#core/account.ts';
import { addUsd, subtractUsd, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { SessionDate } from '#core/session.ts';
import { realizedSoFar } from '#core/trade.ts';

import type { AppContext } from '../context.ts';
import { readPositions } from '../positions.ts';

/**
 * What a day's profit and loss is measured against: equity at the close of the session before. The broker
 * knows it for today; for a day that is over the ledger does, if the bot was there. Failing both it is the
 * first equity of the day itself; null when there is none.
 *
 * @param today the account while the date is today's, else null
 */
export async function openingEquity(
  { ledger, calendar }: AppContext,
  date: SessionDate,
  today: Account | null,
): Promise<Usd | null> {
  if (today !== null && today.lastEquity > 0) return today.lastEquity;
  const [before, ownPoints, previous] = await Promise.all([
    ledger.equityBefore(date),
    ledger.equityPoints(date),
    calendar.before(date),
  ]);
  const isOfPrevious = before !== null && previous !== null && before.sessionDate >= previous.date;
  return (isOfPrevious ? before : ownPoints[0])?.equity ?? null;
}

/**
 * Deposits less withdrawals since the close of the session before a date, until the end of it, or of a later
 * one. They are dated by the day alone, and no part of the profit and loss.
 */
export async function flowsOf(
  { ledger, calendar }: AppContext,
  date: SessionDate,
  last: SessionDate = date,
): Promise<Usd> {
  const previous = await calendar.before(date);
  if (previous === null) return ZERO_USD;
  const [until, then] = await Promise.all([
    ledger.cashFlows(last),
    ledger.cashFlows(previous.date),
  ]);
  return subtractUsd(until, then);
}

/** The ledger's books held against the broker's account. */
export interface BooksReport {
  readonly startEquity: Usd;
  readonly realized: Usd;
  readonly unrealized: Usd;
  readonly fees: Usd;
  /** Start + realized + unrealized − fees. */
  readonly expectedEquity: Usd;
  readonly brokerEquity: Usd;
  readonly difference: Usd;
}

/**
 * Adds up the ledger and compares it with the broker's equity; they must agree to the cent. Holds for an
 * account that was flat when the ledger began and has had no deposits since.
 */
export async function booksReport(context: AppContext): Promise<BooksReport> {
  const { ledger, broker } = context;
  const [first, account, closed, unfinished, positions, fees] = await Promise.all([
    ledger.firstEquity(),
    broker.account(),
    ledger.closedTrades(),
    ledger.unfinishedTrades(),
    readPositions(context),
    ledger.totalFees(),
  ]);
  const startEquity = first?.equity ?? account.equity;
  // Of trades that are still open, a part may have left already.
  const realized = addUsd(...closed.map(({ pnl }) => pnl), ...unfinished.map(realizedSoFar));
  const unrealized = addUsd(...positions.map(({ unrealizedPnl }) => unrealizedPnl));
  const expectedEquity = subtractUsd(addUsd(startEquity, realized, unrealized), fees);
  return {
    startEquity,
    realized,
    unrealized: positions.length === 0 ? ZERO_USD : unrealized,
    fees,
    expectedEquity,
    brokerEquity: account.equity,
    difference: subtractUsd(account.equity, expectedEquity),
  };
}
