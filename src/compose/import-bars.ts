import { readBarFolder } from '#adapters/bars/read-bar-folder.ts';
import type { BarFolderQuery, ReadBars, RefusedBars } from '#adapters/bars/read-bar-folder.ts';
import { shareBars } from '#app/share-bars.ts';
import type { SharedPlaces } from '#app/share-bars.ts';
import type { BarColumns } from '#core/bars.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { newYorkDate } from '#core/session.ts';
import type { Span } from '#core/span.ts';
import type { BarStore } from '#ports/bar-store.ts';

/** By which the store knows bars that were read from files. */
const FEED = 'import';

export interface ImportedBars extends Pick<ReadBars, 'kind' | 'defects' | 'repairs'> {
  readonly bars: number;
  /** Those of which bars were stored. */
  readonly symbols: readonly Ticker[];
  /** Of symbols that the store did not take, or that were not shared, a line each with the cure. */
  readonly problems: readonly string[];
}

/** Reads a folder of files into the store, and shares them: either all of it is right, or nothing is stored. */
export async function importBars(
  places: SharedPlaces,
  folder: string,
  query: BarFolderQuery,
): Promise<ImportedBars | RefusedBars> {
  const read = await readBarFolder(folder, query);
  if (read.kind === 'refused') return read;
  const { barMinutes } = query;
  const keys = [...read.bars.keys()].map((symbol) => ({ symbol, barMinutes }));
  const { result, problems } = await shareBars(places, keys, () =>
    mergeAll(places.store, read.bars, barMinutes),
  );
  const { kind, defects, repairs } = read;
  return { kind, defects, repairs, ...result, problems: [...result.problems, ...problems] };
}

async function mergeAll(
  store: BarStore,
  market: ReadBars['bars'],
  barMinutes: number,
): Promise<Pick<ImportedBars, 'bars' | 'symbols' | 'problems'>> {
  const problems: string[] = [];
  const symbols: Ticker[] = [];
  let bars = 0;
  for (const [symbol, columns] of market) {
    const source = { feed: FEED, adjustment: 'split', hours: 'regular' } as const;
    const merge = await store.merge({
      symbol,
      barMinutes,
      ...source,
      columns,
      span: spanOf(columns),
    });
    if (merge.kind === 'merged') {
      bars += columns.start.length;
      symbols.push(symbol);
    } else problems.push(merge.text);
  }
  return { bars, symbols, problems };
}

/** A file has all that was traded in its sessions, also where the first or last bar of one is missing. */
function spanOf({ start }: BarColumns): Span {
  const [first = 0, last = 0] = [start[0], start.at(-1)];
  const sessions = sessionsBetween(newYorkDate(first), newYorkDate(last));
  return { from: sessions[0]?.open ?? first, until: sessions.at(-1)?.close ?? last };
}
