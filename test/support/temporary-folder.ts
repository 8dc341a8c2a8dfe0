import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** The databases of a whole run need far less. */
const ENOUGH_BYTES = 4e9;

const hasRoom = (folder: string): boolean => {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize >= ENOUGH_BYTES;
};

/**
 * Gives this run, and every process that it starts, a temporary folder of its own: in memory where there is
 * room, since its many databases live for seconds and a disk makes them wait. What programs compile is kept
 * there as well, for the next one that starts.
 *
 * @returns removes it
 */
export function useTemporaryFolder(): () => void {
  const folder = mkdtempSync(join(hasRoom(MEMORY) ? MEMORY : tmpdir(), 'bracketeer-tests-'));
  // PostgreSQL may run under another account, and has to get in.
  chmodSync(folder, 0o1777);
  process.env['TMPDIR'] = folder;
  process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled');
  return () => rmSync(folder, { recursive: true, force: true });
}
