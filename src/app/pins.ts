import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { ControlCard } from '#ports/cards.ts';
import type { MessageId } from '#ports/notifier.ts';

import type { AppContext } from './context.ts';

const FIRST_PAUSE_MS = MINUTE_MS;
/** A permission that is missing is mended by a person: asking often only adds to the chat's refusals. */
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

/** What a process knows of the channel's pins; a new one looks once whether they are right. */
export interface PinMemory {
  /** When they are to be put right again, by the system's clock; null: they are. */
  retryAt: EpochMs | null;
  /** Attempts in vain since they were right. */
  failures: number;
}

export const createPinMemory = (): PinMemory => ({ retryAt: 0, failures: 0 });

/**
 * Pins the control card while nothing may be opened, and no other of its kind. Asks the chat what is pinned:
 * whatever went wrong before, it is right again after this. Never rejects; what fails is due again later.
 */
export async function keepPinned(
  { notifier, ledger, log, pins, systemClock }: AppContext,
  { control }: ControlCard,
  message: MessageId,
): Promise<void> {
  try {
    const pinned = await notifier.pinned();
    for (const other of pinned.filter((one) => one !== message)) {
      // People may have pinned other cards: those stay.
      const key = await ledger.outbox.keyOf(other);
      if (key?.startsWith('control:') === true) await notifier.setPinned(other, false);
    }
    const isWanted = control.status !== 'active';
    if (isWanted !== pinned.includes(message)) await notifier.setPinned(message, isWanted);
    pins.retryAt = null;
    pins.failures = 0;
  } catch (error) {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** pins.failures, LONGEST_PAUSE_MS);
    pins.failures += 1;
    pins.retryAt = systemClock.now() + pauseMs;
    log.warn(
      { error: String(error), againInMs: pauseMs },
      'the pins of the channel could not be put right',
    );
  }
}

/** Puts the pins right where an earlier attempt, or an earlier process, may have failed to. Called often. */
export async function tendPins(context: AppContext): Promise<void> {
  const { pins, systemClock, ledger } = context;
  if (pins.retryAt === null || pins.retryAt > systemClock.now()) return;
  // By the ledger and not by what failed: another process may have told of a newer state since.
  const newest = await ledger.outbox.latest('control');
  const message = newest && (await ledger.outbox.messageOf(newest.key));
  if (newest?.card.kind === 'control' && message !== null) {
    return keepPinned(context, newest.card, message);
  }
  // Nothing was told yet, or its delivery brings the pin with it.
  pins.retryAt = null;
}
