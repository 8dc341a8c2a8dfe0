import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe } from 'vitest';

/** Reference data that lies beside the repository on some machines and is never part of it. */
const SHARED = join(import.meta.dirname, '../../../shared');

export const sharedPath = (...parts: readonly string[]): string => join(SHARED, ...parts);

/** A group of tests that needs a file of the reference data; skipped with a clear line where it is missing. */
export function describeWithShared(path: string, name: string, tests: () => void): void {
  const isThere = existsSync(sharedPath(path));
  const title = isThere ? name : `${name} (skipped: reference data ${path} is not on this machine)`;
  describe.skipIf(!isThere)(title, tests);
}
