import { z } from 'zod';

import { alertUndelivered } from '#app/alert-undelivered.ts';
import type { Job } from '#app/job.ts';

const payload = z.object({});

/** A job of its own: the one that delivers may be waiting for the channel just then. */
export default {
  name: 'second-path',
  schedule: { kind: 'every', everyMs: 10_000 },
  payload,
  run: (context) => alertUndelivered(context),
} satisfies Job<typeof payload>;
