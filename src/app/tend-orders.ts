import { lastBarEnd } from '#core/session.ts';

import type { AppContext } from './context.ts';
import { cancelStaleEntries } from './enter.ts';
import { syncOrders } from './sync-orders.ts';

/**
 * Looks at the orders by REST, for what no socket told of, and cancels entries that outlived their bar:
 * what keeps the orders in good order when no cycle runs.
 */
export async function tendOrders(context: AppContext): Promise<void> {
  await syncOrders(context);
  const { clock, parameters } = context;
  await cancelStaleEntries(context, lastBarEnd(clock.now(), parameters.barMinutes));
}
