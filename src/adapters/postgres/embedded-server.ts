import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { spawnOptions } from './embedded-account.ts';
import type { ServerBinaries } from './embedded-binaries.ts';
import { START_AFRESH } from './embedded-folder.ts';
import type { Durability, ServerFolder } from './embedded-folder.ts';
import { freePort } from './free-port.ts';

const POLL_MS = 20;
/** Recovery after a crash of the machine may take its time. */
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 3_000;

/**
 * Runs the server until the standard input closes, which also happens when the bot is killed: no server
 * is ever left behind. SIGINT is PostgreSQL's fast shutdown.
 */
const SUPERVISOR = `
exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ read -r _; kill -INT "$server" 2>/dev/null; } <&3 3<&- &
exec 3<&-
wait "$server"
`;

/** Small: one bot and its queue, on a machine that does other things. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '40',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  max_logical_replication_workers: '0',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};

const DURABILITY: Record<Durability, Readonly<Record<string, string>>> = {
  full: {},
  relaxed: { fsync: 'off' },
  // The tests share one server: many bots at once, and those that they kill give back theirs late.
  none: {
    synchronous_commit: 'off',
    fsync: 'off',
    full_page_writes: 'off',
    max_connections: '200',
  },
};

/** What a server writes into its data folder while it runs. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** The server that runs on a data folder, or ran there when it was killed. */
export async function readPostmaster(data: string): Promise<Postmaster | null> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  if (!Number.isInteger(pid) || pid <= 0) return null;
  return { pid, port, isReady: lines[7]?.trim() === 'ready' };
}

export interface RunningServer {
  readonly port: number;
  /** Settles when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  readonly stop: () => Promise<void>;
}

async function launch(
  { data, account }: ServerFolder,
  binaries: ServerBinaries,
  log: { readonly path: string; readonly settings: Readonly<Record<string, string>> },
): Promise<{ readonly child: ChildProcess; readonly port: number; readonly ended: Promise<void> }> {
  const port = await freePort();
  const settings = Object.entries(log.settings).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const output = await open(log.path, 'w', 0o600);
  try {
    const child = spawn(
      '/bin/sh',
      ['-c', SUPERVISOR, 'sh', binaries.postgres, '-D', data, '-p', String(port), ...settings],
      {
        ...spawnOptions(account),
        // A session of its own: Ctrl-C in the terminal is for the bot, which closes its connections first.
        detached: true,
        stdio: ['pipe', output.fd, output.fd],
      },
    );
    const ended = new Promise<void>((resolve, reject) => {
      child.once('exit', () => resolve()).once('error', reject);
    });
    child.stdin?.on('error', () => undefined);
    // Lets go of the supervisor's reader when the server has ended by itself.
    child.once('exit', () => child.stdin?.destroy());
    return { child, port, ended };
  } finally {
    await output.close();
  }
}

async function endsWithin(ended: Promise<void>, timeoutMs: number): Promise<boolean> {
  const timeout = new AbortController();
  const late = delay(timeoutMs, false, { signal: timeout.signal }).catch(() => false);
  const isEnded = await Promise.race([ended.then(() => true), late]);
  timeout.abort();
  return isEnded;
}

/** What the server said when it gave up. */
async function failureOf(logPath: string): Promise<string> {
  const lines = (await readFile(logPath, 'utf8').catch(() => '')).trim().split('\n');
  const fatal = lines.findLast((line) => /FATAL|PANIC/.test(line));
  return (fatal ?? lines[0] ?? '').replace(/^.*(FATAL|PANIC): +/, '');
}

/**
 * Starts the server and waits until it takes connections.
 *
 * @throws Error that names the folder, the server's own reason and the cure.
 */
export async function runServer(
  folder: ServerFolder,
  binaries: ServerBinaries,
  options: { readonly durability: Durability; readonly logPath: string },
): Promise<RunningServer> {
  const { durability, logPath } = options;
  const settings = { ...SETTINGS, ...DURABILITY[durability] };
  const { child, port, ended } = await launch(folder, binaries, { path: logPath, settings });
  const stop = async (): Promise<void> => {
    child.stdin?.end();
    if (await endsWithin(ended, STOP_TIMEOUT_MS)) return;
    const postmaster = await readPostmaster(folder.data);
    if (postmaster !== null) process.kill(postmaster.pid, 'SIGQUIT');
    await ended;
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  let hasEnded = false;
  do {
    const postmaster = await readPostmaster(folder.data);
    if (postmaster?.port === port && postmaster.isReady) return { port, ended, stop };
    hasEnded = await endsWithin(ended, POLL_MS);
  } while (!hasEnded && Date.now() < deadline);
  const reason = hasEnded ? await failureOf(logPath) : 'it was not ready in time';
  await stop();
  throw new Error(
    `The embedded PostgreSQL in ${folder.data} does not start: ${reason}. ` +
      `The whole story is in ${logPath}. If its files are damaged: ${START_AFRESH.toLowerCase()}.`,
  );
}

/** Removes the note of a server that is gone, where its number has passed to another process. */
export const forgetPostmaster = (data: string): Promise<void> =>
  rm(join(data, 'postmaster.pid'), { force: true });
