import { createHash } from 'node:crypto';

import { exactJson } from '#core/exact-json.ts';

import type { EngineTask } from './protocol.ts';

/**
 * SHA-256 of all that a result follows from: code version, parameters, options, sessions, and every bar. In
 * hexadecimal.
 */
export function runIdOf({ version, parameters, options, market }: EngineTask): string {
  const { bars, sessions, barMinutes } = market;
  const { notShortable, ...rest } = options;
  const hash = createHash('sha256');
  const settings = { ...rest, notShortable: [...notShortable].toSorted() };
  hash.update(exactJson({ version, parameters, options: settings, sessions, barMinutes }));
  for (const [symbol, columns] of bars) {
    hash.update(`\n${symbol} ${columns.start.length}\n`);
    const { start, open, high, low, close, volume } = columns;
    for (const column of [start, open, high, low, close, volume]) hash.update(column);
  }
  return hash.digest('hex');
}
