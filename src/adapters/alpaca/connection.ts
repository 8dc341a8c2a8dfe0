import { Alpaca } from '@alpacahq/alpaca-trade-api';

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

/** Where each origin that the SDK asks for really leads. Any other origin is refused. */
function originsOf(connection: AlpacaConnection): ReadonlyMap<string, string> {
  if (connection.kind !== 'stand-in') {
    const trading = TRADING_HOST[connection.kind];
    return new Map([
      [trading, trading],
      [DATA_HOST, DATA_HOST],
    ]);
  }
  const base = new URL(connection.url);
  if (base.protocol !== 'http:' || !LOOPBACK.test(base.hostname)) {
    throw new Error(`an Alpaca stand-in must be on a loopback address, not at ${base.origin}`);
  }
  const target = base.href.replace(/\/$/, '');
  return new Map([
    [TRADING_HOST.paper, target],
    [DATA_HOST, target],
  ]);
}

/** A fetch that reaches only the origins of its connection; the SDK itself has no such switch. */
export function guardedFetch(connection: AlpacaConnection) {
  const origins = originsOf(connection);
  return async (url: string | URL, init?: RequestInit): Promise<Response> => {
    const asked = new URL(url);
    const target = origins.get(asked.origin);
    if (target === undefined) {
      throw new Error(
        `refused to contact ${asked.origin}: not an address of this ${connection.kind} connection`,
      );
    }
    return fetch(`${target}${asked.pathname}${asked.search}`, init);
  };
}

export interface AlpacaClient {
  readonly sdk: Alpaca;
  /** Socket addresses; the SDK's own where undefined. */
  readonly tradeStreamUrl: string | undefined;
  readonly dataStreamUrl: (feed: string) => string | undefined;
}

/** One SDK client for a connection. */
export function createAlpacaClient(connection: AlpacaConnection): AlpacaClient {
  const isStandIn = connection.kind === 'stand-in';
  const sdk = new Alpaca({
    keyId: isStandIn ? 'sandbox-key' : connection.keyId,
    secret: isStandIn ? 'sandbox-secret' : connection.secret,
    paper: connection.kind !== 'live',
    fetchApi: guardedFetch(connection),
    timeoutMs: 15_000,
    // A replay at full speed makes more requests in a minute than Alpaca would take; the stand-in takes them.
    ...(isStandIn ? { rateLimit: false as const } : {}),
  });
  const sockets = isStandIn ? connection.url.replace(/^http/, 'ws').replace(/\/$/, '') : null;
  return {
    sdk,
    tradeStreamUrl: sockets === null ? undefined : `${sockets}/stream`,
    dataStreamUrl: (feed) => (sockets === null ? undefined : `${sockets}/v2/${feed}`),
  };
}
