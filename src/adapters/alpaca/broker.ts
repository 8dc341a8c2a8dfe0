import { trading as wire } from '@alpacahq/alpaca-trade-api';

import { formatUsd } from '#core/money.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { MINUTE_MS, toIso } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { BracketOrder, Broker, CancelOutcome, SubmitOutcome } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';

import type { AlpacaClient } from './connection.ts';
import { isNotFound, readFailure, writeFailure } from './errors.ts';
import { createMapEach } from './map-each.ts';
import type { MapEach } from './map-each.ts';
import * as map from './mapping.ts';
import { openTradeUpdateStream } from './trade-update-stream.ts';
import type { TradeUpdateStream } from './trade-update-stream.ts';

const ORDERS_PAGE = 500;
const ACTIVITIES_PAGE = 100;

/** Runs a read; its failure is told in the port's words. */
async function read<T>(what: string, request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw readFailure(what, error);
  }
}

/** A read whose 404 is an answer. */
async function find<T>(what: string, request: () => Promise<T>): Promise<T | null> {
  try {
    return await request();
  } catch (error) {
    if (isNotFound(error)) return null;
    throw readFailure(what, error);
  }
}

const countWithLegs = (orders: readonly wire.Order[]): number =>
  orders.reduce((sum, order) => sum + 1 + (order.legs?.length ?? 0), 0);

/**
 * Alpaca compares its `after` with the time of submission and leaves out an order submitted at exactly
 * that time, while the port asks by creation. The two are moments apart, so a little more is read.
 */
const SUBMITTED_BEFORE_MS = MINUTE_MS;

async function allOrdersSince(
  client: AlpacaClient,
  after: EpochMs,
): Promise<readonly wire.Order[]> {
  const orders: wire.Order[] = [];
  let position: { after: string } | { afterOrderId: string } = {
    after: toIso(after - SUBMITTED_BEFORE_MS),
  };
  for (;;) {
    const page = await client.sdk.trading.orders.getAllOrders({
      status: 'all',
      nested: true,
      direction: 'asc',
      limit: ORDERS_PAGE,
      ...position,
    });
    orders.push(...page);
    const lastId = page.at(-1)?.id;
    // Whether legs count toward the limit is not documented, so a page counts as full either way.
    if (lastId === undefined || countWithLegs(page) < ORDERS_PAGE) return orders;
    position = { afterOrderId: lastId };
  }
}

/**
 * The account's activities of one type, as JSON. The SDK's own decoding takes every activity for one
 * that is no trade and drops a fill's order, price and quantity, so its reply is read undecoded.
 */
async function allActivities(
  client: AlpacaClient,
  activityType: 'FILL' | 'FEE',
  after: EpochMs,
): Promise<readonly { id: string }[]> {
  const activities: { id: string }[] = [];
  let pageToken: string | undefined;
  for (;;) {
    const reply = await client.sdk.trading.accountActivities.getAccountActivitiesByActivityTypeRaw({
      activityType,
      after: new Date(after),
      direction: 'asc',
      pageSize: ACTIVITIES_PAGE,
      ...(pageToken === undefined ? {} : { pageToken }),
    });
    const page = (await reply.raw.json()) as { id: string }[];
    activities.push(...page);
    pageToken = page.at(-1)?.id;
    if (page.length < ACTIVITIES_PAGE || pageToken === undefined) return activities;
  }
}

async function submitBracket(client: AlpacaClient, order: BracketOrder): Promise<SubmitOutcome> {
  try {
    const accepted = await client.sdk.trading.orders.bracket({
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      qty: String(order.quantity),
      limitPrice: formatUsd(order.limitPrice),
      takeProfit: { limitPrice: formatUsd(order.targetPrice) },
      stopLoss: { stopPrice: formatUsd(order.stopPrice) },
      timeInForce: 'gtc',
    });
    return { kind: 'accepted', order: map.toOrder(accepted) };
  } catch (error) {
    return writeFailure(error);
  }
}

async function cancelOrder(client: AlpacaClient, orderId: string): Promise<CancelOutcome> {
  try {
    await client.sdk.trading.orders.deleteOrderByOrderID({ orderId });
    return { kind: 'requested' };
  } catch (error) {
    return writeFailure(error);
  }
}

type Reads = Pick<Broker, 'account' | 'clock' | 'calendar' | 'asset' | 'positions'>;
type OrderReads = Pick<
  Broker,
  'ordersSince' | 'order' | 'orderByClientId' | 'executionsSince' | 'feesSince'
>;

const accountReads = ({ sdk: { trading } }: AlpacaClient, mapEach: MapEach): Reads => ({
  account: () => read('the account', async () => map.toAccount(await trading.account.getAccount())),
  clock: () => read('the clock', async () => map.toClock(await trading.clock.legacyClock())),
  calendar: (from, to) =>
    read('the calendar', async () => {
      const range = { start: new Date(from), end: new Date(to) };
      return (await trading.calendar.legacyCalendar(range)).map(map.toSession);
    }),
  asset: (symbol) =>
    find(`the asset ${symbol}`, async () =>
      map.toAsset(await trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: symbol })),
    ),
  positions: () =>
    read('the positions', async () =>
      mapEach('position', await trading.positions.getAllOpenPositions(), map.toPosition),
    ),
});

function orderReads(client: AlpacaClient, mapEach: MapEach): OrderReads {
  const { orders } = client.sdk.trading;
  const withLegs = async (orderId: string): Promise<BrokerOrder> =>
    map.toOrder(await orders.getOrderByOrderID({ orderId, nested: true }));
  return {
    ordersSince: (after) =>
      read('the orders', async () => {
        const listed = mapEach('order', await allOrdersSince(client, after), map.toOrder);
        return listed.filter(({ createdAt }) => createdAt > after);
      }),
    order: (id) => find(`order ${id}`, () => withLegs(id)),
    orderByClientId: (clientOrderId) =>
      find(`order ${clientOrderId}`, async () => {
        const found = await orders.getOrderByClientOrderId({ clientOrderId });
        // This lookup does not nest, and the legs' ids are what protects the position later.
        return withLegs(map.toOrder(found).id);
      }),
    executionsSince: (after) =>
      read('the fills', async (): Promise<readonly Execution[]> => {
        const activities = await allActivities(client, 'FILL', after);
        return mapEach('fill', activities, (fill) =>
          map.toExecution(wire.TradingActivitiesFromJSON(fill)),
        );
      }),
    feesSince: (from) =>
      read('the fees', async () => {
        const activities = await allActivities(client, 'FEE', Date.parse(from) - 1);
        return mapEach('fee', activities, (fee) => map.toFee(wire.NonTradeActivitiesFromJSON(fee)));
      }),
  };
}

/** Alpaca as the application's broker. */
export function createAlpacaBroker(client: AlpacaClient, log: Logger): Broker {
  let stream: TradeUpdateStream | null = null;
  const mapEach = createMapEach(log);
  return {
    ...accountReads(client, mapEach),
    ...orderReads(client, mapEach),
    submitBracket: (order) => submitBracket(client, order),
    cancelOrder: (id) => cancelOrder(client, id),
    subscribeTradeUpdates: async (listener) => {
      stream = openTradeUpdateStream(client, listener, log);
      return stream;
    },
    streamState: () => stream?.state() ?? 'down',
  };
}
