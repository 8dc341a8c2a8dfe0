import type { ExchangeEvent } from '#core/matching/order.ts';

import { uuidOf } from '../ids.ts';
import { decimal, instant } from '../wire/format.ts';
import { orderJson } from '../wire/order.ts';
import type { Json } from '../wire/order.ts';
import { rememberFrames } from './faults.ts';
import type { Line } from './line.ts';
import { hasText, isRecord } from './wire-format.ts';

const STREAM = 'trade_updates';

/** The account's order events: authenticate, listen, then one frame an event. No replay, no sequence. */
export interface TradeUpdates {
  accept(line: Line): void;
  send(events: readonly ExchangeEvent[]): void;
  /** A frame of a test, as it is, to whoever listens. */
  inject(frame: object): void;
  /** The last frames once more. */
  resend(count: number): void;
}

type Message = Readonly<Record<string, unknown>>;

export function createTradeUpdates(): TradeUpdates {
  const listening = new Set<Line>();
  const frames = rememberFrames<object>();
  const tellAll = (frame: object): void => {
    for (const line of listening) line.tell(bytesOf(line, frame));
  };
  return {
    accept(line) {
      let isAuthorized = false;
      const answer = (frame: Json): void => line.answer(bytesOf(line, frame));
      const authorize = (message: Message): void => {
        isAuthorized = isAuthorized || hasCredentials(message);
        answer(authorization(isAuthorized, 'authenticate'));
      };
      const listen = (message: Message): void => {
        if (!isAuthorized) return answer(authorization(false, 'listen'));
        const wantsUpdates = wantedStreams(message).includes(STREAM);
        return line.soon(() => {
          // A listen replaces the list; what is not known is left out of the answer.
          if (wantsUpdates) listening.add(line);
          else listening.delete(line);
          answer({ stream: 'listening', data: { streams: wantsUpdates ? [STREAM] : [] } });
        });
      };
      line.onMessage((message) => {
        if (!isRecord(message)) return;
        if (message['action'] === 'authenticate' || message['action'] === 'auth')
          authorize(message);
        if (message['action'] === 'listen') listen(message);
      });
      line.onClose(() => listening.delete(line));
    },
    send(events) {
      if (listening.size === 0) return;
      for (const event of events) {
        const frame = { stream: STREAM, data: updateJson(event) };
        frames.add(frame);
        tellAll(frame);
      }
    },
    inject: tellAll,
    resend(count) {
      for (const frame of frames.last(count)) tellAll(frame);
    },
  };
}

/** JSON goes in binary frames too, as paper trading has it. */
function bytesOf({ format }: Line, frame: object): Uint8Array {
  const data = format.encode(frame);
  return typeof data === 'string' ? Buffer.from(data) : data;
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
