import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { mayEnter, serverAccount, spawnOptions } from './embedded-account.ts';
import type { ServerAccount } from './embedded-account.ts';
import type { ServerBinaries } from './embedded-binaries.ts';

const execute = promisify(execFile);

/** Where the server's data and programs go when its account may not enter the data folder. */
const PUBLIC_FOLDER = '/var/lib/bracketeer';

export const SUPERUSER = 'bracketeer';

/**
 * full: a committed write survives a power failure. relaxed: the last moments before a crash of the
 * machine may be lost, the rest is whole. none: for throw-away data.
 */
export type Durability = 'full' | 'relaxed' | 'none';

/** Where a server's files are, and who may read them. */
export interface ServerFolder {
  /** PostgreSQL's own data folder. */
  readonly data: string;
  /** Copies of the programs go below this folder. */
  readonly copies: string;
  readonly account: ServerAccount | null;
}

/**
 * Decides where the server of a data folder keeps its files: in `<dataDir>/postgres`; or, when it has
 * to run under another account that may not enter there (a project in a closed home), in a folder
 * of its own below `/var/lib/bracketeer`, which `<dataDir>/postgres-location` names.
 */
export async function serverFolder(dataDir: string): Promise<ServerFolder> {
  await mkdir(dataDir, { recursive: true });
  const note = noteIn(dataDir);
  const noted = await notedFolder(dataDir);
  if (noted !== '') {
    const account = await serverAccount(noted);
    if (account === null) {
      throw new Error(
        `The ledger of ${dataDir} lies in ${noted}, since it was begun as root: ` +
          `start as root again, or delete ${note} to start afresh`,
      );
    }
    return { data: noted, copies: PUBLIC_FOLDER, account };
  }
  const inside = join(dataDir, 'postgres');
  const account = await serverAccount(inside);
  if (account === null) return { data: inside, copies: dataDir, account };
  await mkdir(PUBLIC_FOLDER, { recursive: true, mode: 0o755 });
  if (await mayEnter(account, dataDir)) return { data: inside, copies: PUBLIC_FOLDER, account };

  const outside = await mkdtemp(join(PUBLIC_FOLDER, 'postgres-'));
  await chown(outside, account.uid, account.gid);
  await writeFile(note, `${outside}\n`);
  return { data: outside, copies: PUBLIC_FOLDER, account };
}

const noteIn = (dataDir: string): string => join(dataDir, 'postgres-location');

const notedFolder = async (dataDir: string): Promise<string> =>
  (await readFile(noteIn(dataDir), 'utf8').catch(() => '')).trim();

/** Whether a server ever ran on a data folder, for whoever only wants to read what it has. Nothing is made. */
export async function hasServer(dataDir: string): Promise<boolean> {
  const data = (await notedFolder(dataDir)) || join(dataDir, 'postgres');
  // What is there and cannot be read is told of by the start.
  return readdir(data).then(
    (content) => content.length > 0,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

/** The superuser's password, kept where only the bot's own account can read it; null when there is none. */
export async function readPassword(dataDir: string): Promise<string | null> {
  const text = await readFile(join(dataDir, 'postgres-password'), 'utf8').catch(() => '');
  return text.trim() === '' ? null : text.trim();
}

export const START_AFRESH =
  'Move the folder away, or delete it to start afresh with an empty ledger';

/**
 * Whether the folder holds a data folder of the programs' version; false when there is nothing yet.
 *
 * @throws Error that names the folder and the cure when it holds anything else. Nothing is touched.
 */
export async function isInitialised(data: string, binaries: ServerBinaries): Promise<boolean> {
  const content = await readdir(data).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`${data} cannot be read (${error.code}): start as the user that owns it`, {
      cause: error,
    });
  });
  if (content.length === 0) return false;
  const version = (await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (version === binaries.majorVersion) return true;
  const defect =
    version === ''
      ? 'is not a whole PostgreSQL data folder (PG_VERSION is missing)'
      : `was written by PostgreSQL ${version}, and the embedded one is ${binaries.majorVersion}`;
  throw new Error(`${data} ${defect}. ${START_AFRESH}.`);
}

/** Makes a new, empty data folder; it appears under its name only once it is whole. Returns the password. */
export async function initialise(
  dataDir: string,
  { data, account }: ServerFolder,
  binaries: ServerBinaries,
  durability: Durability,
): Promise<string> {
  const password = randomBytes(24).toString('hex');
  await writeFile(join(dataDir, 'postgres-password'), password, { mode: 0o600 });
  const unfinished = `${data}.unfinished`;
  const passwordFile = `${data}.initdb`;
  // Left behind by a start that was killed half-way; no server ever ran on it.
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== null) {
    await chown(unfinished, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  try {
    await execute(
      binaries.initdb,
      [
        `--pgdata=${unfinished}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--no-instructions',
        ...(durability === 'none' ? ['--no-sync'] : []),
      ],
      spawnOptions(account),
    );
  } finally {
    await rm(passwordFile);
  }
  await rename(unfinished, data);
  return password;
}
