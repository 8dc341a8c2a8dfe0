import { entryClientOrderId, tradeId } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { addUsd, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { exitSideOf, isTerminal } from '#core/order.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { newYorkDate, newYorkInstant } from '#core/session.ts';
import { slippageBps } from '#core/trade-math.ts';
import { bookFill, closedTrade, closeTrade, followEntry, isFlat } from '#core/trade.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import type { ExitCard } from '#ports/cards.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { entryCard, entryCardKey, exitCardKey } from './entry-cards.ts';

/** Which trade an order belongs to, and what it is to it. */
interface Belonging {
  readonly tradeId: TradeId;
  readonly role: LegRole;
}

const CLIENT_ID = /^brk-(.+)-entry$/;

/** An order that the ledger has not stored yet tells by its client id, or by the order it replaces. */
async function belongingOf(tx: LedgerTransaction, order: BrokerOrder): Promise<Belonging | null> {
  const known =
    (await tx.findOrder(order.id)) ?? (order.replaces && (await tx.findOrder(order.replaces)));
  if (known) return { tradeId: known.tradeId, role: known.role };
  const [, id] = CLIENT_ID.exec(order.clientOrderId) ?? [];
  if (id === undefined || entryClientOrderId(tradeId(id)) !== order.clientOrderId) return null;
  return { tradeId: tradeId(id), role: 'entry' };
}

const legRole = (leg: BrokerOrder): LegRole => (leg.type === 'limit' ? 'take_profit' : 'stop_loss');

/** Stores an order with its legs, all tied to the trade. */
export async function saveWithLegs(
  tx: LedgerTransaction,
  order: BrokerOrder,
  { tradeId: id, role }: Belonging,
): Promise<void> {
  await tx.saveOrder(order, id, role);
  for (const leg of order.legs) await tx.saveOrder(leg, id, legRole(leg));
}

/**
 * Takes in what the broker says of an order: its state, and the executions that are not booked yet.
 * May be told the same thing any number of times and in any order.
 *
 * @returns false when the order is none of ours.
 */
export async function applyOrder(
  context: AppContext,
  order: BrokerOrder,
  executions: readonly Execution[],
): Promise<boolean> {
  const realizedBefore = executions.length === 0 ? ZERO_USD : await realizedToday(context);
  const { isOurs, hasNews } = await context.ledger.transaction(async (tx) => {
    const belonging = await belongingOf(tx, order);
    const before = belonging && (await tx.lockTrade(belonging.tradeId));
    if (!belonging || !before) return { isOurs: false, hasNews: false };
    await saveWithLegs(tx, order, belonging);
    const after = await advance(tx, before, { ...belonging, order, executions });
    if (after === before) return { isOurs: true, hasNews: false };
    await tx.saveTrade(after);
    await tellNews(tx, before, after, { order, realizedBefore, at: order.updatedAt });
    return { isOurs: true, hasNews: true };
  });
  if (hasNews) await context.wakeOutbox();
  return isOurs;
}

async function advance(
  tx: LedgerTransaction,
  trade: Trade,
  news: Belonging & { readonly order: BrokerOrder; readonly executions: readonly Execution[] },
): Promise<Trade> {
  let next = trade;
  for (const execution of news.executions) {
    if (await tx.insertFill(execution, trade.id)) next = bookFill(next, news.role, execution);
  }
  if (news.role === 'entry') next = followEntry(next, news.order);
  // A leg works only once its entry is over, so a leg that has filled tells that no more shares come.
  const entryIsOver = news.role !== 'entry' || isTerminal(news.order.status);
  return next !== trade && isFlat(next, entryIsOver) ? closeTrade(next) : next;
}

interface News {
  readonly order: BrokerOrder;
  readonly realizedBefore: Usd;
  readonly at: number;
}

async function tellNews(
  tx: LedgerTransaction,
  before: Trade,
  after: Trade,
  news: News,
): Promise<void> {
  const entryChanged =
    before.entryQuantity !== after.entryQuantity ||
    (before.status !== after.status && after.status !== 'closed');
  if (entryChanged) {
    const note = { code: 'unknown', message: endOf(news.order) };
    await tx.enqueueCard(entryCardKey(after), entryCard(after, news.at, note));
  }
  if (after.status === 'closed' && before.status !== 'closed') {
    await tx.enqueueCard(exitCardKey(after), exitCard(after, news));
  }
}

const endOf = (order: BrokerOrder): string =>
  isTerminal(order.status) ? `the broker reports the entry as ${order.status}` : '';

function exitCard(trade: Trade, { order, realizedBefore }: News): ExitCard {
  const closed = closedTrade(trade);
  const { stopPrice, targetPrice } = trade.intent.bracket;
  const reference = trade.exitLeg === 'take_profit' ? targetPrice : (order.stopPrice ?? stopPrice);
  return {
    kind: 'exit',
    trade: closed,
    stopPrice,
    targetPrice,
    slippageBps: slippageBps(exitSideOf(trade.intent.side), closed.exitPrice, reference),
    realizedToday: addUsd(realizedBefore, closed.pnl),
  };
}

/** Realized since midnight in New York. */
async function realizedToday({ clock, ledger }: AppContext): Promise<Usd> {
  const now = clock.now();
  const from = newYorkInstant(newYorkDate(now), '00:00');
  const closed = await ledger.closedTrades({ from, until: now + 1 });
  return closed.reduce((sum, trade) => addUsd(sum, trade.pnl), ZERO_USD);
}
