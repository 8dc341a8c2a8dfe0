import { z } from 'zod';

import { cancelStaleEntries } from '#app/enter.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import type { Job } from '#app/job.ts';
import { lastBarEnd } from '#core/session.ts';

const payload = z.object({});

/**
 * Sees to it that every position has a live stop at the broker, carries closings on, and cancels entries that
 * outlived their bar (outside of a session no cycle does). What the end of the day must close it closes also
 * when no cycle ran. Woken by trade updates as well.
 */
export default {
  name: 'position-guard',
  schedule: { kind: 'every', everyMs: 60_000 },
  payload,
  run: async (context) => {
    try {
      await cancelStaleEntries(
        context,
        lastBarEnd(context.clock.now(), context.parameters.barMinutes),
      );
    } finally {
      // An entry that cannot be read or cancelled leaves no position unguarded.
      await guardPositions(context);
    }
  },
} satisfies Job<typeof payload>;
