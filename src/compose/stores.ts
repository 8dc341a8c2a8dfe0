import type { QueueConnection } from '#adapters/bullmq/backend.ts';
import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import type { Config } from '#config';
import type { Logger } from '#ports/logger.ts';

import type { Lifecycle } from './lifecycle.ts';

export interface Stores {
  readonly databaseUrl: string;
  /** Whether the server is our own, which nobody starts again. */
  readonly isEmbedded: boolean;
  /** Without credentials. */
  readonly databaseName: string;
  readonly queueConnection: QueueConnection;
  readonly queueName: string;
}

/** Whose stores they are. */
interface Owner {
  /** Name of the embedded server's database. */
  readonly database: string;
  /** The account's id or the sandbox's key: bots that share a Redis server must not take each other's jobs. */
  readonly key: string;
}

const placeOf = (url: string): string => {
  const { hostname, port, pathname } = new URL(url);
  return `${hostname}${port === '' ? '' : `:${port}`}${pathname === '/' ? '' : pathname}`;
};

/** The database and the queue: the embedded server unless the settings name others. */
export async function openStores(
  config: Config,
  { database, key }: Owner,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<Stores> {
  const given = config.databaseUrl?.reveal() ?? null;
  const databaseUrl = given ?? (await openEmbedded(config, database, lifecycle, log));
  const redisUrl = config.redisUrl?.reveal() ?? null;
  return {
    databaseUrl,
    isEmbedded: given === null,
    databaseName: given === null ? 'embedded PostgreSQL' : `PostgreSQL at ${placeOf(given)}`,
    queueConnection:
      redisUrl === null
        ? { kind: 'postgres', url: databaseUrl }
        : {
            kind: 'redis',
            url: redisUrl,
            prefix: `bracketeer-${config.mode}-${key}`.toLowerCase(),
          },
    queueName:
      redisUrl === null ? 'BullMQ on PostgreSQL' : `BullMQ on Redis at ${placeOf(redisUrl)}`,
  };
}

async function openEmbedded(
  config: Config,
  database: string,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<string> {
  const isFresh = config.mode === 'SANDBOX' && config.fresh;
  const server = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    database,
    // The sandbox may be lost when the machine itself goes down; what is about money may not.
    durable: config.mode !== 'SANDBOX',
    ...(isFresh ? { recreate: true } : {}),
    log,
  });
  lifecycle.onClose('embedded PostgreSQL', () => server.stop());
  return server.url;
}
