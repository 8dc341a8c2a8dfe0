import { createHash } from 'node:crypto';
import { setImmediate as otherWork } from 'node:timers/promises';

import { hashBars } from '#adapters/bars/hash-bars.ts';
import type { Bench } from '#adapters/research/protocol.ts';

import { codeVersion } from './code-version.ts';

/** Names what the runs of a study stand on beside its request: the program and every bar. */
export async function originOf({ market }: Pick<Bench, 'market'>): Promise<string> {
  const hash = createHash('sha256').update(codeVersion());
  for (const [symbol, columns] of market.bars) {
    hash.update(`\n${symbol} ${hashBars(columns)}`);
    // Each takes some milliseconds, and this process may be trading.
    await otherWork();
  }
  return hash.digest('hex');
}
