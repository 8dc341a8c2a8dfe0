import type { Ticker } from './ids.ts';

/** How much of what is open lies in a symbol's sector. */
export interface SectorShare {
  readonly sector: string;
  /** Open positions and pending entries: n. */
  readonly open: number;
  /** Those in the sector: k. */
  readonly same: number;
  /** Nothing is open, or k is below the share of n. */
  readonly hasRoom: boolean;
}

/** All symbols without a known sector share this one: nobody can say that they are not alike. */
const UNKNOWN_SECTOR = 'unknown';

/** Far below one position, and far above what a product of two decimals is off by (0.28 × 25 is above 7). */
const TOLERANCE = 1e-9;

export function sectorShareOf(
  symbol: Ticker,
  open: ReadonlySet<Ticker>,
  sectors: ReadonlyMap<Ticker, string>,
  maxShare: number,
): SectorShare {
  const sectorOf = (each: Ticker): string => sectors.get(each) ?? UNKNOWN_SECTOR;
  const sector = sectorOf(symbol);
  const same = [...open].filter((each) => sectorOf(each) === sector).length;
  const hasRoom = open.size === 0 || same < maxShare * open.size - TOLERANCE;
  return { sector, open: open.size, same, hasRoom };
}
