import { createBarStore } from '#adapters/bars/bar-store.ts';
import { describeNotes, describeRepairs } from '#adapters/bars/describe-defects.ts';
import { readBarFolder } from '#adapters/bars/read-bar-folder.ts';
import type { ReadBars, RefusedBars } from '#adapters/bars/read-bar-folder.ts';
import { readBarStore } from '#adapters/bars/read-bar-store.ts';
import type { BacktestMarket } from '#backtest/market.ts';
import { holeNotes, minuteNotes, sessionsWithin, timeNotes } from '#core/bar-notes.ts';
import { sessionsFrom } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { addDays, MINUTE_MS, startOfDay } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { BarLookup, BarStore } from '#ports/bar-store.ts';

import { barStoreDir } from './bars-settings.ts';

/** Which bars a backtest or a study is to see. */
export interface MarketQuery {
  /** In the order in which they are decided about; null: of every file. */
  readonly symbols: readonly Ticker[] | null;
  readonly barMinutes: 5 | 15;
  /** The first session that is traded; null: that of the first bar. */
  readonly from: SessionDate | null;
  /** The last one; null: that of the last bar. */
  readonly to: SessionDate | null;
  /** Sessions before the first one that only warm up. */
  readonly warmUp: number;
}

export type LoadedMarket =
  | {
      readonly kind: 'loaded';
      readonly market: BacktestMarket;
      /** What is to be known about the bars, a line each. */
      readonly notes: readonly string[];
    }
  | RefusedBars;

/** The bars of a query, with those before it that warm up as far as they are there. */
export type LoadMarket = (query: MarketQuery) => Promise<LoadedMarket>;

/** From a folder of files. */
export const marketOfFolder =
  (folder: string, { repair = false }: { readonly repair?: boolean } = {}): LoadMarket =>
  async (query) => {
    const { symbols, barMinutes, from, to } = query;
    const read = await readBarFolder(folder, {
      barMinutes,
      repair,
      ...(symbols === null ? {} : { symbols }),
      ...(from === null ? {} : { from: warmFrom(from, query) }),
      ...(to === null ? {} : { until: endOf(to) }),
    });
    return loadedFrom(read, query);
  };

/** From the bar store of a data folder. */
export const marketOfStore = (dataDir: string): LoadMarket => {
  const store = createBarStore(barStoreDir(dataDir));
  return (query) => loadStored(store, query);
};

/**
 * From a bar store. Every session that is traded has to be there; the warm-up begins where the bars begin that all
 * symbols have without a hole.
 *
 * @param leavesOutEmpty whether symbols that were never traded in that time are left out, and not refused
 */
export async function loadStored(
  store: BarStore,
  query: MarketQuery,
  leavesOutEmpty = false,
): Promise<LoadedMarket> {
  const { symbols, barMinutes, from, to } = query;
  if (symbols === null || from === null || to === null) {
    return { kind: 'refused', lines: ['the bar store has to be asked for symbols and dates'] };
  }
  const first = startOfDay(from);
  const begins = await Promise.all(
    symbols.map(async (symbol) => coveredFrom(await store.look({ symbol, barMinutes }), first)),
  );
  const read = await readBarStore(store, {
    symbols,
    barMinutes,
    from: Math.max(warmFrom(from, query), ...begins),
    until: endOf(to),
    leavesOutEmpty,
  });
  const loaded = loadedFrom(read, query);
  if (loaded.kind === 'refused') return loaded;
  return { ...loaded, notes: [...holeNotes(loaded.market), ...loaded.notes] };
}

/** A market with the 1-minute bars of a folder, which tell what came first inside a bar. */
export async function withMinuteBars(
  loaded: LoadedMarket,
  folder: string,
  { from, to, repair }: Pick<MarketQuery, 'from' | 'to'> & { readonly repair: boolean },
): Promise<LoadedMarket> {
  if (loaded.kind === 'refused') return loaded;
  const read = await readBarFolder(folder, {
    symbols: [...loaded.market.bars.keys()],
    barMinutes: 1,
    repair,
    mayBeEmpty: true,
    ...(from === null ? {} : { from: startOfDay(from) }),
    ...(to === null ? {} : { until: endOf(to) }),
  });
  if (read.kind === 'refused') return read;
  const market = { ...loaded.market, minuteBars: read.bars };
  const lacking = minuteNotes(read.bars, sessionsWithin(market.sessions, { from, to }));
  return { ...loaded, market, notes: [...loaded.notes, ...notesOf(read), ...lacking] };
}

const endOf = (to: SessionDate): EpochMs => startOfDay(addDays(to, 1));

/** Where the warm-up begins. */
const warmFrom = (from: SessionDate, { warmUp }: MarketQuery): EpochMs =>
  startOfDay(sessionsFrom(from, -warmUp)[0]?.date ?? from);

/** From when on the store has what comes before an instant. */
function coveredFrom(found: BarLookup, at: EpochMs): EpochMs {
  const covered = found.kind === 'stored' ? found.stored.covered : [];
  // A session lies between the midnights of its day: a span that begins in the morning has all of it.
  const dayEnd = at + 24 * 60 * MINUTE_MS;
  return covered.find(({ from, until }) => from < dayEnd && until > at)?.from ?? at;
}

function loadedFrom(read: ReadBars | RefusedBars, query: MarketQuery): LoadedMarket {
  if (read.kind === 'refused') return read;
  const { bars, sessions } = read;
  const market = { barMinutes: query.barMinutes, bars, sessions };
  return { kind: 'loaded', market, notes: [...notesOf(read), ...timeNotes(market, query)] };
}

const notesOf = ({ repairs, defects }: ReadBars): readonly string[] => [
  ...describeRepairs(repairs),
  ...describeNotes(defects),
];
