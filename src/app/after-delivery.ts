import type { Card, ControlCard, EntryCard } from '#ports/cards.ts';
import type { MessageId } from '#ports/notifier.ts';

import { threadName } from './card-thread.ts';
import type { AppContext } from './context.ts';

/**
 * What a delivered card brings with it: an entry that has filled has its thread, and of the control cards
 * the newest is pinned while nothing may be opened. None of it is worth keeping a card back, so a failure
 * is only logged.
 */
export async function afterDelivery(
  context: AppContext,
  card: Card,
  message: MessageId,
): Promise<void> {
  if (card.kind === 'entry') await startThread(context, card, message);
  if (card.kind === 'control') await keepPinned(context, card, message);
}

async function startThread(
  { notifier }: AppContext,
  { intent, progress }: EntryCard,
  on: MessageId,
): Promise<void> {
  if (progress.status === 'filled') await notifier.startThread({ on, name: threadName(intent) });
}

/** Asks the chat what is pinned: whatever went wrong before, it is right again after this. */
async function keepPinned(
  { notifier, ledger, log }: AppContext,
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
  } catch (error) {
    log.warn({ error: String(error) }, 'the pins of the channel could not be put right');
  }
}
