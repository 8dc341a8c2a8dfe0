import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { watchOutage } from '#app/outage.ts';

const payload = z.object({});

/** Looks whether the bot sees what happens, and tells when it has not for a while. */
export default {
  name: 'outage',
  schedule: { kind: 'every', everyMs: 15_000 },
  payload,
  run: (context) => watchOutage(context),
} satisfies Job<typeof payload>;
