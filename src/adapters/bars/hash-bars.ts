import { createHash } from 'node:crypto';

import type { BarColumns } from '#core/bars.ts';

/** SHA-256 of bars, in hexadecimal: start, open, high, low, close and volume, a column after the other. */
export function hashBars({ start, open, high, low, close, volume }: BarColumns): string {
  const hash = createHash('sha256');
  for (const column of [start, open, high, low, close, volume]) hash.update(column);
  return hash.digest('hex');
}
