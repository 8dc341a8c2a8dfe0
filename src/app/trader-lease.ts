import type { Clock } from '#ports/clock.ts';
import type { LeaseStore } from '#ports/lease.ts';
import { LeaseLostError } from '#ports/lease.ts';
import type { Logger } from '#ports/logger.ts';

/** The right of one process to trade the account. */
export interface TraderLease {
  /** Fences off every process that held the lease before: it is checked where something is written down. */
  readonly token: number;
  /** Throws LeaseLostError unless the lease is certainly this process's: before each side effect. */
  assertHeld(): void;
}

export interface KeptLease extends TraderLease {
  /** Rejects with LeaseLostError when the lease is lost. */
  readonly lost: Promise<never>;
  release(): Promise<void>;
}

interface Options {
  readonly store: LeaseStore;
  /** Names this process to others that want the lease. */
  readonly holder: string;
  /** Of the system. */
  readonly clock: Clock;
  readonly pause: (ms: number) => Promise<void>;
  readonly log: Logger;
  /** Told each time another process is found to hold the lease. */
  readonly onWaiting?: (holder: string) => void;
  /** Ends the waiting. */
  readonly isStopped?: () => boolean;
}

export const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** The last part of the lease is not used: what is begun in it might end after it. */
const MARGIN_MS = 4_000;

/** Waits until no other process trades the account, and says so; then keeps the lease. Null when stopped before. */
export async function acquireLease(options: Options): Promise<KeptLease | null> {
  const { store, holder, clock, pause, log, onWaiting, isStopped = () => false } = options;
  let told: string | null = null;
  while (!isStopped()) {
    const askedAt = clock.now();
    const answer = await store.acquire(holder, LEASE_MS);
    if (answer.kind === 'held') return keepLease(options, answer.token, askedAt);
    if (told !== answer.holder) {
      told = answer.holder;
      log.warn(
        { holder: told },
        'another process trades this account: this one waits until it ends or is lost',
      );
    }
    onWaiting?.(answer.holder);
    await pause(Math.min(1_000, Math.max(100, answer.expiresInMs)));
  }
  return null;
}

function keepLease(options: Options, token: number, acquiredAt: number): KeptLease {
  const { store, clock, pause, log } = options;
  let renewedAt = acquiredAt;
  let isOver = false;
  const isHeld = (): boolean => !isOver && clock.now() - renewedAt < LEASE_MS - MARGIN_MS;
  const lost = (async (): Promise<never> => {
    let why = 'another process trades this account now';
    for (;;) {
      await pause(RENEW_MS);
      if (isOver) return new Promise<never>(() => {});
      const askedAt = clock.now();
      try {
        if (!(await store.renew(token, LEASE_MS))) break;
        renewedAt = askedAt;
      } catch (error) {
        log.warn({ error: String(error) }, 'the trader lease could not be renewed; trying again');
        if (isHeld()) continue;
        why =
          'the database has not answered for so long that another process may trade this account';
        break;
      }
    }
    isOver = true;
    throw new LeaseLostError(why);
  })();
  lost.catch(() => {});
  return {
    token,
    lost,
    assertHeld: () => {
      if (!isHeld()) throw new LeaseLostError('this process may not trade the account any more');
    },
    release: async () => {
      isOver = true;
      await store.release(token);
    },
  };
}
