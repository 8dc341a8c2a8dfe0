import { setTimeout as delay } from 'node:timers/promises';

import type { EpochMs } from '#core/session.ts';
import type { StreamHealth } from '#ports/broker.ts';
import type { Mode } from '#ports/cards.ts';
import type { CycleRecord, ReconciliationRecord } from '#ports/ledger.ts';
import type { Notifier } from '#ports/notifier.ts';

import type { RecentError } from '../about.ts';
import type { AppContext } from '../context.ts';

/** How long something took to answer; null when it did not, within a few seconds. */
export type Lag = number | null;

/** What `/health` tells. A part that does not answer is no reason not to tell of the others. */
export interface HealthReport {
  readonly kind: 'health';
  readonly mode: Mode;
  readonly version: string;
  readonly runtime: string;
  readonly feed: string;
  readonly database: { readonly what: string; readonly lagMs: Lag };
  readonly queue: {
    readonly what: string;
    readonly lagMs: Lag;
    readonly waiting: number | null;
    readonly failed: number | null;
  };
  readonly broker: { readonly lagMs: Lag };
  readonly orderStream: StreamHealth;
  readonly barStream: StreamHealth;
  readonly chat: ReturnType<Notifier['state']>;
  /** Cards on their way; null when the ledger does not tell. */
  readonly outboxBacklog: number | null;
  readonly lastCycle: CycleRecord | null;
  readonly lastReconciliation: ReconciliationRecord | null;
  readonly holdsLease: boolean;
  readonly recentErrors: readonly RecentError[];
  /** By the system's clock, as the streams and the errors are. */
  readonly now: EpochMs;
}

/** How each part of the bot answers, right now. Never rejects for a part that does not. */
export async function healthReport(context: AppContext): Promise<HealthReport> {
  const { about, broker, ledger, marketData, notifier, queue, systemClock } = context;
  const [database, queued, brokerClock, backlog, cycle, reconciliation] = await Promise.all([
    timed(() => ledger.controlState()),
    timed(() => queue.state()),
    timed(() => broker.urgent.clock()),
    timed(() => ledger.outbox.backlog()),
    timed(() => ledger.lastCycle()),
    timed(() => ledger.lastReconciliation()),
  ]);
  return {
    kind: 'health',
    mode: context.mode,
    version: about.version,
    runtime: about.runtime,
    feed: marketData.feed,
    database: { what: about.database, lagMs: database.lagMs },
    queue: {
      what: about.queue,
      lagMs: queued.lagMs,
      waiting: queued.value?.waiting ?? null,
      failed: queued.value?.failed ?? null,
    },
    broker: { lagMs: brokerClock.lagMs },
    orderStream: broker.streamHealth(),
    barStream: marketData.streamHealth(),
    chat: notifier.state(),
    outboxBacklog: backlog.value,
    lastCycle: cycle.value,
    lastReconciliation: reconciliation.value,
    holdsLease: holdsLease(context),
    recentErrors: about.recentErrors(),
    now: systemClock.now(),
  };
}

/** Whether the bot hears the broker, and what its queue has to do. */
export interface ConnectionsReport {
  readonly orderStream: StreamHealth['state'];
  readonly barStream: StreamHealth['state'];
  /** Jobs; null when the queue does not answer. */
  readonly queue: { readonly waiting: number; readonly failed: number } | null;
}

/** In short, what {@link healthReport} tells at length. Never rejects. */
export async function connectionsReport({
  broker,
  marketData,
  queue,
}: AppContext): Promise<ConnectionsReport> {
  return {
    orderStream: broker.streamHealth().state,
    barStream: marketData.streamHealth().state,
    queue: (await timed(() => queue.state())).value,
  };
}

function holdsLease({ lease }: AppContext): boolean {
  try {
    lease.assertHeld();
    return true;
  } catch {
    return false;
  }
}

const PATIENCE_MS = 3_000;

/** Milliseconds of the machine's own steady clock, also where the system's is a test's. */
async function timed<Value>(
  ask: () => Promise<Value>,
): Promise<{ readonly value: Value | null; readonly lagMs: Lag }> {
  const startedAt = performance.now();
  const silent = { value: null, lagMs: null };
  try {
    return await Promise.race([
      ask().then((value) => ({ value, lagMs: performance.now() - startedAt })),
      delay(PATIENCE_MS, silent, { ref: false }),
    ]);
  } catch {
    return silent;
  }
}

/** How long the ledger takes for a look; null when it does not answer. */
export const ledgerLag = async ({ ledger }: Pick<AppContext, 'ledger'>): Promise<Lag> =>
  (await timed(() => ledger.controlState())).lagMs;
