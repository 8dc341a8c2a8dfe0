import { brokerOrderId, clientOrderId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { BrokerOrder } from '#core/order.ts';

/** A working sell order for 100 NVDA, under an id that is none of ours, unless told otherwise. */
export const order = (id: string, changes: Partial<BrokerOrder> = {}): BrokerOrder => ({
  id: brokerOrderId(id),
  clientOrderId: clientOrderId(`client-${id}`),
  symbol: ticker('NVDA'),
  side: 'sell',
  type: 'limit',
  orderClass: 'bracket',
  timeInForce: 'gtc',
  status: 'new',
  quantity: 100,
  filledQuantity: 0,
  filledAveragePrice: null,
  limitPrice: null,
  stopPrice: null,
  createdAt: 0,
  updatedAt: 0,
  replaces: null,
  replacedBy: null,
  legs: [],
  ...changes,
});

/** The stop beside a working take-profit. */
export const stop = (changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  order('stop', { type: 'stop', status: 'held', stopPrice: parseUsd('97'), ...changes });

export const target = (changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  order('target', { limitPrice: parseUsd('105'), ...changes });

/** A filled entry with both its legs. */
export const bracket = (changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  order('entry', {
    side: 'buy',
    status: 'filled',
    filledQuantity: 100,
    limitPrice: parseUsd('100'),
    legs: [target(), stop()],
    ...changes,
  });

/** A take-profit with its stop, for shares that are held. */
export const oco = (changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  target({ orderClass: 'oco', legs: [stop({ orderClass: 'oco' })], ...changes });

/** A stop on its own. */
export const lone = (changes: Partial<BrokerOrder> = {}): BrokerOrder =>
  stop({ orderClass: 'simple', status: 'new', ...changes });
