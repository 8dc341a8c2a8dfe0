import { z } from 'zod';

import { beat } from '#app/beat.ts';
import type { Job } from '#app/job.ts';

const payload = z.object({});

/** A sign of life that has come through the queue as trading does: a process alone proves little. */
export default {
  name: 'heartbeat',
  schedule: { kind: 'every', everyMs: 15_000 },
  payload,
  run: (context) => beat(context),
} satisfies Job<typeof payload>;
