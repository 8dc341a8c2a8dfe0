import { z } from 'zod';

import { runBacktests } from '#app/backtest/run-backtests.ts';
import type { Job } from '#app/job.ts';

const payload = z.object({});

/** Carries out the backtests that wait. Woken by whoever asks for one; the schedule is for those an end has left. */
export default {
  name: 'backtest',
  schedule: { kind: 'every', everyMs: 15_000 },
  payload,
  run: (context) => runBacktests(context),
} satisfies Job<typeof payload>;
