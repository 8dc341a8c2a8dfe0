import { trading as wire } from '@alpacahq/alpaca-trade-api';

import type { Ticker } from '#core/ids.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import { MINUTE_MS, toIso } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { BrokerReads } from '#ports/broker.ts';

import type { AlpacaClient } from './connection.ts';
import { isNotFound, readFailure } from './errors.ts';
import type { MapEach } from './map-each.ts';
import * as map from './mapping.ts';
import type { Priority } from './rate-budget.ts';
import { sendRead } from './requests.ts';

const ORDERS_PAGE = 500;
const ACTIVITIES_PAGE = 100;

/** Sends a request in its turn, and again when it was lost on its way. */
type Ask = <T>(request: () => Promise<T>) => Promise<T>;

/** A read as the port has it: what failed is told in the port's words. */
interface Reader {
  readonly ask: Ask;
  readonly read: <T>(what: string, body: () => Promise<T>) => Promise<T>;
  /** A read whose 404 is an answer. */
  readonly find: <T>(what: string, body: () => Promise<T>) => Promise<T | null>;
}

function createReader({ trading, withoutSecrets }: AlpacaClient, priority: Priority): Reader {
  return {
    ask: (request) => sendRead(trading, priority, request),
    read: async (what, body) => {
      try {
        return await body();
      } catch (error) {
        throw readFailure(what, error, withoutSecrets);
      }
    },
    find: async (what, body) => {
      try {
        return await body();
      } catch (error) {
        if (isNotFound(error)) return null;
        throw readFailure(what, error, withoutSecrets);
      }
    },
  };
}

const countWithLegs = (orders: readonly wire.Order[]): number =>
  orders.reduce((sum, order) => sum + 1 + (order.legs?.length ?? 0), 0);

/**
 * Alpaca compares its `after` with the time of submission and leaves out an order submitted at exactly
 * that time, while the port asks by creation. The two are moments apart, so a little more is read.
 */
const SUBMITTED_BEFORE_MS = MINUTE_MS;

async function allOrdersSince(
  { sdk }: AlpacaClient,
  ask: Ask,
  after: EpochMs,
  symbols: readonly Ticker[] | undefined,
): Promise<readonly wire.Order[]> {
  const orders: wire.Order[] = [];
  let position: { after: string } | { afterOrderId: string } = {
    after: toIso(after - SUBMITTED_BEFORE_MS),
  };
  for (;;) {
    const page: readonly wire.Order[] = await ask(() =>
      sdk.trading.orders.getAllOrders({
        status: 'all',
        nested: true,
        direction: 'asc',
        limit: ORDERS_PAGE,
        ...(symbols === undefined ? {} : { symbols: [...symbols] }),
        ...position,
      }),
    );
    orders.push(...page);
    const lastId = page.at(-1)?.id;
    // Whether legs count toward the limit is not documented, so a page counts as full either way.
    if (lastId === undefined || countWithLegs(page) < ORDERS_PAGE) return orders;
    position = { afterOrderId: lastId };
  }
}

/**
 * The account's activities, of one type or all that are no trades, as JSON. The SDK's own decoding takes
 * every activity for one that is no trade and drops a fill's order, price and quantity, so its reply is
 * read undecoded.
 */
async function allActivities(
  { sdk }: AlpacaClient,
  ask: Ask,
  type: 'FILL' | 'FEE' | 'all but trades',
  after: EpochMs,
): Promise<readonly { id: string }[]> {
  const api = sdk.trading.accountActivities;
  const activities: { id: string }[] = [];
  let pageToken: string | undefined;
  for (;;) {
    const query = {
      after: new Date(after),
      direction: 'asc',
      pageSize: ACTIVITIES_PAGE,
      ...(pageToken === undefined ? {} : { pageToken }),
    } as const;
    const page = await ask(async () => {
      const reply =
        type === 'all but trades'
          ? await api.getAccountActivitiesRaw({ ...query, category: 'non_trade_activity' })
          : await api.getAccountActivitiesByActivityTypeRaw({ ...query, activityType: type });
      return (await reply.raw.json()) as { id: string }[];
    });
    activities.push(...page);
    pageToken = page.at(-1)?.id;
    if (page.length < ACTIVITIES_PAGE || pageToken === undefined) return activities;
  }
}

type AccountReads = Pick<
  BrokerReads,
  'account' | 'clock' | 'calendar' | 'asset' | 'positions' | 'position'
>;
type OrderReads = Pick<BrokerReads, 'ordersSince' | 'order' | 'orderByClientId'>;
type ActivityReads = Pick<BrokerReads, 'executionsSince' | 'feesSince' | 'cashActivitiesSince'>;

function accountReads(client: AlpacaClient, reader: Reader, mapEach: MapEach): AccountReads {
  const { trading } = client.sdk;
  const { ask, read, find } = reader;
  return {
    account: () =>
      read('the account', async () => map.toAccount(await ask(() => trading.account.getAccount()))),
    clock: () =>
      read('the clock', async () => map.toClock(await ask(() => trading.clock.legacyClock()))),
    calendar: (from, to) =>
      read('the calendar', async () => {
        const range = { start: new Date(from), end: new Date(to) };
        return (await ask(() => trading.calendar.legacyCalendar(range))).map(map.toSession);
      }),
    asset: (symbol) =>
      find(`the asset ${symbol}`, async () => {
        const query = { symbolOrAssetId: symbol };
        return map.toAsset(await ask(() => trading.assets.getV2AssetsSymbolOrAssetId(query)));
      }),
    positions: () =>
      read('the positions', async () => {
        const positions = await ask(() => trading.positions.getAllOpenPositions());
        return mapEach('position', positions, map.toPosition).filter((each) => each !== null);
      }),
    position: (symbol) =>
      find(`the position in ${symbol}`, async () => {
        const query = { symbolOrAssetId: symbol };
        return map.toPosition(await ask(() => trading.positions.getOpenPosition(query)));
      }),
  };
}

function orderReads(client: AlpacaClient, reader: Reader, mapEach: MapEach): OrderReads {
  const { orders } = client.sdk.trading;
  const { ask, read, find } = reader;
  const withLegs = async (orderId: string): Promise<BrokerOrder> =>
    map.toOrder(await ask(() => orders.getOrderByOrderID({ orderId, nested: true })));
  return {
    ordersSince: (after, symbols) =>
      read('the orders', async () => {
        // An empty list on the wire would ask for all symbols.
        if (symbols?.length === 0) return [];
        const found = await allOrdersSince(client, ask, after, symbols);
        return mapEach('order', found, map.toOrder).filter(({ createdAt }) => createdAt > after);
      }),
    order: (id) => find(`order ${id}`, () => withLegs(id)),
    orderByClientId: (clientOrderId) =>
      find(`order ${clientOrderId}`, async () => {
        const found = await ask(() => orders.getOrderByClientOrderId({ clientOrderId }));
        // This lookup does not nest, and the legs' ids are what protects the position later.
        return withLegs(map.toOrder(found).id);
      }),
  };
}

/** Alpaca leaves out what is of exactly this instant, and dates its activities with midnight. */
const beforeDate = (date: SessionDate): EpochMs => Date.parse(date) - 1;

function activityReads(client: AlpacaClient, reader: Reader, mapEach: MapEach): ActivityReads {
  const { ask, read } = reader;
  return {
    executionsSince: (after) =>
      read('the fills', async (): Promise<readonly Execution[]> => {
        const activities = await allActivities(client, ask, 'FILL', after);
        return mapEach('fill', activities, (fill) =>
          map.toExecution(wire.TradingActivitiesFromJSON(fill)),
        );
      }),
    feesSince: (from) =>
      read('the fees', async () => {
        const activities = await allActivities(client, ask, 'FEE', beforeDate(from));
        return mapEach('fee', activities, (fee) => map.toFee(wire.NonTradeActivitiesFromJSON(fee)));
      }),
    cashActivitiesSince: (from) =>
      read('the cash activities', async () => {
        const all = await allActivities(client, ask, 'all but trades', beforeDate(from));
        const activities = all.map((activity) => wire.NonTradeActivitiesFromJSON(activity));
        return mapEach('activity', activities.filter(map.movesCash), map.toCashActivity);
      }),
  };
}

/** The broker's reads, sent with one priority. */
export function createReads(
  client: AlpacaClient,
  priority: Priority,
  mapEach: MapEach,
): BrokerReads {
  const reader = createReader(client, priority);
  return {
    ...accountReads(client, reader, mapEach),
    ...orderReads(client, reader, mapEach),
    ...activityReads(client, reader, mapEach),
  };
}
