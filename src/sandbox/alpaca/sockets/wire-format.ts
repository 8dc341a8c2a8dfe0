import type { IncomingMessage } from 'node:http';

import { decode, encode } from '@msgpack/msgpack';
import type { RawData } from 'ws';

/** How a socket speaks: MessagePack when the upgrade asked for it, else JSON. */
export interface WireFormat {
  readonly isMsgpack: boolean;
  /** JSON as text; what needs another frame makes one of it. */
  encode(message: unknown): string | Uint8Array;
  /** Undefined when it cannot be read. */
  decode(data: RawData): unknown;
}

export function wireFormatOf(request: IncomingMessage): WireFormat {
  const isMsgpack = (request.headers['content-type'] ?? '').includes('msgpack');
  return {
    isMsgpack,
    encode: (message) => (isMsgpack ? encode(message) : JSON.stringify(message)),
    decode(data) {
      try {
        const bytes = bytesOf(data);
        return isMsgpack ? decode(bytes) : JSON.parse(bytes.toString('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

export const hasText = (value: unknown): value is string =>
  typeof value === 'string' && value !== '';

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
