import { z } from 'zod';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import type { Job } from '#app/job.ts';

const payload = z.object({});

/** Delivers the cards that wait. Woken by whoever writes one; the schedule is for those that failed. */
export default {
  name: 'deliver-outbox',
  schedule: { kind: 'every', everyMs: 5_000 },
  payload,
  run: (context) => deliverOutbox(context),
} satisfies Job<typeof payload>;
