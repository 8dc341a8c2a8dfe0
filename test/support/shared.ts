import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

/** Reference data that lies beside the repository on some machines and is never part of it. */
const SHARED = process.env['BRACKETEER_SHARED'] ?? join(import.meta.dirname, '../../../shared');

export const sharedPath = (...parts: readonly string[]): string => join(SHARED, ...parts);

/** A group of tests that needs a file of the reference data; skipped with a clear line where it is missing. */
export function describeWithShared(path: string, name: string, tests: () => void): void {
  const isThere = existsSync(sharedPath(path));
  const title = isThere ? name : `${name} (skipped: reference data ${path} is not on this machine)`;
  // Even a skipped group is collected, and would read the file while it is.
  describe.skipIf(!isThere)(title, isThere ? tests : needsData);
}

const needsData = (): void => {
  it('needs the reference data', () => expect.unreachable());
};
