import { allowsEntries } from '#core/control.ts';
import { purposeOf } from '#core/ids.ts';
import type { ClientOrderId, TradeId } from '#core/ids.ts';
import type { OrderGroup } from '#core/order-tree.ts';
import { handleOf } from '#core/order-tree.ts';
import type { BrokerOrder } from '#core/order.ts';
import { newYorkDate } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { OutcomeUnknown, Rejection, SubmitOutcome } from '#ports/broker.ts';
import type { OrderIntent, OrderRequest } from '#ports/ledger.ts';

import { acceptOrder } from './accepted-order.ts';
import type { AppContext } from './context.ts';
import { fenced } from './fenced.ts';
import { settleOnRecord } from './order-audit.ts';
import { roleOf } from './save-orders.ts';
import type { OrderStep } from './steps.ts';

/** A wish for an order, before it is written down. */
export type OrderWish = Omit<OrderIntent, 'id' | 'at' | 'sessionDate' | 'request' | 'tradeId'> & {
  readonly tradeId: TradeId;
  readonly request: Exclude<OrderRequest, { kind: 'cancel' }>;
};

export type Placed =
  | { readonly kind: 'working'; readonly order: BrokerOrder }
  | Rejection
  /** Nobody knows yet; the intent stays open and is looked up again. */
  | OutcomeUnknown
  /** No new positions are to be opened by now. */
  | { readonly kind: 'refused'; readonly why: string };

/**
 * The only way in which an order, or the move of one, reaches the broker: written down first, in the
 * transaction that checks this process's right to trade and, for an entry, that entries are allowed; then
 * sent under the id of its purpose; then the broker's answer stored, its ids before anything else.
 *
 * May be called again for the same wish at any time: the broker is asked first whether it has the order.
 * Throws LeaseLostError when another process trades the account, BrokerError never.
 */
export async function placeOrder(context: AppContext, wish: OrderWish): Promise<Placed> {
  const id = clientIdOf(wish.request);
  context.inFlight.add(id);
  try {
    return await carryOut(context, wish, id);
  } finally {
    context.inFlight.delete(id);
  }
}

async function carryOut(context: AppContext, wish: OrderWish, id: ClientOrderId): Promise<Placed> {
  const { request } = wish;
  const step = stepOf(id);
  const isNew = await writeDown(context, wish, id);
  if (isNew === 'refused') return refused(context, wish, id);
  await context.reached(`${step}.written`);
  context.lease.assertHeld();
  const outcome = await sendOnce(context, request, isNew);
  await context.reached(`${step}.sent`);
  await store(context, wish, id, outcome);
  await context.reached(`${step}.stored`);
  return placedBy(outcome);
}

/** Nothing is sent any more; what an earlier run has sent before that is at work all the same. */
async function refused(context: AppContext, wish: OrderWish, id: ClientOrderId): Promise<Placed> {
  const known = await lookUp(context, wish.request);
  if (known === null) return { kind: 'refused', why: 'entries are halted' };
  await store(context, wish, id, known);
  return placedBy(known);
}

function placedBy(outcome: SubmitOutcome): Placed {
  if (outcome.kind === 'accepted') return { kind: 'working', order: outcome.order };
  // The broker knows the id, and yet does not show the order: it will in a moment.
  return isOpenQuestion(outcome) ? { kind: 'unknown', message: outcome.message } : outcome;
}

export const clientIdOf = (request: OrderWish['request']): ClientOrderId =>
  request.kind === 'move' ? request.move.clientOrderId : request.order.clientOrderId;

function stepOf(id: ClientOrderId): Exclude<OrderStep, 'cancel'> {
  const purpose = purposeOf(id);
  if (purpose === null) throw new Error(`${id} is not the id of an order of ours`);
  return purpose.kind;
}

async function writeDown(
  context: AppContext,
  wish: OrderWish,
  id: ClientOrderId,
): Promise<boolean | 'refused'> {
  context.lease.assertHeld();
  return fenced(context, async (tx) => {
    if (wish.request.kind === 'bracket' && !allowsEntries(await tx.controlState()))
      return 'refused';
    const dates = datesOf(context);
    const isNew = await tx.insertOrderIntent({ ...wish, ...dates, id });
    if (isNew && wish.request.kind === 'move') {
      const { orderId: brokerOrderId } = wish.request.move;
      const { tradeId } = wish;
      await tx.insertLegIntervention({
        ...dates,
        brokerOrderId,
        tradeId,
        action: 'replace',
        intentId: id,
      });
    }
    return isNew;
  });
}

const datesOf = ({ systemClock, clock }: AppContext) => ({
  at: systemClock.now(),
  sessionDate: newYorkDate(clock.now()),
});

function send({ broker }: AppContext, request: OrderWish['request']): Promise<SubmitOutcome> {
  switch (request.kind) {
    case 'bracket':
      return broker.submitBracket(request.order);
    case 'exit':
      return broker.submitExit(request.order);
    case 'protection':
      return broker.submitProtection(request.order);
    case 'move':
      return broker.moveStop(request.move);
    default:
      return request satisfies never;
  }
}

/** Nobody can tell from the answer whether the broker has the order. */
const isOpenQuestion = (outcome: SubmitOutcome): boolean =>
  outcome.kind === 'unknown' ||
  (outcome.kind === 'rejected' && outcome.code === 'duplicate-client-order-id');

/**
 * Sends the order; when nobody knows what came of it, looks, and sends it once more under the same id, which
 * the broker takes only once. One that may have been sent before is looked up first.
 */
async function sendOnce(
  context: AppContext,
  request: OrderWish['request'],
  isNew: boolean,
): Promise<SubmitOutcome> {
  if (!isNew) {
    const known = await lookUp(context, request);
    if (known !== null) return known;
  }
  const first = await sendCounted(context, request);
  if (!isOpenQuestion(first)) return first;
  const found = await lookUp(context, request);
  if (found !== null || first.kind === 'rejected') return found ?? first;
  context.lease.assertHeld();
  // The first try may have taken long: who has halted since must not see another.
  if (request.kind === 'bracket' && !allowsEntries(await context.ledger.controlState()))
    return first;
  const second = await sendCounted(context, request);
  // A no to the second may come of the first, which has got there meanwhile.
  return second.kind === 'accepted' ? second : ((await lookUp(context, request)) ?? second);
}

async function sendCounted(
  context: AppContext,
  request: OrderWish['request'],
): Promise<SubmitOutcome> {
  const outcome = await send(context, request);
  context.telemetry.orderSubmitted(outcome.kind);
  return outcome;
}

/** The order as the broker has it; null when it has none. */
async function lookUp(
  { broker }: AppContext,
  request: OrderWish['request'],
): Promise<SubmitOutcome | null> {
  try {
    const order = await broker.urgent.orderByClientId(clientIdOf(request));
    return order && { kind: 'accepted', order };
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    return { kind: 'unknown', message: error.message };
  }
}

/** Answers that leave the order's fate open, or say that it may be sent later. */
const staysOpen = (outcome: SubmitOutcome): boolean =>
  isOpenQuestion(outcome) || (outcome.kind === 'rejected' && outcome.code === 'rate-limited');

async function store(
  context: AppContext,
  wish: OrderWish,
  id: ClientOrderId,
  outcome: SubmitOutcome,
): Promise<void> {
  if (staysOpen(outcome)) {
    context.log.warn({ order: id, outcome }, 'no clear answer from the broker; it is asked again');
    return;
  }
  const at = context.clock.now();
  const intent = { ...wish, id };
  await context.ledger.transaction(async (tx) => {
    if (outcome.kind === 'accepted') {
      await acceptOrder(tx, intent, { order: outcome.order, at });
    } else if (outcome.kind === 'rejected') {
      const detail = `${outcome.code}: ${outcome.message}`;
      await settleOnRecord(tx, intent, { outcome: 'rejected', detail, order: null, at });
    }
  });
}

/** Why and for whom orders are cancelled. */
export type CancelWish = Pick<OrderIntent, 'closeId' | 'reason' | 'requestedBy'>;

/**
 * The only way in which an order of the bot is cancelled. One cancel takes a whole group along; each leg of
 * it that goes is recorded with the intent that asked for it. That the broker has got the request says
 * nothing yet: whoever needs the orders to be gone looks at them.
 *
 * @returns whether the broker has taken all requests.
 */
export async function cancelGroups(
  context: AppContext,
  groups: readonly OrderGroup[],
  wish: CancelWish,
): Promise<boolean> {
  let areTaken = true;
  for (const group of groups) {
    if (!(await cancelGroup(context, group, wish))) areTaken = false;
  }
  return areTaken;
}

async function cancelGroup(
  context: AppContext,
  group: OrderGroup,
  wish: CancelWish,
): Promise<boolean> {
  const { id: orderId, symbol } = handleOf(group);
  const dates = datesOf(context);
  const intentId = `cancel-${orderId}-${dates.at}`;
  context.lease.assertHeld();
  const intent = await fenced(context, async (tx) => {
    const belonging = await tx.findOrder(orderId);
    const tradeId = belonging?.tradeId ?? null;
    const request = { kind: 'cancel', orderId } as const;
    const written = { ...wish, ...dates, id: intentId, symbol, tradeId, request };
    await tx.insertOrderIntent(written);
    if (tradeId === null) return written;
    for (const leg of group.live.filter(isLeg)) {
      const { id: brokerOrderId } = leg;
      await tx.insertLegIntervention({
        ...dates,
        brokerOrderId,
        tradeId,
        action: 'cancel',
        intentId,
      });
    }
    return written;
  });
  await context.reached('cancel.written');
  context.lease.assertHeld();
  const outcome = await context.broker.cancelOrder(orderId);
  await context.reached('cancel.sent');
  if (outcome.kind === 'unknown') {
    context.log.warn({ order: orderId, message: outcome.message }, 'a cancel is asked again later');
    return false;
  }
  // An order that is over already is as good as cancelled: what it did, its fills tell.
  const isDone = outcome.kind === 'requested' || outcome.code === 'already-final';
  const detail = outcome.kind === 'rejected' ? `${outcome.code}: ${outcome.message}` : null;
  const end = isDone ? 'accepted' : 'rejected';
  const at = context.clock.now();
  await context.ledger.transaction((tx) =>
    settleOnRecord(tx, intent, { outcome: end, detail, order: orderId, at }),
  );
  await context.reached('cancel.stored');
  return isDone;
}

/** Whether an order protects a position, or waits to: every one but an entry or an exit. */
function isLeg(order: BrokerOrder): boolean {
  const role = roleOf(order);
  return role !== 'entry' && role !== 'exit';
}
