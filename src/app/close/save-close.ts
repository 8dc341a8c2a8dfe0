import type { Close } from '#core/close.ts';
import type { ClosingProgress } from '#ports/trade-cards.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { closingCard, closingCardKey } from './closing-card.ts';

/** Writes down where a closing stands and, unless there is nothing new to say, what the channel reads of it. */
export async function saveClose(
  context: AppContext,
  close: Close,
  progress: ClosingProgress | null,
): Promise<void> {
  context.lease.assertHeld();
  await fenced(context, async (tx) => {
    await tx.saveClose(close);
    if (progress === null) return;
    await tx.enqueueCard(closingCardKey(close), closingCard(close, progress, context.clock.now()));
  });
  if (progress !== null) await context.wakeOutbox();
}
