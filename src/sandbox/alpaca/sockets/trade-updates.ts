import type { IncomingMessage } from 'node:http';

import type { WebSocket } from 'ws';

import type { ExchangeEvent } from '#core/matching/order.ts';

import { uuidOf } from '../ids.ts';
import { decimal, instant } from '../wire/format.ts';
import { orderJson } from '../wire/order.ts';
import type { Json } from '../wire/order.ts';
import { hasText, isRecord, wireFormatOf } from './wire-format.ts';

const STREAM = 'trade_updates';

/** The account's order events: authenticate, listen, then one frame an event. No replay, no sequence. */
export interface TradeUpdates {
  accept(socket: WebSocket, request: IncomingMessage): void;
  send(events: readonly ExchangeEvent[]): void;
}

export function createTradeUpdates(): TradeUpdates {
  const listening = new Set<(frame: Json) => void>();
  return {
    accept(socket, request) {
      const format = wireFormatOf(request);
      // JSON goes in binary frames too, as paper trading has it.
      const send = (frame: Json): void => socket.send(format.encode(frame), { binary: true });
      let isAuthorized = false;
      const authorize = (message: Readonly<Record<string, unknown>>): void => {
        isAuthorized = isAuthorized || hasCredentials(message);
        send(authorization(isAuthorized, 'authenticate'));
      };
      const listen = (message: Readonly<Record<string, unknown>>): void => {
        if (!isAuthorized) return send(authorization(false, 'listen'));
        const wantsUpdates = wantedStreams(message).includes(STREAM);
        // A listen replaces the list; what is not known is left out of the answer.
        if (wantsUpdates) listening.add(send);
        else listening.delete(send);
        return send({ stream: 'listening', data: { streams: wantsUpdates ? [STREAM] : [] } });
      };
      socket.on('message', (data) => {
        const message = format.decode(data);
        if (!isRecord(message)) return;
        if (message['action'] === 'authenticate' || message['action'] === 'auth')
          authorize(message);
        if (message['action'] === 'listen') listen(message);
      });
      socket.on('close', () => listening.delete(send));
    },
    send(events) {
      if (listening.size === 0) return;
      for (const event of events) {
        const frame = { stream: STREAM, data: updateJson(event) };
        for (const send of listening) send(frame);
      }
    },
  };
}

const authorization = (isAuthorized: boolean, action: string): Json => ({
  stream: 'authorization',
  data: { status: isAuthorized ? 'authorized' : 'unauthorized', action },
});

/** The old form has the keys in `data`, the new one beside the action. */
function hasCredentials(message: Readonly<Record<string, unknown>>): boolean {
  const { data, key, secret } = message;
  if (isRecord(data)) return hasText(data['key_id']) && hasText(data['secret_key']);
  return hasText(key) && hasText(secret);
}

function wantedStreams({ data }: Readonly<Record<string, unknown>>): readonly unknown[] {
  const streams = isRecord(data) ? data['streams'] : undefined;
  return Array.isArray(streams) ? streams : [];
}

/** Everything but a pending order has an execution id. */
function updateJson(event: ExchangeEvent): Json {
  const { type, order, at } = event;
  const base = { event: type, timestamp: instant(at), order: orderJson(order, null) };
  if (event.type === 'pending_new') return base;
  if (event.type !== 'fill' && event.type !== 'partial_fill') {
    return { ...base, execution_id: uuidOf(`${order.id} ${type} ${at}`) };
  }
  const { fill } = event;
  return {
    ...base,
    price: decimal(fill.price),
    qty: String(fill.quantity),
    position_qty: String(fill.positionQuantity),
    execution_id: fill.id,
  };
}
