import { brokerOrderId } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { formatUsd } from '#core/money.ts';
import { liveGroups } from '#core/order-tree.ts';
import { BrokerError } from '#ports/broker.ts';
import type { ForeignDecision, ForeignItem, LedgerTransaction } from '#ports/ledger.ts';

import { requestClose } from '../close/request-close.ts';
import { UserError } from '../command.ts';
import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { cancelGroups } from '../place-order.ts';
import { signatureOf } from '../signature.ts';
import { adopt } from './adopt.ts';
import { findSale } from './find-sale.ts';
import { reconcile } from './reconcile.ts';

/**
 * Carries out what an admin has decided about an order or a position that is none of the bot's. adopt: the
 * position becomes a trade, which the guard protects; of shares that somebody has sold, the trade that they were of
 * gets the exit. ignore: it stays as it is and keeps nothing closed.
 * flatten: the order is cancelled, the position adopted and closed.
 *
 * @returns a sentence that says what was done. Throws UserError when that cannot be.
 */
export async function decideForeign(
  context: AppContext,
  key: string,
  choice: Choice,
): Promise<string> {
  const { symbol } = await itemOf(context, key);
  // Two who decide at once: the second one finds what the first has made of it.
  const done = await context.bySymbol.run(symbol, () => carryOut(context, key, choice));
  await compareSoon(context);
  await context.wakeGuard();
  return done;
}

/** What was decided is done and on record; a comparison that fails now is made again by its job. */
async function compareSoon(context: AppContext): Promise<void> {
  try {
    await reconcile(context);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn({ error: error.message }, 'broker and ledger are compared again later');
  }
}

interface Choice {
  readonly decision: ForeignDecision;
  /** The person's name, and the chat's id. */
  readonly by: string;
  readonly personId?: string;
}

async function itemOf({ ledger }: AppContext, key: string): Promise<ForeignItem> {
  const item = (await ledger.foreignItems()).find((one) => one.key === key);
  if (item !== undefined) return item;
  throw new UserError(
    `Nothing foreign is known as ${key}. /foreign without an item lists what there is.`,
  );
}

async function carryOut(context: AppContext, key: string, choice: Choice): Promise<string> {
  const item = await itemOf(context, key);
  context.lease.assertHeld();
  if (item.kind === 'position') {
    const booked = choice.decision === 'adopt' ? await bookSale(context, item, choice) : null;
    return booked ?? decidePosition(context, item, choice);
  }
  const done = await decideOrder(context, item, choice);
  await fenced(context, (tx) => note(context, tx, item, choice));
  return done;
}

/** Writes down what was decided, and by whom. */
async function note(
  { clock }: AppContext,
  tx: LedgerTransaction,
  { key, kind, symbol, quantity }: ForeignItem,
  { decision, by, personId, trade }: Choice & { readonly trade?: TradeId },
): Promise<void> {
  await tx.decideForeign(key, decision, by);
  const { actor, named } = signatureOf(by, personId);
  await tx.audit({
    at: clock.now(),
    actor,
    action: `${decision} ${kind} ${symbol}`,
    outcome: 'done',
    details: {
      ...named,
      item: key,
      quantity: String(quantity),
      ...(trade === undefined ? {} : { trade }),
    },
  });
}

async function decideOrder(
  context: AppContext,
  { key, symbol }: ForeignItem,
  { decision, by }: Choice,
): Promise<string> {
  if (decision === 'ignore') return `The order in ${symbol} stays as it is.`;
  if (decision === 'adopt') {
    throw new UserError('An order cannot be adopted, only ignored or flattened, which cancels it.');
  }
  const order = await context.broker.urgent.order(brokerOrderId(key));
  if (order === null) return `The order in ${symbol} is gone.`;
  const wish = { closeId: null, reason: 'foreign', requestedBy: by } as const;
  if (!(await cancelGroups(context, liveGroups([order]), wish))) {
    // It counts as decided once it is: what may live on must not be passed over.
    throw new UserError(
      `The broker has not taken the cancel of the order in ${symbol}, which may be live still. Nothing is decided: ask again with /foreign, or cancel it at the broker.`,
    );
  }
  return `The order in ${symbol} is being cancelled.`;
}

/**
 * Makes what somebody has sold of a trade's shares an exit of it; its fills are booked by the comparison that
 * follows. Null where that is not what is missing.
 */
async function bookSale(
  context: AppContext,
  item: ForeignItem,
  choice: Choice,
): Promise<string | null> {
  const sale = await findSale(context, item);
  if (sale === null) return null;
  const { id, intent } = sale.trade;
  await fenced(context, async (tx) => {
    for (const order of sale.orders) {
      await tx.saveOrder(order, { tradeId: id, role: 'exit', parentId: null });
    }
    await note(context, tx, item, { ...choice, trade: id });
  });
  const did = intent.side === 'long' ? 'sold' : 'bought back';
  return `The ${item.quantity} ${item.symbol} that somebody has ${did} at the broker are booked as an exit of the bot’s trade.`;
}

async function decidePosition(
  context: AppContext,
  item: ForeignItem,
  choice: Choice,
): Promise<string> {
  const { symbol } = item;
  const { decision, by, personId } = choice;
  if (decision === 'ignore') {
    await fenced(context, (tx) => note(context, tx, item, choice));
    return `The ${item.quantity} ${symbol} stay as they are, unwatched.`;
  }
  const position = await context.broker.urgent.position(symbol);
  // Since it was found a fill may have been booked, and with it the shares have become ours.
  const isOurs = (await context.ledger.netQuantities()).has(symbol);
  const isAllForeign =
    !isOurs && position?.quantity === item.quantity && position.side === item.side;
  if (position === null || !isAllForeign) {
    throw new UserError(
      `Only a whole position can be adopted or flattened, and the broker’s ${symbol} is not the ${item.quantity} ` +
        'that are foreign: ignore it, or put it right at the broker.',
    );
  }
  const trade = await adopt(context, position, (tx, { id }) =>
    note(context, tx, item, { ...choice, trade: id }),
  );
  if (decision === 'adopt') {
    return (
      `${item.quantity} ${symbol} are a trade now, with the stop at $${formatUsd(trade.stopPrice)}. The guard sees to it.` +
      endOfDayNote(context)
    );
  }
  const request = await requestClose(context, {
    tradeId: trade.id,
    position,
    reason: 'manual_close',
    quantity: position.quantity,
    atMarket: false,
    requestedBy: by,
    personId,
  });
  return request.kind === 'under-way'
    ? `${item.quantity} ${symbol} are a trade now. An earlier closing of ${symbol} is not done yet: once its message says that it is, close what is left with /close.`
    : `${item.quantity} ${symbol} are being closed; the channel follows it.`;
}

/** An admin who takes over a holding for the long run should know what becomes of it. */
const endOfDayNote = ({ parameters: { endOfDay, flattenMinutes } }: AppContext): string =>
  endOfDay === 'hold'
    ? ''
    : ` Like every trade it is closed by the end of the session, ${flattenMinutes} minutes before the close, unless the rules say "endOfDay": "hold".`;
