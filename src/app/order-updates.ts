import { entryClientOrderId, tradeId } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { exitSideOf, isTerminal } from '#core/order.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { addDays, newYorkDate, startOfDay } from '#core/session.ts';
import { slippageBps } from '#core/trade-math.ts';
import { bookFill, closedTrade, closeTrade, followEntry, isFlat } from '#core/trade.ts';
import type { LegRole, Trade } from '#core/trade.ts';
import type { AlarmCard, ExitCard } from '#ports/cards.ts';
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
  const { isOurs, hasNews } = await context.ledger.transaction(async (tx) => {
    const belonging = await belongingOf(tx, order);
    const before = belonging && (await tx.lockTrade(belonging.tradeId));
    if (!belonging || !before || before.intent.symbol !== order.symbol) {
      return { isOurs: false, hasNews: false };
    }
    await saveWithLegs(tx, order, belonging);
    const news = { ...belonging, order, booked: await bookNew(tx, before.id, executions) };
    const after = await advance(tx, before, news);
    if (after !== before) await tx.saveTrade(after);
    const hasCards = await tellNews(tx, before, after, news);
    return { isOurs: true, hasNews: hasCards };
  });
  if (hasNews) await context.wakeOutbox();
  return isOurs;
}

interface News extends Belonging {
  readonly order: BrokerOrder;
  /** The executions that were not booked before. */
  readonly booked: readonly Execution[];
}

async function bookNew(
  tx: LedgerTransaction,
  id: TradeId,
  executions: readonly Execution[],
): Promise<readonly Execution[]> {
  const booked: Execution[] = [];
  for (const execution of executions) {
    if (await tx.insertFill(execution, id)) booked.push(execution);
  }
  return booked;
}

async function advance(tx: LedgerTransaction, trade: Trade, news: News): Promise<Trade> {
  const filled = news.booked.reduce((next, fill) => bookFill(next, news.role, fill), trade);
  // News may be old: the ledger has kept the newest state of the entry.
  const entry = news.role === 'entry' ? await tx.findOrder(news.order.id) : null;
  const next = entry === null ? filled : followEntry(filled, entry);
  const mayBeFlat = next.status !== 'closed' && isFlat(next, true);
  return mayBeFlat && (await isEntryOver(tx, trade.id)) ? closeTrade(next) : next;
}

/** Whether no more shares can come: the entry is through at the broker, and all its fills are booked. */
async function isEntryOver(tx: LedgerTransaction, id: TradeId): Promise<boolean> {
  const entries = (await tx.ordersOf(id)).filter(({ role }) => role === 'entry');
  return (
    entries.length > 0 &&
    entries.every(
      ({ status, filledQuantity, bookedQuantity }) =>
        isTerminal(status) && bookedQuantity === filledQuantity,
    )
  );
}

/** Writes the cards of what has changed; returns whether there are any. */
async function tellNews(
  tx: LedgerTransaction,
  before: Trade,
  after: Trade,
  news: News,
): Promise<boolean> {
  const at = news.order.updatedAt;
  const hasEntryNews =
    before.entryQuantity !== after.entryQuantity ||
    (before.status !== after.status && after.status !== 'closed');
  const hasClosed = after.status === 'closed' && before.status !== 'closed';
  const isBeyondEnd = before.status === 'closed' && news.booked.length > 0;
  if (hasEntryNews) {
    const note = { code: 'unknown', message: endOf(news.order) };
    await tx.enqueueCard(entryCardKey(after), entryCard(after, at, note));
  }
  if (hasClosed) await tx.enqueueCard(exitCardKey(after), await exitCard(tx, after, news.order));
  if (isBeyondEnd) await tx.enqueueCard(`beyond:${after.id}`, beyondEndCard(after, news.booked));
  return hasEntryNews || hasClosed || isBeyondEnd;
}

const endOf = (order: BrokerOrder): string =>
  isTerminal(order.status) ? `the broker reports the entry as ${order.status}` : '';

async function exitCard(
  tx: LedgerTransaction,
  trade: Trade,
  order: BrokerOrder,
): Promise<ExitCard> {
  const closed = closedTrade(trade);
  const { stopPrice, targetPrice } = trade.intent.bracket;
  const reference = trade.exitLeg === 'take_profit' ? targetPrice : (order.stopPrice ?? stopPrice);
  const date = newYorkDate(closed.closedAt);
  return {
    kind: 'exit',
    trade: closed,
    stopPrice,
    targetPrice,
    // Of the leg that ended the trade alone: an earlier part that left at the other leg is no slippage.
    slippageBps: slippageBps(
      exitSideOf(trade.intent.side),
      order.filledAveragePrice ?? closed.exitPrice,
      reference,
    ),
    realizedToday: await tx.realizedPnl({
      from: startOfDay(date),
      until: startOfDay(addDays(date, 1)),
    }),
  };
}

/** In a fast market both legs of a bracket may fill, which leaves a position the other way round. */
function beyondEndCard({ id, intent }: Trade, booked: readonly Execution[]): AlarmCard {
  const shares = booked.reduce((sum, { quantity }) => sum + quantity, 0);
  return {
    kind: 'alarm',
    title: `${intent.symbol}: ${shares} more shares filled after the trade was flat`,
    text:
      `A second exit of trade ${id} was filled. The account may now hold ${shares} ${intent.symbol} the ` +
      'other way round, without a stop. Look at the broker and close it by hand.',
    at: booked.at(-1)?.at ?? 0,
  };
}
