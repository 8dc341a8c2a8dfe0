import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import { getRequestListener } from '@hono/node-server';

export interface ListenOptions {
  readonly fetch: (request: Request, env: object) => Response | Promise<Response>;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
}

export interface Listening {
  /** For upgrades to web sockets. */
  readonly server: Server;
  /** `http://127.0.0.1:8420` */
  readonly url: string;
  /** Ends also what is still open. */
  readonly close: () => Promise<void>;
}

/** Serves HTTP. Throws an Error whose message is one line with the cure when the port cannot be had. */
export async function listen({
  fetch,
  port,
  host = '127.0.0.1',
}: ListenOptions): Promise<Listening> {
  const server = createServer(getRequestListener(fetch, { overrideGlobalObjects: false }));
  // Connections upgraded to web sockets are no longer the server's to close, so all are kept here.
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new Error(portProblem(error, `${host}:${port}`), { cause: error });
  }
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    server,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function portProblem(error: unknown, address: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return `${address} is taken by another program; set PORT to a free one, or PORT=0 for any`;
  }
  if (code === 'EACCES')
    return `${address} may not be used by this user; set PORT to one above 1023`;
  return `${address} cannot be listened on: ${error instanceof Error ? error.message : String(error)}`;
}
