import type { AnyJob } from '#app/job.ts';

import dailyDigest from './daily-digest.ts';
import deliverOutbox from './deliver-outbox.ts';
import syncOrders from './sync-orders.ts';
import tradingCycle from './trading-cycle.ts';

/** Every job; a new file is named here. */
export const jobs: readonly AnyJob[] = [tradingCycle, dailyDigest, deliverOutbox, syncOrders];
