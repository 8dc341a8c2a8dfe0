import {
  createPostgresBackend,
  FlowProducer,
  isPgPool,
  Queue,
  runMigrations,
  withBackend,
  Worker,
} from 'bullmq';
import type { Job, QueueOptions, WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';
import { Pool } from 'pg';

import type { TroubleLog } from './trouble.ts';

export type QueueConnection =
  | { readonly kind: 'postgres'; readonly url: string }
  | {
      readonly kind: 'redis';
      readonly url: string;
      /** Of all keys, so that several bots can share a server: each has its own. */
      readonly prefix: string;
    };

export type JobPayload = Readonly<Record<string, unknown>>;
export type QueuedJob = Job<JobPayload, void>;
type Process = (job: QueuedJob) => Promise<void>;

export interface JobsOfQueue extends Pick<
  Queue<JobPayload, void>,
  | 'add'
  | 'getJobState'
  | 'getJobCounts'
  | 'getJobScheduler'
  | 'getWorkersCount'
  | 'upsertJobScheduler'
  | 'removeJobScheduler'
  | 'obliterate'
  | 'close'
> {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface JobsWorker extends Pick<
  Worker<JobPayload, void>,
  'run' | 'pause' | 'close' | 'waitUntilReady'
> {
  on(event: 'completed', listener: (job: QueuedJob) => void): unknown;
  on(event: 'failed', listener: (job: QueuedJob | undefined) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Adds jobs that wait for others: a parent runs when all of its children have ended. */
export interface JobFlows extends Pick<FlowProducer, 'add' | 'close'> {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

/** Where the jobs live. */
export interface Backend {
  flows(): JobFlows;
  queue(name: string, options: Omit<QueueOptions, 'connection'>): JobsOfQueue;
  worker(name: string, process: Process, options: Omit<WorkerOptions, 'connection'>): JobsWorker;
  close(): Promise<void>;
}

/** Connections beside the one on which each worker listens. */
const QUERY_CONNECTIONS = 4;

const placeOf = (url: string): string => new URL(url).host;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/**
 * Jobs in tables of the schema `bullmq`, made if need be, beside the ledger's. All queues share one pool,
 * of which every worker keeps one connection, to be told of new jobs.
 */
async function openPostgres(url: string, workers: number, trouble: TroubleLog): Promise<Backend> {
  const pool = new Pool({
    connectionString: url,
    max: workers + QUERY_CONNECTIONS,
    options: '-c search_path=bullmq',
    application_name: 'bracketeer queue',
    keepAlive: true,
  });
  pool.setMaxListeners(0);
  pool.on('error', trouble.report);
  // The pool hears for a connection only while it rests; one that is lost at work tells nobody else.
  pool.on('connect', (client) => client.on('error', trouble.report));
  try {
    const client = await pool.connect();
    await runMigrations(client).finally(() => client.release());
  } catch (cause) {
    await pool.end();
    throw new Error(
      `The queue's database at ${placeOf(url)} cannot be used (${codeOf(cause)}): start it, or correct DATABASE_URL`,
      { cause },
    );
  }
  // Its own description of a pool is narrower than that of pg.
  if (!isPgPool(pool)) throw new TypeError('BullMQ does not take this pool of pg');
  const onPostgres = withBackend(createPostgresBackend);
  return {
    flows: () => new onPostgres.FlowProducer({ connection: pool }),
    queue: (name, options) => new onPostgres.Queue(name, { ...options, connection: pool }),
    worker: (name, process, options) =>
      new onPostgres.Worker(name, process, { ...options, connection: pool }),
    close: () => pool.end(),
  };
}

/** Jobs on a Redis server. Queues share one connection; each worker has one more to wait on. */
async function openRedis(url: string, prefix: string, troubles: TroubleLog): Promise<Backend> {
  // A worker waits for as long as it takes; commands are held back while the server is away.
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: null });
  let trouble: Error | null = null;
  redis.on('error', (error) => {
    trouble = error;
    troubles.report(error);
  });
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    // The connection's own error says more than the one of the call.
    const reason = codeOf(trouble ?? error);
    throw new Error(
      `Redis at ${placeOf(url)} cannot be reached (${reason}): start it, or correct REDIS_URL, ` +
        'or unset it to keep the queue in PostgreSQL',
      { cause: error },
    );
  }
  return {
    flows: () => new FlowProducer({ connection: redis, prefix }),
    queue: (name, options) => new Queue(name, { ...options, connection: redis, prefix }),
    worker: (name, process, options) =>
      new Worker(name, process, { ...options, connection: redis, prefix }),
    close: async () => {
      redis.disconnect();
    },
  };
}

/**
 * @param workers how many workers this process may start.
 * @throws Error, one line with the cure, when the server cannot be used.
 */
export const openBackend = (
  connection: QueueConnection,
  workers: number,
  trouble: TroubleLog,
): Promise<Backend> =>
  connection.kind === 'postgres'
    ? openPostgres(connection.url, workers, trouble)
    : openRedis(connection.url, connection.prefix, trouble);
