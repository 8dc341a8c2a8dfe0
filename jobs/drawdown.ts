import { z } from 'zod';

import { tendControl } from '#app/control.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import type { Job } from '#app/job.ts';

const payload = z.object({});

/** Looks how far equity has fallen, halts at a limit, and ends a halt whose time has come. Each cycle does so too. */
export default {
  name: 'drawdown',
  schedule: { kind: 'every', everyMs: 15_000 },
  payload,
  run: async (context) => {
    await tendControl(context);
    await watchDrawdown(context);
  },
} satisfies Job<typeof payload>;
