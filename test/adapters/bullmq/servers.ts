import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { QueueConnection } from '#adapters/bullmq/backend.ts';
import { freePort } from '#adapters/postgres/free-port.ts';
import { freshDatabase } from '#test/support/database.ts';

export interface QueueServer {
  readonly connection: QueueConnection;
  readonly stop: () => Promise<void>;
}

/** A server that queues can live on, and why it cannot be had here, if so. */
export interface QueueServerKind {
  readonly name: string;
  readonly missing: string | null;
  readonly start: () => Promise<QueueServer>;
}

async function startPostgres(): Promise<QueueServer> {
  const { url, drop } = await freshDatabase();
  return { connection: { kind: 'postgres', url }, stop: drop };
}

const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
const givenRedis = process.env['REDIS_URL'];

/** A server of our own on a free port, gone with the tests; else the one that REDIS_URL names. */
async function startRedis(): Promise<QueueServer> {
  const prefix = `bracketeer-test-${process.pid}`;
  if (!hasRedis) {
    const connection = { kind: 'redis', url: givenRedis ?? '', prefix } as const;
    return { connection, stop: () => Promise.resolve() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'bracketeer-redis-'));
  const port = await freePort();
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  for await (const chunk of server.stdout) {
    if (String(chunk).includes('Ready to accept connections')) break;
  }
  return {
    connection: { kind: 'redis', url: `redis://127.0.0.1:${port}`, prefix },
    stop: async () => {
      server.kill();
      await once(server, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

export const QUEUE_SERVERS: readonly QueueServerKind[] = [
  { name: 'PostgreSQL', missing: null, start: startPostgres },
  {
    name: 'Redis',
    missing: hasRedis || givenRedis !== undefined ? null : 'no redis-server here, and no REDIS_URL',
    start: startRedis,
  },
];
