import type { trading as wire } from '@alpacahq/alpaca-trade-api';

import { formatUsd } from '#core/money.ts';
import type { BrokerOrder } from '#core/order.ts';
import type {
  BracketOrder,
  BrokerReads,
  BrokerWrites,
  ExitOrder,
  OutcomeUnknown,
  ProtectiveOrder,
  Rejection,
  StopMove,
  SubmitOutcome,
} from '#ports/broker.ts';
import { LeaseLostError } from '#ports/lease.ts';

import type { AlpacaClient } from './connection.ts';
import { writeFailure } from './errors.ts';
import * as map from './mapping.ts';
import type { Priority } from './rate-budget.ts';
import { send } from './requests.ts';

type Orders = AlpacaClient['sdk']['trading']['orders'];

interface Common {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly quantity: number;
}

const common = ({ clientOrderId, symbol, side, quantity }: Common) => ({
  clientOrderId,
  symbol,
  side,
  qty: String(quantity),
});

const bracket = (orders: Orders, order: BracketOrder): Promise<wire.Order> =>
  orders.bracket({
    ...common(order),
    limitPrice: formatUsd(order.limitPrice),
    takeProfit: { limitPrice: formatUsd(order.targetPrice) },
    stopLoss: { stopPrice: formatUsd(order.stopPrice) },
    timeInForce: order.timeInForce,
  });

const exit = (orders: Orders, order: ExitOrder): Promise<wire.Order> =>
  order.limitPrice === null
    ? orders.market({ ...common(order), timeInForce: 'day' })
    : orders.limit({
        ...common(order),
        limitPrice: formatUsd(order.limitPrice),
        timeInForce: 'day',
      });

const protection = (orders: Orders, order: ProtectiveOrder): Promise<wire.Order> => {
  const { timeInForce, targetPrice } = order;
  const stopPrice = formatUsd(order.stopPrice);
  if (targetPrice === null) return orders.stop({ ...common(order), stopPrice, timeInForce });
  const takeProfit = { limitPrice: formatUsd(targetPrice) };
  return orders.oco({ ...common(order), takeProfit, stopLoss: { stopPrice }, timeInForce });
};

const replacement = (orders: Orders, move: StopMove): Promise<wire.Order> =>
  orders.patchOrderByOrderId({
    orderId: move.orderId,
    // The price alone: a quantity is refused for legs, and would count what is filled already again.
    patchOrderRequest: {
      stopPrice: formatUsd(move.stopPrice),
      clientOrderId: move.clientOrderId,
    },
  });

/**
 * Whether the reply should have legs and has none. That an OCO's child comes with the reply is observed
 * but not documented.
 */
const lacksLegs = ({ orderClass, legs }: BrokerOrder): boolean =>
  orderClass !== 'simple' && legs.length === 0;

/** Reads the order once more where its legs are missing. It is accepted in any case, whatever that brings. */
async function withLegs(reads: BrokerReads, order: BrokerOrder): Promise<BrokerOrder> {
  if (!lacksLegs(order)) return order;
  try {
    return (await reads.order(order.id)) ?? order;
  } catch {
    return order;
  }
}

/** Throws LeaseLostError when nothing may be sent any more. */
export type WritePermit = () => void;

/** The request may have waited for its turn for a minute: whether it may be made is asked right before. */
const permitted =
  <T>(permit: WritePermit, request: () => Promise<T>) =>
  (): Promise<T> => {
    permit();
    return request();
  };

/** The broker's writes. What protects goes first when requests are scarce. */
export function createWrites(
  { sdk, trading, withoutSecrets }: AlpacaClient,
  urgent: BrokerReads,
  permit: WritePermit,
): BrokerWrites {
  const { orders } = sdk.trading;
  async function failureOf(error: unknown): Promise<Rejection | OutcomeUnknown> {
    // Nothing was sent, and nothing may be: that is no answer of the broker.
    if (error instanceof LeaseLostError) throw error;
    return writeFailure(error, withoutSecrets);
  }
  async function submit(
    priority: Priority,
    request: () => Promise<wire.Order>,
  ): Promise<SubmitOutcome> {
    try {
      const order = await send(trading, priority, permitted(permit, request));
      return { kind: 'accepted', order: map.toOrder(order) };
    } catch (error) {
      return failureOf(error);
    }
  }
  async function submitGroup(
    priority: Priority,
    request: () => Promise<wire.Order>,
  ): Promise<SubmitOutcome> {
    const outcome = await submit(priority, request);
    if (outcome.kind !== 'accepted') return outcome;
    return { ...outcome, order: await withLegs(urgent, outcome.order) };
  }
  return {
    submitBracket: (order) => submitGroup('normal', () => bracket(orders, order)),
    submitExit: (order) => submit('protective', () => exit(orders, order)),
    submitProtection: (order) => submitGroup('protective', () => protection(orders, order)),
    moveStop: (move) => submit('protective', () => replacement(orders, move)),
    cancelOrder: async (orderId) => {
      try {
        const request = permitted(permit, () => orders.deleteOrderByOrderID({ orderId }));
        await send(trading, 'protective', request);
        return { kind: 'requested' };
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}
