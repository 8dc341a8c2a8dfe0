import { ZERO_USD, addUsd } from '../money.ts';
import { isTerminal } from '../order.ts';
import type { Session } from '../session.ts';
import { borrowFee, chargedFee } from './fees.ts';
import { endGroup } from './group.ts';
import { endOfDay } from './quirks.ts';
import type { Turn, Venue } from './venue.ts';

/** Orders whose time is over expire, and what the session has cost is charged. */
export function closeSession(venue: Venue, turn: Turn, session: Session): void {
  expireOrders(venue, turn);
  chargeFees(venue, session);
  chargeBorrow(venue);
  venue.closingEquity = venue.portfolio.equity();
  venue.isOpen = false;
}

/** An order whose time is over takes its group with it: a stop without its target's time is no bracket. */
function expireOrders(venue: Venue, turn: Turn): void {
  for (const order of venue.book.live()) {
    if (isTerminal(order.status) || order.expiresAt > turn.at) continue;
    endGroup(venue, turn, order, endOfDay(venue.quirks, order));
  }
}

/** Charges what the session's sales have accrued, in one sum. */
function chargeFees(venue: Venue, { date, close }: Session): void {
  const amount = chargedFee(venue.accruedFees);
  if (amount === 0) return;
  venue.accruedFees = ZERO_USD;
  venue.portfolio.charge(amount);
  venue.feeCharges.push({ id: venue.nextId(), date, at: close, amount });
}

/** Charges a day of borrowing for the shares that are short at a close. */
function chargeBorrow(venue: Venue): void {
  const { portfolio, rules } = venue;
  const amount = borrowFee(rules.borrowBpsPerYear, portfolio.marketValues().short);
  if (amount === 0) return;
  portfolio.charge(amount);
  venue.borrowPaid = addUsd(venue.borrowPaid, amount);
}
