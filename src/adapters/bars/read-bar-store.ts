import { sessionsBetween } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';
import { newYorkDate } from '#core/session.ts';
import { isCovered } from '#core/span.ts';
import type { BarLoad, BarStore } from '#ports/bar-store.ts';

import { marketOf } from './read-bar-folder.ts';
import type { ReadBars, RefusedBars } from './read-bar-folder.ts';

export interface StoredMarketQuery {
  readonly symbols: readonly Ticker[];
  readonly barMinutes: number;
  /** Bars that start at or after this instant … */
  readonly from: EpochMs;
  /** … and before this one. */
  readonly until: EpochMs;
  /** A symbol that was never traded in that time is left out, and not refused. */
  readonly leavesOutEmpty?: boolean;
}

/** Reads one symbol or more from the store; refused unless every session asked for was filled before. */
export async function readBarStore(
  store: BarStore,
  query: StoredMarketQuery,
): Promise<ReadBars | RefusedBars> {
  const { symbols, leavesOutEmpty = false, ...range } = query;
  const loads = await Promise.all(
    symbols.map(async (symbol) => [symbol, await store.load({ symbol, ...range })] as const),
  );
  const lines = loads.flatMap(([symbol, load]) => {
    const problem = problemOf(symbol, load, query);
    return problem === null ? [] : [problem];
  });
  if (lines.length > 0) return { kind: 'refused', lines };
  const bars = new Map(
    loads.flatMap(([symbol, load]) =>
      load.kind === 'loaded' && !(leavesOutEmpty && load.columns.start.length === 0)
        ? [[symbol, load.columns] as const]
        : [],
    ),
  );
  return marketOf(bars, { defects: [], repairs: [], where: 'the bar store' });
}

function problemOf(
  symbol: Ticker,
  load: BarLoad,
  { barMinutes, from, until }: StoredMarketQuery,
): string | null {
  if (load.kind === 'damaged') return load.text;
  const covered = load.kind === 'loaded' ? load.stored.covered : [];
  const asked = sessionsBetween(newYorkDate(from), newYorkDate(until - 1));
  const isFilled = asked.every(({ open, close }) =>
    isCovered(covered, { from: Math.max(from, open), until: Math.min(until, close) }),
  );
  if (load.kind === 'loaded' && isFilled) return null;
  const days = `${newYorkDate(from)} to ${newYorkDate(until - 1)}`;
  return `${symbol}: the store lacks ${barMinutes}-minute bars of ${days}; fill it with npm run bars, or name a folder with --data`;
}
