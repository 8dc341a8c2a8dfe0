import type { Position } from '#core/account.ts';
import type { CloseStep } from '#core/close-step.ts';
import type { Close } from '#core/close.ts';
import { clientOrderIdOf } from '#core/ids.ts';
import type { ClientOrderId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import { exitSideOf } from '#core/order.ts';
import type { PositionSide } from '#core/order.ts';
import { rescueStop } from '#core/rescue.ts';
import type { Trade } from '#core/trade.ts';
import type { OutcomeUnknown, Rejection } from '#ports/broker.ts';

import type { AppContext } from '../context.ts';
import { placeOrder } from '../place-order.ts';
import type { Placed } from '../place-order.ts';
import { placeProtection } from '../place-protection.ts';
import type { Protected } from '../place-protection.ts';
import { saveClose } from './save-close.ts';

/** A closing after an order was placed for it, and the broker's no, or its silence, if there was any. */
export interface Ordered {
  readonly close: Close;
  readonly rejection: Rejection | OutcomeUnknown | null;
}

const answered = (close: Close, placed: Placed): Ordered => ({
  close,
  rejection: placed.kind === 'rejected' || placed.kind === 'unknown' ? placed : null,
});

type ExitStep = Extract<CloseStep, { kind: 'exit' }>;

const idOf = ({ id, tradeId }: Close, kind: 'exit' | 'keep' | 'rescue', n: number): ClientOrderId =>
  clientOrderIdOf({ of: 'close', tradeId, closeId: id, kind, n });

/** Sells the shares that are to leave, or buys them back. */
export async function placeExit(
  context: AppContext,
  close: Close,
  { quantity, limitPrice }: ExitStep,
): Promise<Ordered> {
  const attempt = close.attempt + 1;
  const phaseSince = context.systemClock.now();
  const next: Close = { ...close, exits: close.exits + 1, attempt, phaseSince };
  // Each order is counted before it is written down, so that it has a number of its own.
  await saveClose(context, next, { phase: 'exiting', attempt, limitPrice });
  const { symbol, side, tradeId, reason, requestedBy } = next;
  const clientOrderId = idOf(next, 'exit', next.exits);
  const order = { clientOrderId, symbol, side: exitSideOf(side), quantity, limitPrice };
  const placed = await placeOrder(context, {
    tradeId,
    closeId: next.id,
    symbol,
    reason,
    requestedBy,
    request: { kind: 'exit', order },
  });
  return answered(next, placed);
}

/** Protects the shares that stay, before the others leave. */
export async function placeKeep(
  context: AppContext,
  close: Close,
  position: Position,
  quantity: number,
): Promise<Ordered> {
  const trade = await tradeOf(context, close);
  const next: Close = { ...close, keeps: close.keeps + 1 };
  await saveClose(context, next, null);
  const { symbol, side, tradeId, reason, requestedBy } = next;
  const { placed } = await placeProtection(context, {
    tradeId,
    closeId: next.id,
    reason,
    requestedBy,
    order: {
      clientOrderId: idOf(next, 'keep', next.keeps),
      symbol,
      side: exitSideOf(side),
      quantity,
      stopPrice: rescueStop(side, trade.stopPrice, position.currentPrice),
      targetPrice: trade.intent.bracket.targetPrice,
    },
  });
  return answered(next, placed);
}

async function tradeOf({ ledger }: AppContext, { tradeId }: Close): Promise<Trade> {
  const trade = await ledger.trade(tradeId);
  if (trade === null) throw new Error(`trade ${tradeId} has vanished from the ledger`);
  return trade;
}

/**
 * Puts a stop back in for shares that a stuck closing leaves behind, on whichever side they are by now; returns
 * where it stands.
 */
export async function placeRescue(
  context: AppContext,
  close: Close,
  shares: { readonly side: PositionSide; readonly quantity: number; readonly price: Usd },
): Promise<Usd | null> {
  const trade = await tradeOf(context, close);
  const next: Close = { ...close, rescues: close.rescues + 1 };
  await saveClose(context, next, null);
  const { symbol, tradeId, reason, requestedBy } = next;
  const { side } = shares;
  const place = (targetPrice: Usd | null): Promise<Protected> =>
    placeProtection(context, {
      tradeId,
      closeId: next.id,
      reason,
      requestedBy,
      order: {
        clientOrderId: idOf(next, 'rescue', next.rescues),
        symbol,
        side: exitSideOf(side),
        quantity: shares.quantity,
        stopPrice: rescueStop(side, trade.stopPrice, shares.price),
        targetPrice,
      },
    });
  // A stop alone: a target would hold the same shares and help nobody here.
  const alone = await place(null);
  const isRefused =
    side === close.side && alone.placed.kind === 'rejected' && alone.placed.code === 'wash-trade';
  // Beside somebody's order to buy the broker takes no stop alone, but one that is tied to a target.
  const { placed, order } = isRefused ? await place(trade.intent.bracket.targetPrice) : alone;
  return placed.kind === 'working' ? order.stopPrice : null;
}
