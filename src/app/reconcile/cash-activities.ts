import { MINUTE_MS, newYorkDate } from '#core/session.ts';

import type { AppContext } from '../context.ts';

const DAY_MS = 24 * 60 * MINUTE_MS;
/** An activity may be listed days after its date. */
const LISTED_LATE_MS = 7 * DAY_MS;
/** So much is looked at again of the time before the bot was there last. */
const OVERLAP_MS = 3 * DAY_MS;

/**
 * Books deposits, withdrawals, dividends and the like, without which cash would not add up: those of the last
 * days, and after a longer downtime all since the bot was there last.
 *
 * @returns how many of them were new. Throws BrokerError.
 */
export async function bookCashActivities({
  broker,
  ledger,
  clock,
}: Pick<AppContext, 'broker' | 'ledger' | 'clock'>): Promise<number> {
  const [drawdown, reconciliation] = await Promise.all([
    ledger.drawdownState(),
    ledger.lastReconciliation(),
  ]);
  const lastThere = [drawdown, reconciliation].flatMap((one) => (one === null ? [] : [one.at]));
  const from = Math.min(clock.now() - LISTED_LATE_MS, ...lastThere.map((at) => at - OVERLAP_MS));
  const activities = await broker.cashActivitiesSince(newYorkDate(from));
  if (activities.length === 0) return 0;
  return ledger.transaction(async (tx) => {
    let booked = 0;
    for (const activity of activities) {
      if (await tx.insertCashActivity(activity)) booked += 1;
    }
    return booked;
  });
}
