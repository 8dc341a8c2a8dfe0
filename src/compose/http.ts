import type { Server } from 'node:http';

import { Hono } from 'hono';

import { listen } from '#adapters/system/listen.ts';

import type { Lifecycle } from './lifecycle.ts';

/** The bot's one port. It is taken before anything else starts, and says so until the bot is up. */
export interface HttpPort {
  readonly url: string;
  readonly server: Server;
  /** From now on these answer; the first one with a route for a path takes it. */
  serve(app: Hono): void;
}

const starting = new Hono();
starting.get('/healthz', (context) => context.json({ status: 'ok' }));
starting.all('*', (context) => context.json({ ready: false, status: 'starting' }, 503));

export async function openHttp(port: number, lifecycle: Lifecycle): Promise<HttpPort> {
  let app = starting;
  const { server, url, close } = await listen({
    port,
    fetch: (request, env) => app.fetch(request, env),
  });
  lifecycle.onClose('http', close);
  return {
    url,
    server,
    serve: (started) => {
      app = started;
    },
  };
}
