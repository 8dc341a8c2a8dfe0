import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { syncOrders } from '#app/sync-orders.ts';

const payload = z.object({});

/** Looks at the orders by REST between the cycles, for what no socket told of. */
export default {
  name: 'sync-orders',
  schedule: { kind: 'every', everyMs: 60_000 },
  payload,
  run: async (context) => {
    await syncOrders(context);
  },
} satisfies Job<typeof payload>;
