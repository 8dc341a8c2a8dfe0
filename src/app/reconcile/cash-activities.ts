import { MINUTE_MS, newYorkDate } from '#core/session.ts';

import type { AppContext } from '../context.ts';

const ACTIVITY_DAYS_MS = 7 * 24 * 60 * MINUTE_MS;

/**
 * Books deposits, withdrawals, dividends and the like, without which cash would not add up.
 *
 * @returns how many of them were new. Throws BrokerError.
 */
export async function bookCashActivities({
  broker,
  ledger,
  clock,
}: Pick<AppContext, 'broker' | 'ledger' | 'clock'>): Promise<number> {
  const from = newYorkDate(clock.now() - ACTIVITY_DAYS_MS);
  const activities = await broker.cashActivitiesSince(from);
  if (activities.length === 0) return 0;
  return ledger.transaction(async (tx) => {
    let booked = 0;
    for (const activity of activities) {
      if (await tx.insertCashActivity(activity)) booked += 1;
    }
    return booked;
  });
}
