import type { AnyJob } from '#app/job.ts';

import dailyDigest from './daily-digest.ts';
import deliverOutbox from './deliver-outbox.ts';
import drawdown from './drawdown.ts';
import positionGuard from './position-guard.ts';
import pruneDecisions from './prune-decisions.ts';
import reconcile from './reconcile.ts';
import tradingCycle from './trading-cycle.ts';

/** Every job; a new file is named here. */
export const jobs: readonly AnyJob[] = [
  tradingCycle,
  dailyDigest,
  deliverOutbox,
  positionGuard,
  reconcile,
  pruneDecisions,
  drawdown,
];
