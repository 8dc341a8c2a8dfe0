import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Client, DatabaseError, escapeIdentifier } from 'pg';

import type { Logger } from '#ports/logger.ts';

import { findBinaries, findPackage } from './embedded-binaries.ts';
import {
  SUPERUSER,
  initialise,
  isInitialised,
  readPassword,
  serverFolder,
} from './embedded-folder.ts';
import type { Durability } from './embedded-folder.ts';
import { forgetPostmaster, readPostmaster, runServer } from './embedded-server.ts';

const execute = promisify(execFile);

/** Advisory lock in the server's own database: held while a bot uses the server, freed when it dies. */
export const IN_USE_LOCK = 0x6272_6b74;
const LEFTOVER_TIMEOUT_MS = 20_000;
/** The server notices only after a while that a bot which held the lock was killed. */
const RELEASE_TIMEOUT_MS = 2000;
const POLL_MS = 50;

export interface EmbeddedPostgresOptions {
  /** Holds the data, the password and the server's log; made if it is missing. */
  readonly dataDir: string;
  /** Made if it is missing. */
  readonly database: string;
  /** Drops the database first, with all that is in it. */
  readonly recreate?: boolean;
  /** False: a crash of the machine itself may spoil the data; a killed server or bot loses nothing of it. */
  readonly durable: boolean;
  /** Without a single flush to the disk, for tests. */
  readonly throwaway?: boolean;
  readonly log: Logger;
}

export interface EmbeddedPostgres {
  /** With the password; for pg, drizzle and BullMQ. */
  readonly url: string;
  /** Closes every connection and ends the server. */
  readonly stop: () => Promise<void>;
}

const clientOf = (port: number, password: string): Client => {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    application_name: `bracketeer process ${process.pid}`,
  });
  // The server ends this connection when it stops.
  client.on('error', () => undefined);
  return client;
};

/** Takes the server for this process; null when another living one has it. */
async function takeServer(port: number, password: string): Promise<Client | null> {
  const client = clientOf(port, password);
  try {
    await client.connect();
    const { rows } = await client.query<{ taken: boolean }>(
      'SELECT pg_try_advisory_lock($1) AS taken',
      [IN_USE_LOCK],
    );
    if (rows[0]?.taken === true) return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    throw error;
  }
  await client.end();
  return null;
}

/** Whether a process number still belongs to the server of that folder. */
async function isServerOf(pid: number, data: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    execute('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    ),
  );
  return command.includes(data);
}

/**
 * Deals with a server that an earlier, killed process left on the folder: waits while it ends by itself,
 * or ends it.
 *
 * @throws Error when another living bot uses it, or it does not end.
 */
async function clearLeftover(data: string, password: string, log: Logger): Promise<void> {
  const begun = Date.now();
  let isEnding = false;
  for (;;) {
    const leftover = await readPostmaster(data);
    if (leftover === null) return;
    if (!(await isServerOf(leftover.pid, data))) return await forgetPostmaster(data);
    if (Date.now() > begun + LEFTOVER_TIMEOUT_MS) {
      throw new Error(
        `Process ${leftover.pid}, an earlier PostgreSQL on ${data}, does not end: end it and start again`,
      );
    }
    if (!isEnding && leftover.isReady) {
      // Refused while the server starts up or shuts down: asked again.
      const client = await takeServer(leftover.port, password).catch(() => undefined);
      if (client === null && Date.now() > begun + RELEASE_TIMEOUT_MS) {
        throw new Error(
          `Another Bracketeer is running on ${data}: stop it, or use another data folder`,
        );
      }
      if (client !== undefined && client !== null) {
        log.warn({ pid: leftover.pid }, 'ending a PostgreSQL that an earlier run left behind');
        process.kill(leftover.pid, 'SIGINT');
        isEnding = true;
        await client.end().catch(() => undefined);
      }
    }
    await delay(POLL_MS);
  }
}

async function ensureDatabase(
  client: Client,
  { database, recreate }: EmbeddedPostgresOptions,
): Promise<void> {
  if (recreate === true) {
    await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(database)} WITH (FORCE)`);
  }
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(database)}`);
}

const wrongPassword = (dataDir: string, data: string, cause?: unknown): Error =>
  new Error(
    `The password of the embedded PostgreSQL is missing or wrong (${join(dataDir, 'postgres-password')}): ` +
      `put it back, or move ${data} away to start afresh with an empty ledger`,
    { cause },
  );

const isWrongPassword = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '28P01';

/** The password of an existing data folder, once nothing else runs on it. */
async function reopen(dataDir: string, data: string, log: Logger): Promise<string> {
  const password = await readPassword(dataDir);
  if (password === null) throw wrongPassword(dataDir, data);
  await clearLeftover(data, password, log);
  return password;
}

function durabilityOf({ durable, throwaway }: EmbeddedPostgresOptions): Durability {
  if (throwaway === true) return 'none';
  return durable ? 'full' : 'relaxed';
}

/**
 * Starts a PostgreSQL of our own on a free port of 127.0.0.1, with its data in `<dataDir>/postgres` (see
 * serverFolder for root). It ends with this process, however that ends; what it committed is there at
 * the next start.
 *
 * @throws Error, one line with the cure, when the folder is in use, damaged or of another version.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const { dataDir, database, log } = options;
  const folder = await serverFolder(dataDir);
  const binaries = await findBinaries(await findPackage(), folder.account, folder.copies);
  const durability = durabilityOf(options);
  const password = (await isInitialised(folder.data, binaries))
    ? await reopen(dataDir, folder.data, log)
    : await initialise(dataDir, folder, binaries, durability);
  const server = await runServer(folder, binaries, {
    durability,
    logPath: join(dataDir, 'postgres.log'),
  });

  let isStopping = false;
  const reportEnd = (): void => {
    if (isStopping) return;
    log.error({ data: folder.data }, 'the embedded PostgreSQL has ended unexpectedly');
  };
  void server.ended.then(reportEnd);
  let keeper: Client | null = null;
  const stop = async (): Promise<void> => {
    isStopping = true;
    await keeper?.end().catch(() => undefined);
    await server.stop();
  };
  try {
    keeper = await takeServer(server.port, password);
    if (keeper === null) throw new Error(`Another process has taken ${folder.data}`);
    await ensureDatabase(keeper, options);
  } catch (error) {
    await stop();
    throw isWrongPassword(error) ? wrongPassword(dataDir, folder.data, error) : error;
  }
  const url = `postgres://${SUPERUSER}:${password}@127.0.0.1:${server.port}/${database}`;
  return { url, stop };
}
