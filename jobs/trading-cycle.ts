import { z } from 'zod';

import type { Job } from '#app/job.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { toIso } from '#core/session.ts';

const payload = z.object({ dueAt: z.int().positive() });

/**
 * Sees to the open trades at the bar that has just ended, decides on it, and enters. The due time is the bar's
 * end; outside of a session the cycle does nothing.
 */
export default {
  name: 'trading-cycle',
  // A bar is settled at the broker a few seconds after its end.
  schedule: { kind: 'bar-close', settleMs: 5_000 },
  payload,
  run: async (context, { dueAt }) => {
    const outcome = await runTradingCycle(context, dueAt);
    if (outcome.kind === 'done' && outcome.entries > 0) {
      context.log.info({ bar: toIso(dueAt), entries: outcome.entries }, 'entries submitted');
    }
  },
} satisfies Job<typeof payload>;
