import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { writeDueDigests } from '#app/reports/digest.ts';

const payload = z.object({ dueAt: z.int().positive() });

/** Writes the digest of each session that is over and has none: whenever that is, by the broker's calendar. */
export default {
  name: 'daily-digest',
  // Half a minute after the last trading cycle, whose fills belong into it.
  schedule: { kind: 'session-close', settleMs: 35_000 },
  payload,
  run: (context, { dueAt }) => writeDueDigests(context, dueAt),
} satisfies Job<typeof payload>;
