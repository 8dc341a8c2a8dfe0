import { existsSync } from 'node:fs';

import { Alpaca, ApiError } from '@alpacahq/alpaca-trade-api';
import { expect, onTestFinished } from 'vitest';

import { createVirtualTimers } from '#sandbox/alpaca/timers.ts';
import type { VirtualTimers } from '#sandbox/alpaca/timers.ts';
import { eventually } from '#test/support/eventually.ts';
import { sharedPath } from '#test/support/shared.ts';

import { aStandIn } from '../a-stand-in.ts';
import type { Loose, TestStandIn } from '../a-stand-in.ts';
import { readSpec } from '../openapi.ts';

export interface TestBroker extends TestStandIn {
  readonly timers: VirtualTimers;
  /** Order, its legs, their legs: statuses as the client sees them. */
  readonly statuses: (orderId: string) => Promise<readonly string[]>;
  /** The first position's shares and those that are free. */
  readonly shares: () => Promise<readonly [string, string] | null>;
}

const SPEC = sharedPath('openapi', 'trading-api.json');
const check = existsSync(SPEC) ? readSpec(SPEC) : null;

const TEMPLATES: readonly (readonly [RegExp, string])[] = [
  [/^\/v2\/orders\/[^/]+$/, '/v2/orders/{order_id}'],
  [/^\/v2\/positions\/[^/]+$/, '/v2/positions/{symbol_or_asset_id}'],
  [/^\/v2\/assets\/[^/]+$/, '/v2/assets/{symbol_or_asset_id}'],
];

/** What Alpaca's own specification has against a reply; it does not describe refusals. */
export function complaints(method: string, path: string, status: number, body: unknown): string[] {
  if (check === null || status === 204 || status >= 400) return [];
  const template = TEMPLATES.find(([pattern]) => pattern.test(path))?.[1] ?? path;
  return check(method.toLowerCase(), template, status, body);
}

/** A stand-in whose own slowness passes by the test's leave, and the SDK, each of whose replies is checked. */
export async function aBroker(shape: Parameters<typeof aStandIn>[0] = {}): Promise<TestBroker> {
  const timers = createVirtualTimers();
  const test = await aStandIn({ timers, ...shape });
  const alpaca = checkedClient(test.standIn.url);
  const find = (orderId: string) =>
    alpaca.trading.orders.getOrderByOrderID({ orderId, nested: true });
  return {
    ...test,
    alpaca,
    timers,
    async statuses(orderId) {
      const { status, legs } = await find(orderId);
      return [status, ...(legs ?? []).map((leg) => leg.status)].map(String);
    },
    async shares() {
      const [position] = await alpaca.trading.positions.getAllOpenPositions();
      return position === undefined ? null : [position.qty, position.qtyAvailable ?? ''];
    },
  };
}

function checkedClient(url: string): Alpaca {
  return new Alpaca({
    keyId: 'key',
    secret: 'secret',
    paper: true,
    rateLimit: false,
    retry: false,
    fetchApi: async (target: string | URL, init: RequestInit) => {
      const { origin, pathname, search } = new URL(target);
      if (origin !== 'https://paper-api.alpaca.markets') throw new Error(`blocked: ${origin}`);
      const response = await fetch(`${url}${pathname}${search}`, init);
      const body: unknown = await response
        .clone()
        .json()
        .catch(() => null);
      expect(complaints(init.method ?? 'GET', pathname, response.status, body)).toEqual([]);
      return response;
    },
  });
}

/** The order events from now on, as "event role-like type": "fill limit buy". */
export async function listenTo({ alpaca, standIn }: TestStandIn) {
  const stream = alpaca.trading.stream({ url: `${standIn.url.replace('http', 'ws')}/stream` });
  onTestFinished(() => stream.disconnect());
  const updates: Loose[] = [];
  stream.onTradeUpdate((update) => updates.push(update));
  const listening = new Promise<unknown>((resolve) => {
    stream.on('subscription', resolve);
  });
  stream.subscribeTradeUpdates();
  stream.connect();
  await listening;
  const news = (): readonly string[] =>
    updates.map(({ event, order }) => `${event} ${order.side} ${order.type}`);
  return {
    updates,
    news,
    hears: (expected: readonly string[]) => eventually(() => expect(news()).toEqual(expected)),
  };
}

/** The refusal of a request, as it came over the wire. */
export async function refusalOf(request: Promise<unknown>): Promise<Loose> {
  const error: unknown = await request.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error(`no refusal: ${String(error)}`);
  return { status: error.status, body: await error.response.json() };
}

/** A long bracket of 10 AAPL for the SDK: limit 100, target 105, stop 98. */
export const LONG = {
  symbol: 'AAPL',
  qty: 10,
  side: 'buy',
  limitPrice: '100.00',
  timeInForce: 'gtc',
  takeProfit: { limitPrice: '105.00' },
  stopLoss: { stopPrice: '98.00' },
} as const;

/** An OCO for those 10 shares. */
export const EXITS = {
  symbol: 'AAPL',
  qty: 10,
  side: 'sell',
  timeInForce: 'gtc',
  takeProfit: { limitPrice: '105.00' },
  stopLoss: { stopPrice: '98.00' },
} as const;

/** Bars: the entry fills; nothing happens; the target fills; the stop fills. */
export const BARS = {
  entry: [100, 101, 99, 100],
  quiet: [100, 101, 99.5, 100],
  target: [104, 106, 103, 105],
  stop: [99, 100, 97, 98],
} as const;

interface Group {
  readonly id: string;
  readonly target: string;
  readonly stop: string;
}

/** A bracket, and the ids of its three orders. */
export async function aBracket(
  { alpaca }: TestStandIn,
  change: { readonly qty?: number; readonly clientOrderId?: string } = {},
): Promise<Group> {
  const order = await alpaca.trading.orders.bracket({ ...LONG, ...change });
  const legOf = (type: string) => order.legs?.find((leg) => leg.type === type)?.id ?? '';
  return { id: order.id ?? '', target: legOf('limit'), stop: legOf('stop') };
}
