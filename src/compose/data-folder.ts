import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Lifecycle } from './lifecycle.ts';

const MARK = 'bracketeer.pid';

/**
 * Makes the data folder if it is missing and keeps it for this process until the lifecycle ends.
 *
 * @param cure what to do where another bot uses it
 * @throws Error, one line with the cure, when the folder cannot be used or another bot uses it.
 */
export async function claimDataFolder(
  dataDir: string,
  lifecycle: Lifecycle,
  cure = 'stop it, or set DATA_DIR to another folder',
): Promise<void> {
  const mark = join(dataDir, MARK);
  try {
    await mkdir(dataDir, { recursive: true });
    const owner = (await readFile(mark, 'utf8').catch(() => '')).trim();
    if (await isRunning(owner)) throw new Error(`${inUse(dataDir, owner)}: ${cure}`);
    await writeFile(mark, await markOf(process.pid));
  } catch (error) {
    throw error instanceof Error && 'code' in error ? unusable(dataDir, String(error.code)) : error;
  }
  lifecycle.onClose('data folder', () => rm(mark, { force: true }));
}

const inUse = (dataDir: string, owner: string): string =>
  `another Bracketeer (process ${owner.split(' ')[0]}) is running on ${dataDir}`;

const unusable = (dataDir: string, code: string): Error =>
  new Error(
    `the data folder ${dataDir} cannot be used (${code}): set DATA_DIR to a folder that this user may write to`,
  );

/** Process ids are used again: with the moment of its start, an id names one process only. */
async function markOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in brackets and may hold blanks; the start is the 22nd.
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${start}`.trim();
}

async function isRunning(mark: string): Promise<boolean> {
  const pid = Number(mark.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not allowed to signal it: it is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  return (await markOf(pid)) === mark;
}
