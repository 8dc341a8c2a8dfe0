import type { EpochMs } from '#core/session.ts';
import type { OutboxCard } from '#ports/ledger.ts';
import { DeliveryError } from '#ports/notifier.ts';

import type { AppContext } from './context.ts';

const BATCH = 50;
const LONGEST_PAUSE_MS = 60_000;

/** Delivers all cards that wait, in order. Only one process does at a time; a second one returns at once. */
export async function deliverOutbox(context: AppContext): Promise<void> {
  await context.ledger.outbox.exclusively(async () => {
    for (;;) {
      const cards = await context.ledger.outbox.pending(BATCH, context.systemClock.now());
      if (cards.length === 0) return;
      for (const card of cards) {
        // What follows a card that has to wait waits too: the channel is a log, and logs have an order.
        if (!(await deliver(context, card))) return;
      }
    }
  });
}

/** Returns false when the card has to be tried again later. */
async function deliver(context: AppContext, item: OutboxCard): Promise<boolean> {
  const { outbox } = context.ledger;
  try {
    const message = await postOrEdit(context, item);
    await outbox.delivered(item.sequence, item.key, message, context.clock.now());
    return true;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    context.telemetry.cardDelivered('failed');
    context.log.warn(
      { card: item.key, error: error.message, permanent: error.permanent },
      'a card was not delivered',
    );
    const retryAt = error.permanent ? null : context.systemClock.now() + pauseAfter(item.attempts);
    await outbox.failed(item.sequence, error.message, retryAt);
    return error.permanent;
  }
}

async function postOrEdit({ ledger, notifier, telemetry }: AppContext, item: OutboxCard) {
  const existing = await ledger.outbox.messageOf(item.key);
  if (existing !== null && (await notifier.edit(existing, item.card)) === 'edited') {
    telemetry.cardDelivered('edited');
    return existing;
  }
  const message = await notifier.post(item.card, item.key);
  telemetry.cardDelivered('posted');
  return message;
}

const pauseAfter = (attempts: number): EpochMs => Math.min(1_000 * 2 ** attempts, LONGEST_PAUSE_MS);
