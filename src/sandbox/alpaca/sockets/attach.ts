import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { noFaults, systemTimers } from './faults.ts';
import type { Faults, SocketControls, Timers } from './faults.ts';
import { createLine } from './line.ts';
import type { Line } from './line.ts';
import type { StockData } from './stock-data.ts';
import type { TradeUpdates } from './trade-updates.ts';

const FEED = /^\/v2\/(?:iex|sip|delayed_sip|test)$/;

interface UpgradableServer {
  on(
    event: 'upgrade',
    listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
  ): unknown;
}

interface Streams {
  readonly tradeUpdates: TradeUpdates;
  readonly stockData: StockData;
}

export interface Sockets {
  readonly controls: SocketControls;
  /** Ends every connection at once. */
  close(): void;
}

/** Hangs both sockets on the server: `/stream` and `/v2/{feed}`. */
export function attachSockets(
  server: UpgradableServer,
  streams: Streams,
  timers: Timers = systemTimers,
): Sockets {
  const { tradeUpdates, stockData } = streams;
  const sockets = new WebSocketServer({ noServer: true });
  const faults = noFaults(timers);
  const lines = new Map<WebSocket, Line>();
  server.on('upgrade', (request, stream, head) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const target = path === '/stream' ? tradeUpdates : FEED.test(path) ? stockData : null;
    if (target === null) return refuse(stream, 404);
    if (faults.refusals.left > 0) {
      faults.refusals.left -= 1;
      return refuse(stream, faults.refusals.status);
    }
    return sockets.handleUpgrade(request, stream, head, (socket: WebSocket) => {
      const line = createLine(socket, request, faults);
      lines.set(socket, line);
      socket.on('close', () => lines.delete(socket));
      // A client that vanishes is no error of ours.
      socket.on('error', () => socket.terminate());
      target.accept(line, request);
    });
  });
  return {
    controls: controlsOf(faults, lines, streams),
    close() {
      for (const socket of lines.keys()) socket.terminate();
      sockets.close();
    },
  };
}

const REASONS: Readonly<Record<number, string>> = {
  404: 'Not Found',
  429: 'Too Many Requests',
};

function refuse(stream: Duplex, status: number): void {
  stream.end(`HTTP/1.1 ${status} ${REASONS[status] ?? 'Refused'}\r\nConnection: close\r\n\r\n`);
}

function controlsOf(
  faults: Faults,
  lines: ReadonlyMap<WebSocket, Line>,
  { tradeUpdates, stockData }: Streams,
): SocketControls {
  return {
    connections: () => lines.size,
    drop() {
      for (const socket of lines.keys()) socket.terminate();
    },
    refuseUpgrades(count, status = 429) {
      faults.refusals = { left: count, status };
    },
    delayAcks(ms) {
      faults.ackDelayMs = ms;
    },
    mute(on) {
      faults.isMute = on;
    },
    halfOpen() {
      for (const line of lines.values()) line.goSilent();
    },
    authTimeout(count) {
      faults.authTimeoutsLeft = count;
    },
    connectionLimit(on) {
      faults.isAtConnectionLimit = on;
    },
    symbolLimit(count) {
      faults.symbolLimit = count;
    },
    inject(stream, frame) {
      if (stream === 'orders') tradeUpdates.inject(frame);
      else stockData.inject(frame);
    },
    resend(count, stream = 'orders') {
      if (stream === 'orders') tradeUpdates.resend(count);
      else stockData.resend(count);
    },
  };
}
