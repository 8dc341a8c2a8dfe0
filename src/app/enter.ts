import type { TradeId } from '#core/ids.ts';
import { entrySideOf } from '#core/order.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { followEntry } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import type { BracketOrder, RejectCode, SubmitOutcome } from '#ports/broker.ts';

import type { AppContext } from './context.ts';
import { entryCard, entryCardKey } from './entry-cards.ts';
import type { EndNote } from './entry-cards.ts';
import { saveWithLegs } from './order-updates.ts';

/**
 * Sends every planned entry to the broker. One planned by this very cycle was never sent. Any other may
 * have been, by a process that died or never heard the reply, so it is looked up first; and if the
 * broker does not know it, it is sent only while its bar is still the current one.
 */
export async function submitPlannedEntries(
  context: AppContext,
  barEnd: EpochMs,
  justPlanned: ReadonlySet<TradeId>,
): Promise<void> {
  const planned = (await context.ledger.unfinishedTrades()).filter(
    ({ status }) => status === 'planned',
  );
  for (const trade of planned) {
    const outcome = justPlanned.has(trade.id)
      ? await submitOnce(context, trade)
      : await resume(context, trade, barEnd);
    await settle(context, trade, outcome);
  }
  if (planned.length > 0) await context.wakeOutbox();
}

type Settled = SubmitOutcome | { readonly kind: 'abandoned'; readonly reason: string };

const bracketOf = ({ intent }: Trade): BracketOrder => ({
  clientOrderId: intent.clientOrderId,
  symbol: intent.symbol,
  side: entrySideOf(intent.side),
  quantity: intent.quantity,
  limitPrice: intent.bracket.limitPrice,
  targetPrice: intent.bracket.targetPrice,
  stopPrice: intent.bracket.stopPrice,
});

/** Nobody can tell from the answer whether the broker has the order. */
const isOpenQuestion = (outcome: SubmitOutcome): boolean =>
  outcome.kind === 'unknown' ||
  (outcome.kind === 'rejected' && outcome.code === 'duplicate-client-order-id');

/** Sends the bracket; when nobody knows what came of it, looks, and sends it once more under the same id. */
async function submitOnce(context: AppContext, trade: Trade): Promise<Settled> {
  const first = await submit(context, trade);
  if (!isOpenQuestion(first)) return first;
  const found = await lookUp(context, trade);
  if (found !== null || first.kind === 'rejected') return found ?? first;
  const second = await submit(context, trade);
  return isOpenQuestion(second) ? ((await lookUp(context, trade)) ?? second) : second;
}

async function lookUp({ broker }: AppContext, { intent }: Trade): Promise<Settled | null> {
  const order = await broker.orderByClientId(intent.clientOrderId);
  return order && { kind: 'accepted', order };
}

async function submit(context: AppContext, trade: Trade): Promise<SubmitOutcome> {
  const outcome = await context.broker.submitBracket(bracketOf(trade));
  context.telemetry.orderSubmitted(outcome.kind);
  return outcome;
}

async function resume(context: AppContext, trade: Trade, barEnd: EpochMs): Promise<Settled> {
  const found = await lookUp(context, trade);
  if (found !== null) return found;
  if (trade.intent.decidedAt === barEnd) return submitOnce(context, trade);
  return {
    kind: 'abandoned',
    reason: 'it was decided on an earlier bar and never reached the broker',
  };
}

/** Answers that do not say whether the broker has the order, or that it ever will. */
const STAYS_PLANNED: readonly RejectCode[] = ['duplicate-client-order-id', 'rate-limited'];

/** Writes down what became of the entry and tells the channel. */
async function settle(context: AppContext, { id }: Trade, outcome: Settled): Promise<void> {
  if (
    outcome.kind === 'unknown' ||
    (outcome.kind === 'rejected' && STAYS_PLANNED.includes(outcome.code))
  ) {
    // It stays planned: the next cycle looks it up before anything else.
    context.log.warn(
      { trade: id, message: outcome.message },
      'an entry stays planned: no clear answer from the broker',
    );
    return;
  }
  const at = context.clock.now();
  await context.ledger.transaction(async (tx) => {
    const trade = await tx.lockTrade(id);
    if (trade === null) throw new Error(`trade ${id} has vanished from the ledger`);
    if (outcome.kind === 'accepted')
      await saveWithLegs(tx, outcome.order, { tradeId: id, role: 'entry' });
    const after = trade.status === 'planned' ? settled(trade, outcome) : trade;
    await tx.saveTrade(after);
    await tx.enqueueCard(entryCardKey(after), entryCard(after, at, noteOf(outcome)));
  });
}

function settled(trade: Trade, outcome: Exclude<Settled, { kind: 'unknown' }>): Trade {
  switch (outcome.kind) {
    case 'accepted':
      return followEntry(trade, outcome.order);
    case 'rejected':
      return { ...trade, status: 'rejected' };
    case 'abandoned':
      return { ...trade, status: 'abandoned' };
    default:
      return outcome satisfies never;
  }
}

function noteOf(outcome: Exclude<Settled, { kind: 'unknown' }>): EndNote {
  switch (outcome.kind) {
    case 'rejected':
      return { code: outcome.code, message: outcome.message };
    case 'abandoned':
      return { code: 'abandoned', message: outcome.reason };
    case 'accepted':
      return {
        code: outcome.order.status,
        message: `the broker reports it as ${outcome.order.status}`,
      };
    default:
      return outcome satisfies never;
  }
}

/**
 * Cancels entries that did not fill within one bar. One that has begun to fill is left alone: its legs
 * go with it, and the shares it has bought would stand without a stop.
 */
export async function cancelStaleEntries(context: AppContext, barEnd: EpochMs): Promise<void> {
  const barMs = context.parameters.barMinutes * MINUTE_MS;
  const isStale = (trade: Trade): boolean =>
    trade.status === 'submitted' &&
    trade.entryQuantity === 0 &&
    trade.intent.decidedAt + barMs <= barEnd;
  const stale = (await context.ledger.unfinishedTrades()).filter(isStale);
  if (stale.length === 0) return;
  const orders = await context.ledger.unsettledOrders();
  for (const trade of stale) {
    const entry = orders.find(({ tradeId, role }) => tradeId === trade.id && role === 'entry');
    if (entry === undefined || entry.filledQuantity > 0) continue;
    const outcome = await context.broker.cancelOrder(entry.brokerOrderId);
    if (outcome.kind !== 'requested') {
      context.log.warn(
        { trade: trade.id, message: outcome.message },
        'an entry could not be cancelled; the next cycle looks again',
      );
    }
  }
}
