import { Alpaca } from '@alpacahq/alpaca-trade-api';

import { createRateBudget } from './rate-budget.ts';
import type { BudgetReply } from './rate-budget.ts';
import type { Service } from './requests.ts';
import type { StreamTiming } from './stream-connection.ts';
import { DEFAULT_STREAM_TIMING } from './supervised-stream.ts';
import { systemTimers } from './timers.ts';
import type { Timers } from './timers.ts';

/**
 * Which Alpaca is meant. A stand-in is always on a loopback address and sees no real credentials.
 */
export type AlpacaConnection =
  | { readonly kind: 'paper' | 'live'; readonly keyId: string; readonly secret: string }
  | { readonly kind: 'stand-in'; readonly url: string };

const TRADING_HOST = {
  paper: 'https://paper-api.alpaca.markets',
  live: 'https://api.alpaca.markets',
} as const;
const DATA_HOST = 'https://data.alpaca.markets';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

type ServiceName = 'trading' | 'data';

interface Origin {
  readonly service: ServiceName;
  readonly target: string;
}

/** Where each origin that the SDK asks for really leads. Any other origin is refused. */
function originsOf(connection: AlpacaConnection): ReadonlyMap<string, Origin> {
  if (connection.kind !== 'stand-in') {
    const trading = TRADING_HOST[connection.kind];
    return new Map([
      [trading, { service: 'trading', target: trading }],
      [DATA_HOST, { service: 'data', target: DATA_HOST }],
    ]);
  }
  const base = new URL(connection.url);
  if (base.protocol !== 'http:' || !LOOPBACK.test(base.hostname)) {
    throw new Error(`an Alpaca stand-in must be on a loopback address, not at ${base.origin}`);
  }
  const target = base.href.replace(/\/$/, '');
  return new Map([
    [TRADING_HOST.paper, { service: 'trading', target }],
    [DATA_HOST, { service: 'data', target }],
  ]);
}

/**
 * A fetch that reaches only the origins of its connection; the SDK itself has no such switch. `onReply`
 * sees every reply before the SDK does.
 */
export function guardedFetch(
  connection: AlpacaConnection,
  onReply: (service: ServiceName, reply: Response) => void = () => {},
) {
  const origins = originsOf(connection);
  return async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const asked = new URL(url);
    const origin = origins.get(asked.origin);
    if (origin === undefined) {
      throw new Error(
        `refused to contact ${asked.origin}: not an address of this ${connection.kind} connection`,
      );
    }
    const reply = await fetch(`${origin.target}${asked.pathname}${asked.search}`, init);
    onReply(origin.service, reply);
    return reply;
  };
}

/** A header's number; null where it is missing or no number. */
function numberIn({ headers }: Response, name: string): number | null {
  const text = headers.get(name)?.trim();
  const value = Number(text);
  return text === undefined || text === '' || !Number.isFinite(value) ? null : value;
}

function budgetReplyOf(reply: Response): BudgetReply {
  const reset = numberIn(reply, 'x-ratelimit-reset');
  return {
    isTooMany: reply.status === 429,
    remaining: numberIn(reply, 'x-ratelimit-remaining'),
    resetAt: reset === null ? null : reset * 1000,
  };
}

export interface AlpacaClientOptions {
  /**
   * Trading requests that may be sent in a minute; null: any number, as long as nobody says 429. Without
   * it Alpaca's 200, and any number to a stand-in, where a replay at full speed makes more.
   */
  readonly requestsPerMinute?: number | null;
  /** The same of market data, which is counted apart. */
  readonly dataRequestsPerMinute?: number | null;
  /** So many of the trading requests are kept for what protects. */
  readonly protectiveReserve?: number;
  readonly timers?: Timers;
  /** A service that fails is given so long before a read is sent once more. */
  readonly readPauseMs?: number;
  readonly streamTiming?: Partial<StreamTiming>;
}

export interface AlpacaClient {
  readonly sdk: Alpaca;
  readonly trading: Service;
  readonly data: Service;
  readonly timers: Timers;
  readonly streamTiming: StreamTiming;
  /** Socket addresses; the SDK's own where undefined. */
  readonly tradeStreamUrl: string | undefined;
  readonly dataStreamUrl: (feed: string) => string | undefined;
  /** Takes the connection's keys out of a text that is going to be logged or shown. */
  readonly withoutSecrets: (text: string) => string;
}

const REQUESTS_PER_MINUTE = 200;
const PROTECTIVE_RESERVE = 40;
const READ_PAUSE_MS = 250;

/** One SDK client for a connection. */
export function createAlpacaClient(
  connection: AlpacaConnection,
  options: AlpacaClientOptions = {},
): AlpacaClient {
  const isStandIn = connection.kind === 'stand-in';
  const keys = isStandIn ? { keyId: 'sandbox-key', secret: 'sandbox-secret' } : connection;
  const usualLimit = isStandIn ? null : REQUESTS_PER_MINUTE;
  const {
    requestsPerMinute = usualLimit,
    dataRequestsPerMinute = usualLimit,
    protectiveReserve: reserve = PROTECTIVE_RESERVE,
    timers = systemTimers,
    readPauseMs = READ_PAUSE_MS,
  } = options;
  const budgets = {
    trading: createRateBudget({ limit: requestsPerMinute, reserve, timers }),
    data: createRateBudget({ limit: dataRequestsPerMinute, reserve: 0, timers }),
  };
  const sdk = new Alpaca({
    keyId: keys.keyId,
    secret: keys.secret,
    paper: connection.kind !== 'live',
    fetchApi: guardedFetch(connection, (service, reply) =>
      budgets[service].heard(budgetReplyOf(reply)),
    ),
    timeoutMs: 15_000,
    // The SDK's limiter lets a request's time-out run while it waits, and gives up on orders that it has
    // not sent; its retries answer a 429 with more requests. Both are done by `requests.ts`.
    rateLimit: false,
    retry: false,
  });
  const sockets = isStandIn ? connection.url.replace(/^http/, 'ws').replace(/\/$/, '') : null;
  return {
    sdk,
    trading: { budget: budgets.trading, timers, readPauseMs },
    data: { budget: budgets.data, timers, readPauseMs },
    timers,
    streamTiming: { ...DEFAULT_STREAM_TIMING, ...options.streamTiming },
    tradeStreamUrl: sockets === null ? undefined : `${sockets}/stream`,
    dataStreamUrl: (feed) => (sockets === null ? undefined : `${sockets}/v2/${feed}`),
    withoutSecrets: (text) =>
      [keys.secret, keys.keyId].reduce((seen, key) => seen.replaceAll(key, '[secret]'), text),
  };
}
