import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import type { StockData } from './stock-data.ts';
import type { TradeUpdates } from './trade-updates.ts';

const FEED = /^\/v2\/(?:iex|sip|delayed_sip|test)$/;

interface UpgradableServer {
  on(
    event: 'upgrade',
    listener: (request: IncomingMessage, socket: Duplex, head: Buffer) => void,
  ): unknown;
}

export interface Sockets {
  /** Ends every connection at once. */
  close(): void;
}

/** Hangs both sockets on the server: `/stream` and `/v2/{feed}`. */
export function attachSockets(
  server: UpgradableServer,
  { tradeUpdates, stockData }: { tradeUpdates: TradeUpdates; stockData: StockData },
): Sockets {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, stream, head) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const target = path === '/stream' ? tradeUpdates : FEED.test(path) ? stockData : null;
    if (target === null) {
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket: WebSocket) => {
      // A client that vanishes is no error of ours.
      socket.on('error', () => socket.terminate());
      target.accept(socket, request);
    });
  });
  return {
    close() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
    },
  };
}
