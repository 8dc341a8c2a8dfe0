import { createHash } from 'node:crypto';

import type { BarColumns } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';

/** SHA-256 of bars, in hexadecimal: start, open, high, low, close and volume, a column after the other. */
export function hashBars({ start, open, high, low, close, volume }: BarColumns): string {
  const hash = createHash('sha256');
  for (const column of [start, open, high, low, close, volume]) hash.update(column);
  return hash.digest('hex');
}

/** The same of several symbols, in whatever order they come. */
export function hashMarket(bars: ReadonlyMap<Ticker, BarColumns>): string {
  const hash = createHash('sha256');
  for (const symbol of [...bars.keys()].toSorted()) {
    const columns = bars.get(symbol);
    if (columns !== undefined) hash.update(`${symbol} ${hashBars(columns)}\n`);
  }
  return hash.digest('hex');
}
