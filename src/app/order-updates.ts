import type { Close } from '#core/close.ts';
import { purposeOf } from '#core/ids.ts';
import { isTerminal } from '#core/order.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { isEarlyBracket } from '#core/scale-out.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { bookFill, closeTrade, followEntries, isFlat } from '#core/trade.ts';
import type { ExitReason, Trade } from '#core/trade.ts';
import type { TradeUpdate } from '#ports/broker.ts';
import type { AlarmCard } from '#ports/cards.ts';
import type { LedgerOrder, LedgerTransaction, OrderBelonging } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { entryCard, entryCardKey, exitCardKey } from './entry-cards.ts';
import { exitCard, scaledOutCard, summaryCard } from './exit-cards.ts';
import { belongingOf, saveWithLegs } from './save-orders.ts';
import { tellUnknownStatus } from './unknown-status.ts';

/** News this much older than the moment it is booked at is told as late. */
const LATE_MS = MINUTE_MS;

/**
 * Takes in what the broker says of an order: its state, and the executions that are not booked yet.
 * May be told the same thing any number of times and in any order.
 *
 * @returns how many executions were new; null when the order is none of ours.
 */
export const applyOrder = (
  context: AppContext,
  order: BrokerOrder,
  executions: readonly Execution[],
): Promise<number | null> => takeIn(context, order, async () => executions);

/**
 * Takes in what the order stream tells of an order. An event does not say how many shares its execution has
 * brought the order to, and the order that comes along may be ahead of it. Only an execution that leads from
 * what is booked to where the order stands is booked; any other is left to the next sync, since REST does say.
 *
 * @returns how many executions were new; null when the order is none of ours.
 */
export const applyUpdate = (
  context: AppContext,
  { order, execution }: Pick<TradeUpdate, 'order' | 'execution'>,
): Promise<number | null> =>
  takeIn(context, order, async (tx) => {
    if (execution === null) return [];
    const { bookedQuantity = 0 } = (await tx.findOrder(order.id)) ?? {};
    return bookedQuantity + execution.quantity === execution.cumulativeQuantity ? [execution] : [];
  });

async function takeIn(
  context: AppContext,
  order: BrokerOrder,
  executionsFor: (tx: LedgerTransaction) => Promise<readonly Execution[]>,
): Promise<number | null> {
  const close = await closeBehind(context, order);
  const taken = await context.ledger.transaction(async (tx) => {
    const belonging = await belongingOf(tx, order);
    const before = belonging && (await tx.lockTrade(belonging.tradeId));
    if (!belonging || !before || before.intent.symbol !== order.symbol) return null;
    const isStrange = await tellUnknownStatus(tx, before, order);
    await saveWithLegs(tx, order, before.id, belonging);
    const booked = await bookNew(tx, before, await executionsFor(tx));
    const news = { ...belonging, order, close, booked, lateMs: latenessOf(context, booked) };
    const after = await advance(tx, before, news);
    if (after !== before) await tx.saveTrade(after);
    const hasNews = await tellNews(tx, before, after, news);
    return { booked: booked.length, hasCards: hasNews || isStrange };
  });
  if (taken === null) return null;
  if (taken.booked > 0) await context.reached('fill.booked');
  if (taken.hasCards) await context.wakeOutbox();
  return taken.booked;
}

/** The closing that an exit order is of. */
async function closeBehind({ ledger }: AppContext, order: BrokerOrder): Promise<Close | null> {
  const purpose = purposeOf(order.clientOrderId);
  return purpose?.of === 'close' ? ledger.close(purpose.closeId) : null;
}

interface News extends OrderBelonging {
  readonly order: BrokerOrder;
  readonly close: Close | null;
  /** The executions that were not booked before. */
  readonly booked: readonly Execution[];
  readonly lateMs: number | null;
}

async function bookNew(
  tx: LedgerTransaction,
  { id }: Trade,
  executions: readonly Execution[],
): Promise<readonly Execution[]> {
  const booked: Execution[] = [];
  for (const execution of executions) {
    if (await tx.insertFill(execution, id)) booked.push(execution);
  }
  return booked;
}

function latenessOf({ clock }: AppContext, booked: readonly Execution[]): number | null {
  const oldest = Math.min(...booked.map(({ at }) => at));
  const age = clock.now() - oldest;
  return booked.length > 0 && age > LATE_MS ? age : null;
}

function reasonOf({ role, close }: News): 'entry' | ExitReason {
  if (role !== 'exit') return role;
  return close?.reason ?? 'other';
}

async function advance(tx: LedgerTransaction, trade: Trade, news: News): Promise<Trade> {
  const filled = news.booked.reduce((next, fill) => bookFill(next, reasonOf(news), fill), trade);
  // News may be old: the ledger has kept the newest state of the entries.
  const entries = (await tx.ordersOf(trade.id)).filter(({ role }) => role === 'entry');
  const followed = news.role === 'entry' ? followEntries(filled, entries) : filled;
  // A second bracket that was given up, and got there after all: what it sells early nobody else must.
  const isLate = followed.scaleOut === 'watched' && entries.some(isEarlyBracket);
  const next: Trade = isLate ? { ...followed, scaleOut: 'resting' } : followed;
  // Whether no more shares can come: the entries are through at the broker, and all their fills are booked.
  const isEntryOver = entries.every(
    ({ status, filledQuantity, bookedQuantity }) =>
      isTerminal(status) && bookedQuantity === filledQuantity,
  );
  return next.status !== 'closed' && isFlat(next) && isEntryOver ? closeTrade(next) : next;
}

/** Writes the cards of what has changed; returns whether there are any. */
async function tellNews(
  tx: LedgerTransaction,
  before: Trade,
  after: Trade,
  news: News,
): Promise<boolean> {
  const { order, lateMs, booked } = news;
  const at = order.updatedAt;
  const hasEntryNews =
    before.entryQuantity !== after.entryQuantity ||
    before.scaleOut !== after.scaleOut ||
    (before.status !== after.status && after.status !== 'closed');
  const isBeyondEnd = before.status === 'closed' && booked.length > 0 && news.role !== 'exit';
  if (hasEntryNews) {
    const note = { code: 'unknown', message: endOf(order) };
    await tx.enqueueCard(entryCardKey(after), entryCard(after, at, { note, lateMs }));
  }
  const hasExitNews = await tellExit(tx, before, after, news);
  if (isBeyondEnd) {
    const shares = filledBeyond(after, await tx.ordersOf(after.id));
    const alarm = beyondEndCard(after, shares, booked.at(-1)?.at ?? at);
    await tx.enqueueCard(`beyond:${after.id}`, alarm);
  }
  return hasEntryNews || hasExitNews || isBeyondEnd;
}

async function tellExit(
  tx: LedgerTransaction,
  before: Trade,
  after: Trade,
  news: News,
): Promise<boolean> {
  const scaledOut = scaledOutCard(after, news, news.booked);
  const hasScaledOut = scaledOut !== null && (await isOfEarlyPart(tx, news));
  if (hasScaledOut) await tx.enqueueCard(`scaled:${after.id}`, scaledOut);
  const hasClosed = after.status === 'closed' && before.status !== 'closed';
  if (!hasClosed) return hasScaledOut;
  await tx.enqueueCard(exitCardKey(after), await exitCard(tx, after, news));
  await tx.enqueueCard(`summary:${after.id}`, await summaryCard(tx, after));
  return true;
}

/** Whether the bracket of the part that leaves early is meant: where price has jumped, the other's target may be first. */
async function isOfEarlyPart(tx: LedgerTransaction, { parentId }: News): Promise<boolean> {
  const parent = parentId === null ? null : await tx.findOrder(parentId);
  return parent !== null && isEarlyBracket(parent);
}

const endOf = (order: BrokerOrder): string =>
  isTerminal(order.status) ? `the broker reports the entry as ${order.status}` : '';

/** All shares that were filled after the trade had its figures, which do not count them. */
function filledBeyond(trade: Trade, orders: readonly LedgerOrder[]): number {
  const bookedOf = (isEntry: boolean): number =>
    orders
      .filter(({ role }) => (role === 'entry') === isEntry)
      .reduce((sum, { bookedQuantity }) => sum + bookedQuantity, 0);
  // Shares that were taken over were bought by no order of the trade.
  return bookedOf(false) - trade.exitQuantity + Math.max(0, bookedOf(true) - trade.entryQuantity);
}

/** In a fast market both legs of a bracket may fill, which leaves a position the other way round. */
function beyondEndCard({ id, intent }: Trade, shares: number, at: EpochMs): AlarmCard {
  return {
    kind: 'alarm',
    title: `${intent.symbol}: ${shares} more shares filled after the trade was flat`,
    text:
      `A second exit of trade ${id} was filled: the account may now hold ${shares} ${intent.symbol} the ` +
      'other way round. The bot closes them at once and says when they are gone.',
    repeat: 0,
    tradeId: id,
    at,
  };
}
