import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { tellDueParity } from '#app/reports/parity.ts';

const payload = z.object({ dueAt: z.int().positive() });

/** Tells of each session that is over whether the backtest has traded it as the bot did. */
export default {
  name: 'parity',
  // Half an hour after the close, when the feed has amended the last bars, and a little after the digest.
  schedule: { kind: 'session-close', settleMs: 30 * 60_000 + 45_000 },
  payload,
  run: (context, { dueAt }) => tellDueParity(context, dueAt),
} satisfies Job<typeof payload>;
