import type { Position } from '#core/account.ts';
import { begunClose, isRestingPart, widenedClose } from '#core/close.ts';
import type { Close, CloseReason } from '#core/close.ts';
import { closeIdOf } from '#core/ids.ts';
import type { CloseId, TradeId } from '#core/ids.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';
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

/**
 * widened: one of a part was stuck, and is one of everything now. under-way: another closing of the symbol is not
 * done yet, and goes on.
 */
export type CloseRequest =
  | { readonly kind: 'begun' | 'widened'; readonly close: Close }
  | { readonly kind: 'under-way' };

/**
 * Writes down that a position is to be closed, and tells the channel. Nothing is sent yet: whoever runs the
 * closing, now or after a crash, finds it in the ledger.
 */
export async function requestClose(context: AppContext, wish: CloseWish): Promise<CloseRequest> {
  context.lease.assertHeld();
  const begun = await begin(context, wish);
  const request = begun ?? (await takeOver(context, wish));
  if (request.kind === 'under-way') return request;
  await context.reached('close.requested');
  await context.wakeOutbox();
  return request;
}

/** Null when another closing of the symbol is not done yet. */
async function begin(context: AppContext, wish: CloseWish): Promise<CloseRequest | null> {
  const { systemClock, clock } = context;
  const close = await fenced(context, async (tx) => {
    const n = (await tx.countCloses(wish.tradeId)) + 1;
    const planned = newClose(wish, closeIdOf(wish.tradeId, n), systemClock.now());
    if (!(await tx.insertClose(planned))) return null;
    const { message = null } = wish;
    if (message !== null) await tx.claimMessage(closingCardKey(planned), message, clock.now());
    await record(context, tx, wish, planned);
    return planned;
  });
  return close && { kind: 'begun', close };
}

/** A part that is stuck may rest for minutes; everything that is asked for meanwhile takes its place. */
async function takeOver(context: AppContext, wish: CloseWish): Promise<CloseRequest> {
  const { ledger, bySymbol } = context;
  const { symbol } = wish.position;
  const part = (await ledger.openCloses()).find((one) => one.symbol === symbol);
  if (part === undefined || !mayWiden(part, wish)) return { kind: 'under-way' };
  // Between two runs of it, since each writes down all that it knows. Whoever has the symbol to himself already
  // asks for a trade that no closing is of yet, and does not get here.
  const close = await bySymbol.run(symbol, () => widen(context, part.id, wish));
  return close === null ? { kind: 'under-way' } : { kind: 'widened', close };
}

const mayWiden = (part: Close, { tradeId, position, quantity }: CloseWish): boolean =>
  isRestingPart(part) &&
  quantity === position.quantity &&
  part.tradeId === tradeId &&
  part.side === position.side;

/** Null when it has gone on meanwhile. */
const widen = (context: AppContext, id: CloseId, wish: CloseWish): Promise<Close | null> =>
  fenced(context, async (tx) => {
    const part = await tx.lockClose(id);
    if (part === null || !mayWiden(part, wish)) return null;
    const whole = widenedClose(part, newClose(wish, part.id, context.systemClock.now()));
    await tx.saveClose(whole);
    await record(context, tx, wish, whole);
    return whole;
  });

/** Who has asked for it, on record and in the channel. */
async function record(
  { clock }: AppContext,
  tx: LedgerTransaction,
  wish: CloseWish,
  close: Close,
): Promise<void> {
  const { actor, named } = signatureOf(wish.requestedBy, wish.personId);
  const { id, symbol, tradeId, reason, keep } = close;
  const at = clock.now();
  await tx.audit({
    at,
    actor,
    action: `close ${symbol}`,
    outcome: 'done',
    details: {
      ...named,
      close: id,
      trade: tradeId,
      reason,
      quantity: String(wish.quantity),
      keep: String(keep),
      ...(wish.confirmation === undefined ? {} : { confirmation: wish.confirmation }),
    },
  });
  const card = closingCard(close, { phase: 'clearing', orders: 0 }, at);
  await tx.enqueueCard(closingCardKey(close), card);
}

function newClose(wish: CloseWish, id: CloseId, now: number): Close {
  const { position, tradeId, reason, quantity, atMarket, requestedBy } = wish;
  return begunClose({
    id,
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
