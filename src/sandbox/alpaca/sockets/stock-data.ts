import type { IncomingMessage } from 'node:http';

import type { Bar } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';

import { instant } from '../wire/format.ts';
import { barFigures } from '../wire/market-data.ts';
import { rememberFrames } from './faults.ts';
import type { Faults } from './faults.ts';
import type { Line } from './line.ts';
import { hasText, isRecord } from './wire-format.ts';

/** Stock data: welcome, authentication, subscriptions, then bars as they end. */
export interface StockData {
  accept(line: Line, request: IncomingMessage): void;
  send(bars: readonly (readonly [Ticker, Bar])[]): void;
  /** A frame of a test, as it is, to whoever is authenticated. */
  inject(frame: object): void;
  /** The bars of the last bar ends once more. */
  resend(count: number): void;
}

const CHANNELS = [
  'trades',
  'quotes',
  'bars',
  'updatedBars',
  'dailyBars',
  'statuses',
  'lulds',
] as const;
type Channel = (typeof CHANNELS)[number];
type Message = Readonly<Record<string, unknown>>;

const ERRORS = {
  400: 'invalid syntax',
  401: 'not authenticated',
  402: 'auth failed',
  403: 'already authenticated',
  404: 'auth timeout',
  405: 'symbol limit exceeded',
  406: 'connection limit exceeded',
} as const;

interface Client {
  readonly line: Line;
  readonly subscribed: Readonly<Record<Channel, Set<string>>>;
  isAuthenticated: boolean;
}

export function createStockData(): StockData {
  const clients = new Set<Client>();
  const sent = rememberFrames<readonly (readonly [Ticker, Bar])[]>();
  const sendAll = (bars: readonly (readonly [Ticker, Bar])[]): void => {
    for (const client of clients) sendBars(client, bars);
  };
  return {
    accept(line, request) {
      const client: Client = { line, subscribed: emptySubscription(), isAuthenticated: false };
      clients.add(client);
      line.onClose(() => clients.delete(client));
      line.onMessage((message) => handle(client, message));
      say(client, { T: 'success', msg: 'connected' });
      const { 'apca-api-key-id': key, 'apca-api-secret-key': secret } = request.headers;
      if (hasText(key) && hasText(secret)) authenticate(client, { key, secret });
    },
    send(bars) {
      if (clients.size === 0) return;
      sent.add(bars);
      sendAll(bars);
    },
    inject(frame) {
      for (const { line, isAuthenticated } of clients) {
        if (isAuthenticated) line.tell(line.format.encode([frame]));
      }
    },
    resend(count) {
      for (const bars of sent.last(count)) sendAll(bars);
    },
  };
}

const emptySubscription = () => ({
  trades: new Set<string>(),
  quotes: new Set<string>(),
  bars: new Set<string>(),
  updatedBars: new Set<string>(),
  dailyBars: new Set<string>(),
  statuses: new Set<string>(),
  lulds: new Set<string>(),
});

/** Control messages come in arrays of one. */
const say = ({ line }: Client, message: object): void => line.answer(line.format.encode([message]));

const fail = (client: Client, code: keyof typeof ERRORS): void =>
  say(client, { T: 'error', code, msg: ERRORS[code] });

function handle(client: Client, message: unknown): void {
  if (!isRecord(message)) return fail(client, 400);
  if (message['action'] === 'auth') return authenticate(client, message);
  if (message['action'] !== 'subscribe' && message['action'] !== 'unsubscribe') {
    return fail(client, 400);
  }
  if (!client.isAuthenticated) return fail(client, 401);
  return subscribe(client, message, message['action']);
}

function authenticate(client: Client, message: Message): void {
  if (client.isAuthenticated) return fail(client, 403);
  if (!hasText(message['key']) || !hasText(message['secret'])) return fail(client, 402);
  const refusal = authenticationFault(client.line.faults);
  if (refusal !== null) {
    fail(client, refusal);
    return client.line.close();
  }
  client.isAuthenticated = true;
  return say(client, { T: 'success', msg: 'authenticated' });
}

function authenticationFault(faults: Faults): 404 | 406 | null {
  if (faults.authTimeoutsLeft > 0) {
    faults.authTimeoutsLeft -= 1;
    return 404;
  }
  return faults.isAtConnectionLimit ? 406 : null;
}

/** Adds to the subscription or takes from it; the answer is always the whole of it. */
function subscribe(client: Client, message: Message, action: 'subscribe' | 'unsubscribe'): void {
  const { line } = client;
  const { symbolLimit } = line.faults;
  const isTooMuch = ([, symbols]: Change): boolean =>
    action === 'subscribe' && symbolLimit !== null && symbols.size > symbolLimit;
  // The list stays as it was.
  if (changesOf(client, message, action).some(isTooMuch)) return fail(client, 405);
  return line.soon(() => {
    for (const [channel, symbols] of changesOf(client, message, action)) {
      replaceAll(client.subscribed[channel], symbols);
    }
    acknowledge(client);
  });
}

type Change = readonly [channel: Channel, symbols: ReadonlySet<string>];

const changesOf = (
  { subscribed }: Client,
  message: Message,
  action: 'subscribe' | 'unsubscribe',
): readonly Change[] =>
  CHANNELS.map((channel) => {
    const named = message[channel];
    const symbols = new Set(Array.isArray(named) ? named.filter(hasText) : []);
    const known = [...subscribed[channel]];
    const kept = action === 'subscribe' ? known : known.filter((symbol) => !symbols.has(symbol));
    return [channel, new Set(action === 'subscribe' ? [...kept, ...symbols] : kept)];
  });

function replaceAll(set: Set<string>, values: ReadonlySet<string>): void {
  set.clear();
  for (const value of values) set.add(value);
}

function acknowledge(client: Client): void {
  const { subscribed } = client;
  const list = Object.fromEntries(CHANNELS.map((channel) => [channel, [...subscribed[channel]]]));
  // Corrections and cancellations come with the trades.
  const trades = [...subscribed.trades];
  say(client, { T: 'subscription', ...list, corrections: trades, cancelErrors: trades });
}

/** All of a bar end's bars in one frame. */
function sendBars({ line, subscribed }: Client, bars: readonly (readonly [Ticker, Bar])[]): void {
  const { bars: wanted } = subscribed;
  if (wanted.size === 0) return;
  const frames = bars
    .filter(([symbol]) => wanted.has('*') || wanted.has(symbol))
    .map(([symbol, bar]) => ({
      T: 'b',
      S: symbol,
      ...barFigures(bar),
      // A date becomes MessagePack's own timestamp.
      t: line.format.isMsgpack ? new Date(bar.start) : instant(bar.start),
    }));
  if (frames.length > 0) line.tell(line.format.encode(frames));
}
