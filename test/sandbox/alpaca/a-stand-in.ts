import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { onTestFinished } from 'vitest';

import { parseUsd } from '#core/money.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn, AlpacaStandInOptions } from '#sandbox/alpaca/stand-in.ts';

import { aMarket } from '../alpaca-market.ts';
import type { Ohlc } from '../alpaca-market.ts';

interface Shape extends Partial<AlpacaStandInOptions> {
  /** Of AAPL, from the replay's start. */
  readonly bars?: readonly Ohlc[];
}

export interface TestStandIn {
  readonly standIn: AlpacaStandIn;
  readonly alpaca: Alpaca;
  /** Ends the next bars. */
  readonly advance: (count?: number) => void;
  /** A request without the SDK. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<Reply>;
}

/** What came over the wire, read by tests that know what they asked for. */
export type Loose = any; // oxlint-disable-line typescript/no-explicit-any

export interface Reply {
  readonly status: number;
  readonly body: Loose;
  readonly headers: Headers;
}

/** A stand-in with $100,000 at the open of the first session, and an SDK client for it. */
export async function aStandIn({ bars = [], ...options }: Shape = {}): Promise<TestStandIn> {
  const market = options.market ?? aMarket({ AAPL: bars, MSFT: [] });
  const standIn = await createAlpacaStandIn({
    startingCash: parseUsd('100000'),
    ...options,
    market,
  });
  onTestFinished(() => standIn.close());
  let ended = market.barEnds.indexOf(standIn.lastBarEnd() ?? Number.NaN) + 1;
  return {
    standIn,
    alpaca: clientOf(standIn),
    advance(count = 1) {
      ended += count;
      standIn.advanceTo(market.barEnds[ended - 1]!);
    },
    call: (method, path, body) => call(standIn.url, { method, path, body }),
  };
}

const HOSTS = ['https://paper-api.alpaca.markets', 'https://data.alpaca.markets'];

/** The unmodified SDK; anything but the stand-in is out of its reach. */
function clientOf({ url }: AlpacaStandIn): Alpaca {
  return new Alpaca({
    keyId: 'key',
    secret: 'secret',
    paper: true,
    rateLimit: false,
    retry: false,
    fetchApi: (target: string | URL, init?: RequestInit) => {
      const { origin, pathname, search } = new URL(target);
      if (!HOSTS.includes(origin)) throw new Error(`blocked: ${origin}`);
      return fetch(`${url}${pathname}${search}`, init);
    },
  });
}

async function call(
  url: string,
  { method, path, body }: { method: string; path: string; body?: unknown },
): Promise<Reply> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === '' ? null : JSON.parse(text),
    headers: response.headers,
  };
}

/** A long bracket of 10 AAPL on the wire: limit 100, target 105, stop 98. */
export const BRACKET = {
  symbol: 'AAPL',
  qty: '10',
  side: 'buy',
  type: 'limit',
  limit_price: '100.00',
  time_in_force: 'gtc',
  order_class: 'bracket',
  take_profit: { limit_price: '105.00' },
  stop_loss: { stop_price: '98.00' },
} as const;
