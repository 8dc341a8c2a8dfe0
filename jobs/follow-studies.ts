import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { followStudies } from '#app/studies/follow-studies.ts';

const payload = z.object({});

/** Tells how far sweeps and walk-forwards are that were asked for in the channel; others work on them. */
export default {
  name: 'follow-studies',
  schedule: { kind: 'every', everyMs: 3_000 },
  payload,
  run: (context) => followStudies(context),
} satisfies Job<typeof payload>;
