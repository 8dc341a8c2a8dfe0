import type { IncomingMessage } from 'node:http';

import type { WebSocket } from 'ws';

import type { Bar } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';

import { instant } from '../wire/format.ts';
import { barFigures } from '../wire/market-data.ts';
import { hasText, isRecord, wireFormatOf } from './wire-format.ts';
import type { WireFormat } from './wire-format.ts';

/** Stock data: welcome, authentication, subscriptions, then bars as they end. */
export interface StockData {
  accept(socket: WebSocket, request: IncomingMessage): void;
  send(bars: readonly (readonly [Ticker, Bar])[]): void;
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
} as const;

interface Client {
  readonly socket: WebSocket;
  readonly format: WireFormat;
  readonly subscribed: Readonly<Record<Channel, Set<string>>>;
  isAuthenticated: boolean;
}

export function createStockData(): StockData {
  const clients = new Set<Client>();
  return {
    accept(socket, request) {
      const client: Client = {
        socket,
        format: wireFormatOf(request),
        subscribed: emptySubscription(),
        isAuthenticated: false,
      };
      clients.add(client);
      socket.on('close', () => clients.delete(client));
      socket.on('message', (data) => handle(client, client.format.decode(data)));
      say(client, { T: 'success', msg: 'connected' });
      const { 'apca-api-key-id': key, 'apca-api-secret-key': secret } = request.headers;
      if (hasText(key) && hasText(secret)) authenticate(client, { key, secret });
    },
    send(bars) {
      for (const client of clients) sendBars(client, bars);
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
const say = ({ socket, format }: Client, message: object): void =>
  socket.send(format.encode([message]));

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
  client.isAuthenticated = true;
  return say(client, { T: 'success', msg: 'authenticated' });
}

/** Adds to the subscription or takes from it; the answer is always the whole of it. */
function subscribe(client: Client, message: Message, action: 'subscribe' | 'unsubscribe'): void {
  const { subscribed } = client;
  for (const channel of CHANNELS) {
    const symbols = message[channel];
    if (!Array.isArray(symbols)) continue;
    for (const symbol of symbols.filter(hasText)) {
      if (action === 'subscribe') subscribed[channel].add(symbol);
      else subscribed[channel].delete(symbol);
    }
  }
  const list = Object.fromEntries(CHANNELS.map((channel) => [channel, [...subscribed[channel]]]));
  // Corrections and cancellations come with the trades.
  const trades = [...subscribed.trades];
  say(client, { T: 'subscription', ...list, corrections: trades, cancelErrors: trades });
}

/** All of a bar end's bars in one frame. */
function sendBars(client: Client, bars: readonly (readonly [Ticker, Bar])[]): void {
  const { bars: wanted } = client.subscribed;
  if (wanted.size === 0) return;
  const frames = bars
    .filter(([symbol]) => wanted.has('*') || wanted.has(symbol))
    .map(([symbol, bar]) => ({
      T: 'b',
      S: symbol,
      ...barFigures(bar),
      // A date becomes MessagePack's own timestamp.
      t: client.format.isMsgpack ? new Date(bar.start) : instant(bar.start),
    }));
  if (frames.length > 0) client.socket.send(client.format.encode(frames));
}
