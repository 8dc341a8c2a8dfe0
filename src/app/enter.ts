import type { ClientOrderId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { liveGroups } from '#core/order-tree.ts';
import { entrySideOf } from '#core/order.ts';
import { reAnchored } from '#core/re-anchor.ts';
import { bracketParts } from '#core/scale-out.ts';
import type { BracketPart } from '#core/scale-out.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { followEntries } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import type { BracketOrder, Rejection } from '#ports/broker.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { watchForEarlyProfit } from './early-profit.ts';
import { entryCard, entryCardKey } from './entry-cards.ts';
import type { EndNote } from './entry-cards.ts';
import { fenced } from './fenced.ts';
import { impedimentsOf } from './impediments.ts';
import { cancelGroups, placeOrder } from './place-order.ts';
import type { CancelWish, Placed } from './place-order.ts';

/**
 * Sends every planned entry to the broker. One whose bar is over is sent no more: had an earlier run sent
 * it, the broker knows it, and it goes on as if nothing had happened.
 */
export async function submitPlannedEntries(context: AppContext, barEnd: EpochMs): Promise<void> {
  const planned = (await context.ledger.unfinishedTrades()).filter(
    ({ status }) => status === 'planned',
  );
  for (const trade of planned) {
    await context.bySymbol.run(trade.intent.symbol, () => enter(context, trade, barEnd));
  }
  if (planned.length > 0) await context.wakeOutbox();
}

async function enter(context: AppContext, { id }: Trade, barEnd: EpochMs): Promise<void> {
  const planned = await context.ledger.trade(id);
  // Another run may have been through with it while this one waited.
  if (planned?.status !== 'planned') return;
  const trade = await learned(context, planned);
  const obstacle = await obstacleTo(context, trade, barEnd);
  if (obstacle !== null && !(await isAtBroker(context, trade.intent.clientOrderId))) {
    return conclude(context, trade, {
      status: 'abandoned',
      note: { code: 'abandoned', message: obstacle },
    });
  }
  const { placed, sent, timeInForce } = await enterRunner(context, trade);
  if (placed.kind === 'unknown' || (placed.kind === 'rejected' && placed.code === 'rate-limited')) {
    // It stays planned: the next cycle looks it up before anything else.
    return;
  }
  if (placed.kind === 'refused') {
    const note = { code: 'halted', message: `${placed.why} by now` };
    return conclude(context, sent, { status: 'abandoned', note });
  }
  if (placed.kind === 'rejected') {
    return conclude(context, sent, { status: 'rejected', note: placed });
  }
  const [, early] = partsOf(sent);
  // Only a scaled-out entry whose runner stands gets its second bracket.
  const late = { timeInForce, isLate: obstacle !== null };
  const after = early === undefined ? sent : await enterEarlyPart(context, sent, early, late);
  await conclude(context, after, null);
}

/** Why a planned entry is not to be sent any more. Since it was decided, the bot may have gone blind. */
async function obstacleTo(
  context: AppContext,
  { intent }: Trade,
  barEnd: EpochMs,
): Promise<string | null> {
  if (intent.decidedAt !== barEnd) {
    return 'it was decided on an earlier bar and never reached the broker';
  }
  // A closing goes by the symbol: it would cancel the new bracket, and sell the new shares.
  const closes = await context.ledger.openCloses();
  if (closes.some(({ symbol }) => symbol === intent.symbol)) {
    return `a closing of ${intent.symbol} is not done yet`;
  }
  return (await impedimentsOf(context))[0] ?? null;
}

/** Where the broker has refused a second bracket lately, the next entries are one bracket from the start. */
async function learned(context: AppContext, trade: Trade): Promise<Trade> {
  if (trade.scaleOut !== 'resting') return trade;
  const since = context.systemClock.now() - REMEMBER_REFUSAL_MS;
  if (!(await context.ledger.refusedSecondBracket(since))) return trade;
  return watchForEarlyProfit(context, trade.id);
}

const REMEMBER_REFUSAL_MS = 30 * 24 * 60 * MINUTE_MS;

/** Whether an earlier run has sent the order. */
const isAtBroker = async ({ broker }: AppContext, id: ClientOrderId): Promise<boolean> =>
  (await broker.orderByClientId(id)) !== null;

/** The brackets that the trade is entered with, the one that runs to the full target first. */
function partsOf({ intent, scaleOut }: Trade): readonly [BracketPart, ...BracketPart[]] {
  return bracketParts(scaleOut === 'resting' ? intent : { ...intent, scaleOut: null });
}

const bracketOf = (
  { intent }: Trade,
  part: BracketPart,
  timeInForce: BracketOrder['timeInForce'],
): BracketOrder => ({
  ...part,
  symbol: intent.symbol,
  side: entrySideOf(intent.side),
  limitPrice: intent.bracket.limitPrice,
  stopPrice: intent.bracket.stopPrice,
  timeInForce,
});

const place = (
  context: AppContext,
  trade: Trade,
  part: BracketPart,
  timeInForce: BracketOrder['timeInForce'],
): Promise<Placed> =>
  placeOrder(context, {
    tradeId: trade.id,
    closeId: null,
    symbol: trade.intent.symbol,
    reason: 'entry',
    requestedBy: 'strategy',
    request: { kind: 'bracket', order: bracketOf(trade, part, timeInForce) },
  });

interface Sent {
  readonly placed: Placed;
  /** The trade with the bracket that was sent. */
  readonly sent: Trade;
  readonly timeInForce: BracketOrder['timeInForce'];
}

/** Sends the runner; of the broker's objections, two have an answer, given once. */
async function enterRunner(context: AppContext, trade: Trade): Promise<Sent> {
  const [part] = partsOf(trade);
  const placed = await place(context, trade, part, 'gtc');
  const first: Sent = { placed, sent: trade, timeInForce: 'gtc' };
  if (placed.kind !== 'rejected') return first;
  if (placed.code === 'hard-to-borrow') {
    const timeInForce = 'day';
    return { placed: await place(context, trade, part, timeInForce), sent: trade, timeInForce };
  }
  if (placed.code !== 'base-price') return first;
  const moved = await reAnchor(context, trade, placed);
  if (moved === null) return first;
  const [again] = partsOf(moved);
  return { ...first, placed: await place(context, moved, again, 'gtc'), sent: moved };
}

/** Moves the planned stop and targets along with the price that the broker measures against. */
async function reAnchor(
  context: AppContext,
  trade: Trade,
  { details }: Rejection,
): Promise<Trade | null> {
  const base = details['base_price'];
  const intent = base === undefined ? null : reAnchored(trade.intent, parseUsd(base));
  if (intent === null) return null;
  const scaleOut = intent.scaleOut === null ? 'none' : trade.scaleOut;
  const moved: Trade = { ...trade, intent, scaleOut, stopPrice: intent.bracket.stopPrice };
  await fenced(context, async (tx) => {
    await tx.saveIntent(intent);
    await tx.saveTrade(moved);
  });
  return moved;
}

/**
 * Sends the bracket of the part that leaves early. Some brokers take no second one beside the first, and what
 * an earlier run has not sent is not sent late: then the runner stays as it is, and the bot watches for the
 * early profit itself.
 */
async function enterEarlyPart(
  context: AppContext,
  trade: Trade,
  part: BracketPart,
  { timeInForce, isLate }: Pick<Sent, 'timeInForce'> & { readonly isLate: boolean },
): Promise<Trade> {
  if (isLate && !(await isAtBroker(context, part.clientOrderId))) {
    return watchForEarlyProfit(context, trade.id);
  }
  const placed = await place(context, trade, part, timeInForce);
  if (placed.kind === 'working' || placed.kind === 'unknown') return trade;
  context.log.warn({ trade: trade.id, placed }, 'the second bracket was refused');
  return watchForEarlyProfit(context, trade.id);
}

interface Conclusion {
  readonly status: 'rejected' | 'abandoned';
  readonly note: EndNote;
}

/** Writes down what became of the entry and tells the channel. */
async function conclude(context: AppContext, { id }: Trade, end: Conclusion | null): Promise<void> {
  const at = context.clock.now();
  await context.ledger.transaction(async (tx) => {
    const trade = await tx.lockTrade(id);
    if (trade === null) throw new Error(`trade ${id} has vanished from the ledger`);
    const entries = (await tx.ordersOf(id)).filter(({ role }) => role === 'entry');
    const after = concluded(trade, entries, end);
    await tx.saveTrade(after);
    // The order stream may have told it already.
    const isTold = trade.status !== 'planned' && end === null && after.scaleOut !== 'watched';
    if (isTold) return;
    const note = end?.note ?? {
      code: after.status,
      message: `the broker reports it as ${entries[0]?.status ?? 'unknown'}`,
    };
    await tx.enqueueCard(entryCardKey(after), entryCard(after, at, { note }));
  });
  await context.reached('entry.told');
}

function concluded(trade: Trade, entries: readonly LedgerOrder[], end: Conclusion | null): Trade {
  // The order stream may have told more already.
  if (trade.status !== 'planned') return end === null ? followEntries(trade, entries) : trade;
  if (end !== null) return { ...trade, status: end.status };
  return followEntries({ ...trade, status: 'submitted' }, entries);
}

/**
 * Cancels entries that did not fill within one bar. One that has begun to fill is the guard's: its shares
 * need a stop once the rest is gone.
 */
export async function cancelStaleEntries(context: AppContext, barEnd: EpochMs): Promise<void> {
  const barMs = context.parameters.barMinutes * MINUTE_MS;
  const stale = (await context.ledger.unfinishedTrades()).filter(
    ({ status, intent, origin }) =>
      origin === 'strategy' && status !== 'planned' && intent.decidedAt + barMs <= barEnd,
  );
  await cancelEntries(context, stale, { reason: 'stale_entry', requestedBy: 'strategy' });
}

/** Cancels the entries of these trades that work and have not begun to fill. */
export async function cancelEntries(
  context: AppContext,
  trades: readonly Trade[],
  why: Pick<CancelWish, 'reason' | 'requestedBy'>,
): Promise<void> {
  if (trades.length === 0) return;
  const ids = new Set(trades.map(({ id }) => id));
  const working = (await context.ledger.unsettledOrders()).filter(
    ({ tradeId, role, isLive, filledQuantity }) =>
      role === 'entry' && isLive && filledQuantity === 0 && ids.has(tradeId),
  );
  for (const { brokerOrderId } of working) {
    const order = await context.broker.urgent.order(brokerOrderId);
    if (order === null || order.filledQuantity > 0 || order.status === 'pending_cancel') continue;
    await cancelGroups(context, liveGroups([order]), { closeId: null, ...why });
  }
}
