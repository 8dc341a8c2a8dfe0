import type { OutboxCard } from '#ports/ledger.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId } from '#ports/notifier.ts';

import type { AppContext } from './context.ts';

const BATCH = 50;
const LONGEST_PAUSE_MS = 60_000;
/** Where a person has to mend something first, asking often only adds to what Discord holds against us. */
const LONGEST_PAUSE_WHILE_DOWN_MS = 300_000;

/**
 * Delivers all cards that wait, in order, up to the first that has to wait longer. Only one process does
 * at a time; a second one returns at once.
 */
export async function deliverOutbox(context: AppContext): Promise<void> {
  await context.ledger.outbox.exclusively(async () => {
    for (;;) {
      const cards = await context.ledger.outbox.pending(BATCH);
      if (cards.length === 0) return;
      for (const card of cards) {
        // What follows a card that has to wait waits too: the channel is a log, and logs have an order.
        if (!isDue(context, card) || !(await deliver(context, card))) return;
      }
    }
  });
}

const isDue = ({ systemClock }: AppContext, { retryAt }: OutboxCard): boolean =>
  retryAt === null || retryAt <= systemClock.now();

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
    const retryAt = error.permanent ? null : context.systemClock.now() + pauseAfter(context, item);
    await outbox.failed(item.sequence, error.message, retryAt);
    return error.permanent;
  }
}

async function postOrEdit(context: AppContext, item: OutboxCard): Promise<MessageId> {
  const { ledger, notifier, telemetry } = context;
  const existing = await ledger.outbox.messageOf(item.key);
  if (existing !== null && (await notifier.edit(existing, item.card)) === 'edited') {
    telemetry.cardDelivered('edited');
    return existing;
  }
  // The chat would answer a post of the same key with the message that is gone.
  const key = existing === null ? item.key : `${item.key} after ${existing}`;
  const message = await notifier.post(item.card, key);
  if (item.mayExist) await bringUpToDate(context, item, message);
  telemetry.cardDelivered('posted');
  return message;
}

/**
 * A post may have been answered with the message of an earlier one, of which only the reply was lost,
 * and which shows an older card.
 */
async function bringUpToDate(
  { ledger, notifier, clock }: AppContext,
  { key, card }: OutboxCard,
  message: MessageId,
): Promise<void> {
  // Should the edit fail, the next attempt edits this message, whether the chat still knows the key or not.
  await ledger.outbox.posted(key, message, clock.now());
  if ((await notifier.edit(message, card)) === 'edited') return;
  throw new DeliveryError('the message was deleted while it was posted', { permanent: false });
}

function pauseAfter({ notifier }: AppContext, { attempts }: OutboxCard): number {
  const longest = notifier.state() === 'down' ? LONGEST_PAUSE_WHILE_DOWN_MS : LONGEST_PAUSE_MS;
  return Math.min(1_000 * 2 ** attempts, longest);
}
