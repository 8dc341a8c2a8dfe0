import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';

import { track } from './harness.ts';

interface SmallGateway {
  /** For the bot's `apiUrl`. */
  readonly apiUrl: string;
  /** What the bots said on their sockets: `2` identify, `6` resume. */
  readonly said: number[];
  readonly requests: string[];
  /** How many upgrades are still answered with 503. */
  refusals: number;
  drop(): void;
  stop(): Promise<void>;
}

interface Misdirections {
  /** What `GET /gateway/bot` answers; our own address where it is missing. */
  readonly gatewayUrl?: string;
  /** Where the session is to be resumed. */
  readonly resumeUrl?: string;
  /** Whether an identify is left without an answer. */
  readonly isSilent?: boolean;
}

/**
 * As much of Discord as a login needs, with the freedom to lead a bot astray: the stand-in for the
 * demo never would.
 */
export async function startSmallGateway(options: Misdirections = {}): Promise<SmallGateway> {
  const requests: string[] = [];
  const said: number[] = [];
  const clients = new Set<WebSocket>();
  let ownUrl = '';
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const answer = request.url?.endsWith('/gateway/bot')
      ? {
          url: options.gatewayUrl ?? ownUrl,
          shards: 1,
          session_start_limit: { total: 1000, remaining: 999, reset_after: 0, max_concurrency: 1 },
        }
      : [];
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  ownUrl = `ws://127.0.0.1:${port}`;

  const sockets = new WebSocketServer({ noServer: true });
  const gateway: SmallGateway = {
    apiUrl: `http://127.0.0.1:${port}/api`,
    said,
    requests,
    refusals: 0,
    drop: () => clients.forEach((client) => client.terminate()),
    async stop() {
      gateway.drop();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('upgrade', (request, socket, head) => {
    if (gateway.refusals > 0) {
      gateway.refusals -= 1;
      socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      clients.add(client);
      client.on('close', () => clients.delete(client));
      client.on('message', (data) => {
        const { op } = JSON.parse((data as Buffer).toString()) as { op: number };
        if (op === 2 || op === 6) said.push(op);
        if (op === 2 && options.isSilent !== true) client.send(ready(options.resumeUrl ?? ownUrl));
      });
      client.send(JSON.stringify({ op: 10, d: { heartbeat_interval: 40_000 } }));
    });
  });
  return track(gateway);
}

const ready = (resumeUrl: string): string =>
  JSON.stringify({
    op: 0,
    t: 'READY',
    s: 1,
    d: {
      v: 10,
      user: {
        id: SANDBOX_DISCORD.applicationId,
        username: 'bot',
        discriminator: '0',
        avatar: null,
      },
      guilds: [],
      session_id: 'session',
      resume_gateway_url: resumeUrl,
      application: { id: SANDBOX_DISCORD.applicationId, flags: 0 },
    },
  });
