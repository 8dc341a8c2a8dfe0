import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** An operating-system account, by its numbers. */
export interface ServerAccount {
  readonly uid: number;
  readonly gid: number;
}

/** Looked for in this order; the last one is created when there is none. */
const ACCOUNTS = ['postgres', 'bracketeer'] as const;

/** Ways to create a system account that owns nothing: Debian and Red Hat, then Alpine. */
const CREATE = [
  ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin'],
  ['adduser', '-S', '-D', '-H'],
] as const;

const numberOf = async (flag: '-u' | '-g', name: string): Promise<number> =>
  Number((await execute('id', [flag, name])).stdout);

async function findAccount(name: string): Promise<ServerAccount | null> {
  try {
    return { uid: await numberOf('-u', name), gid: await numberOf('-g', name) };
  } catch {
    return null;
  }
}

async function createAccount(): Promise<ServerAccount> {
  const name = ACCOUNTS[1];
  for (const [command, ...flags] of CREATE) {
    await execute(command, [...flags, name]).catch(() => undefined);
    const account = await findAccount(name);
    if (account !== null) return account;
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and no account could be created for it: ' +
      `create one called ${name}, start as an ordinary user, or set DATABASE_URL`,
  );
}

/**
 * The account that the server must run as, or null when it is our own. PostgreSQL refuses to run as
 * root; there, the data folder's owner is taken, since nobody else may read it, and for a new folder
 * the account `postgres`, or else `bracketeer`, which is created if need be.
 */
export async function serverAccount(dataFolder: string): Promise<ServerAccount | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(dataFolder).catch(() => null);
  if (owner !== null && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  for (const name of ACCOUNTS) {
    const account = await findAccount(name);
    if (account !== null) return account;
  }
  return await createAccount();
}

/** How to start a process as that account: nothing of ours is inherited but what is named here. */
export const spawnOptions = (account: ServerAccount | null) => ({
  // The current folder may be closed to the account.
  cwd: '/',
  env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
  ...account,
});

/** Whether the account may enter a folder; null, our own, always may. */
export async function mayEnter(account: ServerAccount | null, folder: string): Promise<boolean> {
  if (account === null) return true;
  return await execute('/bin/sh', ['-c', 'cd "$0"', folder], spawnOptions(account)).then(
    () => true,
    () => false,
  );
}
