import type { Position } from '#core/account.ts';
import { begunClose } from '#core/close.ts';
import type { Close, CloseReason } from '#core/close.ts';
import { closeIdOf } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import type { MessageId } from '#ports/notifier.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { signatureOf } from '../signature.ts';
import { closingCard, closingCardKey } from './closing-card.ts';

/** The wish to close a position, or a part of it. */
export interface CloseWish {
  readonly tradeId: TradeId;
  readonly position: Position;
  readonly reason: CloseReason;
  /** Shares to leave, of those that are held. */
  readonly quantity: number;
  readonly atMarket: boolean;
  readonly requestedBy: string;
  /** The chat's id of who asked; none of what the bot wants by itself. */
  readonly personId?: string | undefined;
  /** By which a person confirmed it. */
  readonly confirmation?: string;
  /** The message that is to follow it; a new one where there is none. */
  readonly message?: MessageId | null;
}

/** under-way: another closing of the symbol is not done yet, and goes on. */
export type CloseRequest =
  | { readonly kind: 'begun'; readonly close: Close }
  | { readonly kind: 'under-way' };

/**
 * Writes down that a position is to be closed, and tells the channel. Nothing is sent yet: whoever runs the
 * closing, now or after a crash, finds it in the ledger.
 */
export async function requestClose(context: AppContext, wish: CloseWish): Promise<CloseRequest> {
  const { systemClock, clock, lease, wakeOutbox } = context;
  lease.assertHeld();
  const close = await fenced(context, async (tx) => {
    const n = (await tx.countCloses(wish.tradeId)) + 1;
    const planned = newClose(wish, n, systemClock.now());
    if (!(await tx.insertClose(planned))) return null;
    const { actor, named } = signatureOf(wish.requestedBy, wish.personId);
    await tx.audit({
      at: clock.now(),
      actor,
      action: `close ${planned.symbol}`,
      outcome: 'done',
      details: {
        ...named,
        close: planned.id,
        trade: planned.tradeId,
        reason: wish.reason,
        quantity: String(planned.quantity),
        keep: String(planned.keep),
        ...(wish.confirmation === undefined ? {} : { confirmation: wish.confirmation }),
      },
    });
    const { message = null } = wish;
    if (message !== null) await tx.claimMessage(closingCardKey(planned), message, clock.now());
    const card = closingCard(planned, { phase: 'clearing', orders: 0 }, clock.now());
    await tx.enqueueCard(closingCardKey(planned), card);
    return planned;
  });
  if (close === null) return { kind: 'under-way' };
  await context.reached('close.requested');
  await wakeOutbox();
  return { kind: 'begun', close };
}

function newClose(wish: CloseWish, n: number, now: number): Close {
  const { position, tradeId, reason, quantity, atMarket, requestedBy } = wish;
  return begunClose({
    id: closeIdOf(tradeId, n),
    tradeId,
    symbol: position.symbol,
    side: position.side,
    reason,
    quantity,
    keep: position.quantity - quantity,
    decisionPrice: position.currentPrice,
    atMarket,
    requestedBy,
    requestedAt: now,
  });
}
