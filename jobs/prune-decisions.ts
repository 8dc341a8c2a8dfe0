import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { pruneDecisions } from '#app/prune-decisions.ts';

const payload = z.object({});

/** Deletes the decisions, and what they were made of, that are older than they are kept. */
export default {
  name: 'prune-decisions',
  schedule: { kind: 'every', everyMs: 6 * 3_600_000 },
  payload,
  run: async (context) => {
    const rows = await pruneDecisions(context);
    if (rows > 0) context.log.info({ rows }, 'old decisions were deleted');
  },
} satisfies Job<typeof payload>;
