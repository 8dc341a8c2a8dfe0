import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { alarmUnprotected } from '#app/protection-watch.ts';
import { tendOrders } from '#app/tend-orders.ts';

const payload = z.object({});

/**
 * Looks at the orders by REST between the cycles, for what no socket told of, cancels entries that
 * outlived their bar (outside of a session no cycle does), and tells of positions without a live stop.
 */
export default {
  name: 'order-watch',
  schedule: { kind: 'every', everyMs: 60_000 },
  payload,
  run: async (context) => {
    await tendOrders(context);
    await alarmUnprotected(context);
  },
} satisfies Job<typeof payload>;
