import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Hono } from 'hono';

import { systemClock } from '#adapters/system/clock.ts';
import type { AppContext } from '#app/context.ts';
import { applyUpdate } from '#app/order-updates.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { acquireLease } from '#app/trader-lease.ts';
import type { KeptLease } from '#app/trader-lease.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';

import type { HttpPort } from './http.ts';
import type { Lifecycle } from './lifecycle.ts';

export const pause = (ms: number): Promise<void> => delay(ms, undefined, { ref: false });

interface Claim {
  readonly ledger: Ledger;
  readonly dataDir: string;
  readonly http: HttpPort;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
  readonly stopping: AbortSignal | undefined;
}

/**
 * Waits until this process may trade the account. Meanwhile it does nothing but say so, in the log and on
 * its health page. Throws when it is stopped before.
 */
export async function claimTrading({
  ledger,
  dataDir,
  http,
  lifecycle,
  log,
  stopping,
}: Claim): Promise<KeptLease> {
  // A data folder belongs to one process at a time: whoever comes back to it takes its own lease over at once.
  const holder = `${hostname()}:${resolve(dataDir)}`;
  const lease = await acquireLease({
    store: ledger.lease,
    holder,
    clock: systemClock,
    pause,
    log,
    onWaiting: (other) => http.serve(waitingPage(other)),
    isStopped: () => stopping?.aborted ?? false,
  });
  if (lease === null) throw new Error('it was stopped while another process traded the account');
  lifecycle.onClose('trader lease', () => lease.release());
  return lease;
}

function waitingPage(holder: string): Hono {
  const app = new Hono();
  app.get('/healthz', (context) => context.json({ status: 'ok' }));
  app.all('*', (context) =>
    context.json(
      { ready: false, status: 'waiting', reason: `another process trades this account: ${holder}` },
      503,
    ),
  );
  return app;
}

/** Takes in what the order stream tells, and has the guard look after it. */
export async function followOrders(context: AppContext, lifecycle: Lifecycle): Promise<void> {
  const { broker, log } = context;
  const updates = await broker.subscribeTradeUpdates({
    onUpdate: async (update) => {
      const booked = await applyUpdate(context, update);
      if (booked !== null) await context.wakeGuard();
    },
    onSubscribed: async () => {
      await syncOrders(context);
      await context.wakeGuard();
    },
    onDown: (reason) =>
      log.warn({ reason }, 'the order stream is down; no entries until it is back'),
  });
  lifecycle.onClose('order stream', () => updates.close());
}

/** Listens to the bars, so that it is known when none come. */
export async function followBars(
  context: AppContext,
  lifecycle: Lifecycle,
  onBar: () => void,
): Promise<void> {
  const { marketData, watchlist, sight, log } = context;
  const bars = await marketData.subscribeBars(watchlist, {
    onBar: () => {
      sight.barHeard();
      onBar();
    },
    onSubscribed: () => {},
    onDown: (reason) => log.warn({ reason }, 'the bar stream is down'),
  });
  lifecycle.onClose('bar stream', () => bars.close());
}

const LONGEST_WAIT_MS = 5_000;
const LOOK_MS = 20;

/** Waits until the bot sees, but not for long: what is not there yet only keeps entries closed. */
export async function untilSighted({ sight, systemClock: clock }: AppContext): Promise<void> {
  const patience = clock.now() + LONGEST_WAIT_MS;
  while (sight.blindness() !== null && clock.now() < patience) await pause(LOOK_MS);
}
