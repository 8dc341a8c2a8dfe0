import type { Card } from '#ports/cards.ts';
import type { MessageId } from '#ports/notifier.ts';
import type { EntryCard } from '#ports/trade-cards.ts';

import { threadName } from './card-thread.ts';
import type { AppContext } from './context.ts';
import { keepPinned } from './pins.ts';

/**
 * What a delivered card brings with it: an entry that has filled has its thread, and of the control cards
 * the newest is pinned while nothing may be opened. None of it is worth keeping a card back: a thread that
 * cannot be had is done without, and a pin is tried again later.
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
