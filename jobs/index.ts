import type { AnyJob } from '#app/job.ts';

import backtest from './backtest.ts';
import dailyDigest from './daily-digest.ts';
import deliverOutbox from './deliver-outbox.ts';
import drawdown from './drawdown.ts';
import followStudies from './follow-studies.ts';
import heartbeat from './heartbeat.ts';
import outage from './outage.ts';
import parity from './parity.ts';
import positionGuard from './position-guard.ts';
import pruneDecisions from './prune-decisions.ts';
import reconcile from './reconcile.ts';
import secondPath from './second-path.ts';
import tradingCycle from './trading-cycle.ts';

/** Every job; a new file is named here. */
export const jobs: readonly AnyJob[] = [
  tradingCycle,
  dailyDigest,
  parity,
  deliverOutbox,
  secondPath,
  heartbeat,
  positionGuard,
  reconcile,
  pruneDecisions,
  drawdown,
  outage,
  backtest,
  followStudies,
];
