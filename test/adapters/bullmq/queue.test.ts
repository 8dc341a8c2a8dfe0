import { createPostgresBackend, Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { createJobQueue } from '#adapters/bullmq/queue.ts';
import type { JobQueue, JobQueueOptions } from '#adapters/bullmq/queue.ts';
import type { RunnableJob, SettledRun } from '#adapters/bullmq/workers.ts';
import type { JobSchedule } from '#app/job.ts';
import { silentLog } from '#test/support/log.ts';

import { QUEUE_SERVERS } from './servers.ts';
import type { QueueServer } from './servers.ts';

const DUE = 1_764_171_000_000;
const BAR_CLOSE: JobSchedule = { kind: 'bar-close', settleMs: 5_000 };

let names = 0;
/** A queue of its own for each test, on one server. */
const jobNamed = (run: RunnableJob['run'], schedule: JobSchedule = BAR_CLOSE): RunnableJob => ({
  name: `job-${(names += 1)}`,
  schedule,
  run,
});

/** What a job was called with, and a way to wait for the nth call. */
function recorder() {
  const calls: [unknown, number][] = [];
  const waiting: (() => void)[] = [];
  return {
    calls,
    run: async (payload: unknown, dueAt: number) => {
      calls.push([payload, dueAt]);
      for (const look of waiting) look();
    },
    called: (times: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (calls.length >= times) resolve();
        };
        waiting.push(look);
        look();
      }),
  };
}

for (const kind of QUEUE_SERVERS) {
  const title = kind.missing === null ? kind.name : `${kind.name} (skipped: ${kind.missing})`;
  describe.skipIf(kind.missing !== null)(`the queue on ${title}`, () => {
    let server: QueueServer;
    const open: JobQueue[] = [];

    beforeAll(async () => {
      server = await kind.start();
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((queue) => queue.close()));
    });
    afterAll(() => server.stop());

    const openQueue = async (
      jobs: readonly RunnableJob[],
      options: Partial<JobQueueOptions> = {},
    ): Promise<JobQueue> => {
      const { connection } = server;
      const basics = { connection, jobs, barMinutes: 5, log: silentLog };
      const queue = await createJobQueue({ ...basics, firstRetryMs: 1, ...options });
      open.push(queue);
      return queue;
    };

    /** BullMQ's own view of a job's queue. */
    const inspect = async <T>(
      name: string,
      look: (queue: Pick<Queue, 'getJobSchedulers' | 'getDelayed' | 'obliterate'>) => Promise<T>,
    ): Promise<T> => {
      const { connection } = server;
      if (connection.kind === 'postgres') {
        const queue = new Queue(name, { connection: connection.url }, createPostgresBackend);
        return look(queue).finally(() => queue.close());
      }
      const redis = new Redis(connection.url, { maxRetriesPerRequest: null });
      const queue = new Queue(name, { connection: redis, prefix: connection.prefix });
      return look(queue).finally(async () => {
        await queue.close();
        redis.disconnect();
      });
    };

    it('runs a job for a due time once, however often it is asked for', async () => {
      const { calls, run } = recorder();
      const job = jobNamed(run);
      const queue = await openQueue([job]);
      await queue.startWorkers();
      await Promise.all([queue.runDue(job.name, DUE), queue.runDue(job.name, DUE)]);
      await queue.runDue(job.name, DUE);
      await queue.runDue(job.name, DUE + 1);
      expect(calls).toEqual([
        [{ dueAt: DUE }, DUE],
        [{ dueAt: DUE + 1 }, DUE + 1],
      ]);
    });

    it('knows after a restart what has run', async () => {
      const { calls, run } = recorder();
      const job = jobNamed(run);
      const first = await openQueue([job]);
      await first.startWorkers();
      await first.runDue(job.name, DUE);
      await first.close();
      const second = await openQueue([job]);
      await second.startWorkers();
      await second.runDue(job.name, DUE);
      expect(calls).toHaveLength(1);
    });

    it('resolves also when another process runs the job', async () => {
      const { calls, run } = recorder();
      const job = jobNamed(run);
      const asking = await openQueue([job]);
      const working = await openQueue([job]);
      await working.startWorkers();
      await asking.runDue(job.name, DUE);
      expect(calls).toHaveLength(1);
    });

    it('runs one job of a name at a time, and other names beside it', async () => {
      const events: string[] = [];
      const mayEnd = Promise.withResolvers<void>();
      const slow = jobNamed(async () => {
        events.push('begin');
        await mayEnd.promise;
        events.push('end');
      });
      const quick = jobNamed(() => Promise.resolve());
      const queue = await openQueue([slow, quick]);
      await queue.startWorkers();
      const all = Promise.all([0, 1, 2].map((offset) => queue.runDue(slow.name, DUE + offset)));
      await queue.runDue(quick.name, DUE);
      mayEnd.resolve();
      await all;
      expect(events).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end']);
    });

    it('tries a job that throws again', async () => {
      const runs: SettledRun[] = [];
      let attempts = 0;
      const job = jobNamed(async () => {
        attempts += 1;
        if (attempts < 3) throw new Error(`no ${attempts}`);
      });
      const queue = await openQueue([job], { onSettled: (run) => runs.push(run) });
      await queue.startWorkers();
      await queue.runDue(job.name, DUE);
      expect(runs.map(({ outcome, error, dueAt }) => [outcome, error, dueAt])).toEqual([
        ['failed', 'no 1', DUE],
        ['failed', 'no 2', DUE],
        ['completed', null, DUE],
      ]);
    });

    it('gives a job up after five attempts, lets go who waits, and counts it', async () => {
      let attempts = 0;
      const job = jobNamed(async () => {
        attempts += 1;
        throw new Error('never');
      });
      const queue = await openQueue([job]);
      await queue.startWorkers();
      await queue.runDue(job.name, DUE);
      expect(attempts).toBe(5);
      expect(await queue.state()).toEqual({ waiting: 0, failed: 1 });
    });

    it('keeps added jobs until a worker starts, an id only once', async () => {
      const { calls, run, called } = recorder();
      const job = jobNamed(run);
      const queue = await openQueue([job]);
      await queue.add(job.name, { card: 1 }, { id: 'a:b:c:d' });
      await queue.add(job.name, { card: 2 }, { id: 'a:b:c:d' });
      await queue.add(job.name, { card: 3, dueAt: DUE });
      expect(await queue.state()).toEqual({ waiting: 2, failed: 0 });
      await queue.startWorkers();
      await called(2);
      expect(calls[0]?.[0]).toEqual({ card: 1 });
      expect(calls[1]).toEqual([{ card: 3, dueAt: DUE }, DUE]);
    });

    it('refuses a job that nobody defined', async () => {
      const queue = await openQueue([]);
      await expect(queue.runDue('nothing', DUE)).rejects.toThrow('no such job: nothing');
    });

    it('registers the timetable once, through day and night', async () => {
      const job = jobNamed(() => Promise.resolve());
      const queue = await openQueue([job]);
      await queue.schedule('all');
      await queue.schedule('all');
      const schedulers = await inspect(job.name, (inner) => inner.getJobSchedulers());
      expect(schedulers).toEqual([
        expect.objectContaining({
          key: job.name,
          pattern: '5 */5 * * * *',
          tz: 'UTC',
        }),
      ]);
      expect(await inspect(job.name, (inner) => inner.getDelayed())).toHaveLength(1);
    });

    it('takes the timetable of the exchange away when its time is not the clock’s', async () => {
      const bars = jobNamed(() => Promise.resolve());
      const clock = jobNamed(() => Promise.resolve(), { kind: 'every', everyMs: 3_600_000 });
      const queue = await openQueue([bars, clock]);
      await queue.schedule('all');
      await queue.schedule('every');
      expect(await inspect(bars.name, (inner) => inner.getJobSchedulers())).toEqual([]);
      expect(await inspect(bars.name, (inner) => inner.getDelayed())).toEqual([]);
      expect(await inspect(clock.name, (inner) => inner.getJobSchedulers())).toHaveLength(1);
    });

    it('registers again what an emptied server has lost of the timetable', async () => {
      const { run, called, calls } = recorder();
      const job = jobNamed(run, { kind: 'every', everyMs: 100 });
      const queue = await openQueue([job], { timetableLookMs: 20 });
      await queue.schedule('all');
      await inspect(job.name, (inner) => inner.obliterate({ force: true }));
      await queue.startWorkers();
      await called(2);
      expect(calls.length).toBeGreaterThanOrEqual(2);
    });

    it('leaves a schedule that is there as it is', async () => {
      const there = jobNamed(() => Promise.resolve());
      const lost = jobNamed(() => Promise.resolve());
      const restored: unknown[] = [];
      const log = { ...silentLog, warn: (fields: object) => restored.push(fields) };
      const queue = await openQueue([there, lost], { timetableLookMs: 20, log });
      await queue.schedule('all');
      const next = () => inspect(there.name, (inner) => inner.getDelayed());
      const [before] = await next();
      await inspect(lost.name, (inner) => inner.obliterate({ force: true }));
      await expect.poll(() => restored).toEqual([{ job: lost.name }]);
      expect((await next()).map(({ timestamp }) => timestamp)).toEqual([before!.timestamp]);
    });

    it('forgets what has run, what waits and the timetable', async () => {
      const { calls, run } = recorder();
      const job = jobNamed(run);
      const first = await openQueue([job]);
      await first.startWorkers();
      await first.runDue(job.name, DUE);
      await first.close();
      const second = await openQueue([job]);
      await second.add(job.name, {});
      await second.schedule('all');
      await second.forget();
      expect(await second.state()).toEqual({ waiting: 0, failed: 0 });
      expect(await inspect(job.name, (inner) => inner.getJobSchedulers())).toEqual([]);
      await second.startWorkers();
      await second.runDue(job.name, DUE);
      expect(calls).toHaveLength(2);
    });

    it('runs scheduled jobs for the time they were scheduled for', async () => {
      const { calls, run, called } = recorder();
      const everyMs = 200;
      const job = jobNamed(run, { kind: 'every', everyMs });
      const queue = await openQueue([job]);
      await queue.startWorkers();
      await queue.schedule('all');
      await called(3);
      const dueTimes = calls.map(([, dueAt]) => dueAt);
      expect(calls.map(([payload]) => payload)).toEqual(dueTimes.map((dueAt) => ({ dueAt })));
      const [first = 0, second = 0, third = 0] = dueTimes;
      expect([(second - first) % everyMs, (third - second) % everyMs]).toEqual([0, 0]);
    });

    it('gives the job of a worker that died to another one', async () => {
      const begun = Promise.withResolvers<void>();
      let runs = 0;
      const job = jobNamed(async () => {
        runs += 1;
        if (runs > 1) return;
        begun.resolve();
        await new Promise(() => {});
      });
      const dying = await openQueue([job], { lockMs: 300 });
      await dying.startWorkers();
      // Long enough for a busy machine to have it at all.
      const living = await openQueue([job], { lockMs: 2_000 });
      const asked = living.runDue(job.name, DUE);
      await begun.promise;
      await dying.close();
      await living.startWorkers();
      await asked;
      expect(runs).toBe(2);
    });

    it('lets a running job finish before it closes, and whoever waits go', async () => {
      const begun = Promise.withResolvers<void>();
      const mayEnd = Promise.withResolvers<void>();
      let hasEnded = false;
      const job = jobNamed(async () => {
        begun.resolve();
        await mayEnd.promise;
        hasEnded = true;
      });
      const queue = await openQueue([job]);
      await queue.startWorkers();
      const running = queue.runDue(job.name, DUE);
      await begun.promise;
      const next = queue.runDue(job.name, DUE + 1);
      const closing = queue.close();
      mayEnd.resolve();
      await Promise.all([closing, running, next, queue.runDue(job.name, DUE + 2)]);
      expect(hasEnded).toBe(true);
    });

    it('does not wait longer for a job than it has time', async () => {
      const begun = Promise.withResolvers<void>();
      const job = jobNamed(() => {
        begun.resolve();
        return new Promise(() => {});
      });
      const queue = await openQueue([job]);
      await queue.startWorkers();
      const running = queue.runDue(job.name, DUE);
      await begun.promise;
      await queue.close(100);
      await running;
      await expect.poll(() => connectionsTo(server)).toBe(0);
    });

    it('leaves no connection behind', async () => {
      const job = jobNamed(() => Promise.resolve());
      const queue = await openQueue([job]);
      await queue.startWorkers();
      await queue.runDue(job.name, DUE);
      await queue.close();
      // The server hears of a closed connection a moment later.
      await expect.poll(() => connectionsTo(server)).toBe(0);
    });
  });
}

/** Of other clients than the one that asks. */
const connectionsTo = ({ connection }: QueueServer): Promise<number> =>
  (connection.kind === 'postgres' ? countPostgres : countRedis)(connection.url);

async function countPostgres(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ open: number }>(
    'SELECT count(*)::int AS open FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await client.end();
  return rows[0]!.open;
}

async function countRedis(url: string): Promise<number> {
  const client = new Redis(url);
  const list = String(await client.client('LIST'))
    .trim()
    .split('\n');
  client.disconnect();
  return list.length - 1;
}

const redis = QUEUE_SERVERS.find(({ name }) => name === 'Redis')!;
describe.skipIf(redis.missing !== null)('two bots on one Redis server', () => {
  it('neither run nor forget nor unschedule each other’s jobs', async () => {
    const server = await redis.start();
    const { connection } = server;
    if (connection.kind !== 'redis') throw new Error('this is no Redis');
    const ran: string[] = [];
    const openBot = (prefix: string) =>
      createJobQueue({
        connection: { ...connection, prefix },
        jobs: [
          {
            name: 'trading-cycle',
            schedule: BAR_CLOSE,
            run: async () => {
              ran.push(prefix);
            },
          },
        ],
        barMinutes: 5,
        log: silentLog,
      });
    const [live, sandbox] = [await openBot('live'), await openBot('sandbox')];
    await live.schedule('all');
    await live.startWorkers();
    await live.runDue('trading-cycle', DUE);
    await sandbox.forget();
    await sandbox.schedule('every');
    await sandbox.startWorkers();
    await sandbox.runDue('trading-cycle', DUE);
    await live.runDue('trading-cycle', DUE);
    expect(ran).toEqual(['live', 'sandbox']);
    const client = new Redis(connection.url);
    expect(await client.exists('live:trading-cycle:repeat')).toBe(1);
    client.disconnect();
    await Promise.all([live.close(), sandbox.close()]);
    await server.stop();
  });
});

describe('a queue that cannot be opened', () => {
  const nobody = { jobs: [], barMinutes: 5, log: silentLog };

  it('names the database and the cure, not the password', async () => {
    const connection = { kind: 'postgres', url: 'postgres://me:hidden@127.0.0.1:1/db' } as const;
    await expect(createJobQueue({ ...nobody, connection })).rejects.toThrow(
      /^The queue's database at 127\.0\.0\.1:1 cannot be used \(ECONNREFUSED\): start it, or correct DATABASE_URL$/,
    );
  });

  it('names the Redis server and the cure, not the password', async () => {
    const connection = {
      kind: 'redis',
      url: 'redis://:hidden@127.0.0.1:1',
      prefix: 'test',
    } as const;
    await expect(createJobQueue({ ...nobody, connection })).rejects.toThrow(
      /^Redis at 127\.0\.0\.1:1 cannot be reached \(ECONNREFUSED\): start it, or correct REDIS_URL/,
    );
  });
});
