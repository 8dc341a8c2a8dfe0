import type { Close, CloseProof } from '#core/close.ts';
import { micros } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import { averagePrice } from '#core/trade-math.ts';
import { BrokerError } from '#ports/broker.ts';
import type { AlarmCard } from '#ports/cards.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { syncOrders } from '../sync-orders.ts';
import { closingCard, closingCardKey } from './closing-card.ts';

/** Writes down what the broker showed at the end, and tells the channel. */
export async function finish(context: AppContext, close: Close, proof: CloseProof): Promise<Close> {
  await tryToBook(context, close);
  const pnl = await resultOf(context, close, proof);
  const { clock, systemClock } = context;
  const done: Close = {
    ...close,
    phase: 'done',
    phaseSince: systemClock.now(),
    finishedAt: systemClock.now(),
    proof,
  };
  const at = clock.now();
  await fenced(context, async (tx) => {
    await tx.saveClose(done);
    if (close.reason === 'scale_out') await endScaleOut(tx, close);
    const card = closingCard(done, { phase: 'done', proof, pnl }, at);
    await tx.enqueueCard(closingCardKey(done), card);
    const alarm = alarmOf(done, proof, at);
    if (alarm !== null) await tx.enqueueCard(`not-flat:${done.id}`, alarm);
  });
  await context.reached('close.finished');
  await context.wakeOutbox();
  return done;
}

/** The figures of the card are those of the booked fills. What is proven is told also while they cannot be read. */
async function tryToBook(context: AppContext, { id }: Close): Promise<void> {
  try {
    await syncOrders(context);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn(
      { close: id, error: error.message },
      'a closing ends without the newest fills',
    );
  }
}

/** Null when the broker shows what was wanted. */
function alarmOf(
  { tradeId, symbol, keep }: Close,
  proof: CloseProof,
  at: EpochMs,
): AlarmCard | null {
  const { positionQuantity, liveOrders } = proof;
  const isAsWanted = Math.abs(positionQuantity) <= keep && (keep > 0 || liveOrders === 0);
  if (isAsWanted) return null;
  return {
    kind: 'alarm',
    title: `${symbol} is not flat after its closing`,
    text: `The broker shows ${positionQuantity} shares and ${liveOrders} live orders. The guard looks at them now; so should you.`,
    repeat: 0,
    tradeId,
    at,
  };
}

/** What the shares brought that left through the closing's own orders, before fees; null where none did. */
async function resultOf(
  { ledger }: AppContext,
  { tradeId, side }: Close,
  { exitPrice, exitQuantity }: CloseProof,
): Promise<Usd | null> {
  const trade = await ledger.trade(tradeId);
  if (trade === null || exitPrice === null || trade.intent.side !== side) return null;
  if (trade.entryQuantity === 0) return null;
  const entryPrice = averagePrice(trade.entryValue, trade.entryQuantity);
  return micros(signOf(side) * (exitPrice - entryPrice) * exitQuantity);
}

async function endScaleOut(tx: LedgerTransaction, { tradeId }: Close): Promise<void> {
  const trade = await tx.lockTrade(tradeId);
  if (trade !== null) await tx.saveTrade({ ...trade, scaleOut: 'none' });
}
