import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';

const payload = z.object({});

/** Compares the broker with the ledger: what was missed is booked, what is none of ours is flagged. */
export default {
  name: 'reconcile',
  schedule: { kind: 'every', everyMs: 300_000 },
  payload,
  run: async (context) => {
    await reconcile(context);
  },
} satisfies Job<typeof payload>;
