import { createBarStore } from '#adapters/bars/bar-store.ts';
import { describeNotes, describeRepairs } from '#adapters/bars/describe-defects.ts';
import { readBarFolder } from '#adapters/bars/read-bar-folder.ts';
import type { ReadBars, RefusedBars } from '#adapters/bars/read-bar-folder.ts';
import { readBarStore } from '#adapters/bars/read-bar-store.ts';
import type { BacktestMarket } from '#backtest/market.ts';
import type { Ticker } from '#core/ids.ts';
import { addDays, MINUTE_MS, startOfDay } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { BarLookup } from '#ports/bar-store.ts';

/** Which bars a backtest is to see. */
export interface HistoryQuery {
  /** A folder of files; null: the bar store. */
  readonly data: string | null;
  readonly minuteData: string | null;
  readonly symbols: readonly Ticker[] | null;
  readonly barMinutes: 5 | 15;
  readonly from: SessionDate | null;
  readonly to: SessionDate | null;
  readonly repair: boolean;
  readonly storeDir: string;
}

export interface History {
  readonly kind: 'loaded';
  readonly market: BacktestMarket;
  /** Of the bars. */
  readonly hash: string;
  /** What was noted or repaired, a line each. */
  readonly notes: readonly string[];
}

/** Calendar days that hold what the rules look back at before the first session: 61 of them, and holidays. */
const WARM_UP_DAYS = 100;

/** Loads bars with what comes before the first session that is traded, as far as it is there. */
export async function loadHistory(query: HistoryQuery): Promise<History | RefusedBars> {
  const read = query.data === null ? await fromStore(query) : await fromFolder(query, query.data);
  if (read.kind === 'refused') return read;
  const minutes = await minuteBarsOf(query, read);
  if (minutes?.kind === 'refused') return minutes;
  return {
    kind: 'loaded',
    market: {
      barMinutes: query.barMinutes,
      bars: read.bars,
      sessions: read.sessions,
      ...(minutes === null ? {} : { minuteBars: minutes.bars }),
    },
    hash: [read.hash, ...(minutes === null ? [] : [minutes.hash])].join(' '),
    notes: [...describeRepairs(read.repairs), ...describeNotes(read.defects)],
  };
}

const endOf = (to: SessionDate): number => startOfDay(addDays(to, 1));

/** Where the warm-up begins. */
const warmFrom = (from: SessionDate): EpochMs => startOfDay(addDays(from, -WARM_UP_DAYS));

const fromFolder = (
  { symbols, barMinutes, from, to, repair }: HistoryQuery,
  folder: string,
): Promise<ReadBars | RefusedBars> =>
  readBarFolder(folder, {
    barMinutes,
    repair,
    ...(symbols === null ? {} : { symbols }),
    ...(from === null ? {} : { from: warmFrom(from) }),
    ...(to === null ? {} : { until: endOf(to) }),
  });

async function fromStore(query: HistoryQuery): Promise<ReadBars | RefusedBars> {
  const { symbols, barMinutes, from, to, storeDir } = query;
  if (symbols === null || from === null || to === null) {
    return { kind: 'refused', lines: ['the bar store has to be asked for symbols and dates'] };
  }
  const store = createBarStore(storeDir);
  const first = startOfDay(from);
  const begins = await Promise.all(
    symbols.map(async (symbol) => coveredFrom(await store.look({ symbol, barMinutes }), first)),
  );
  return readBarStore(store, {
    symbols,
    barMinutes,
    from: Math.max(warmFrom(from), ...begins),
    until: endOf(to),
  });
}

/** From when on the store has what comes before an instant. */
function coveredFrom(found: BarLookup, at: EpochMs): EpochMs {
  const covered = found.kind === 'stored' ? found.stored.covered : [];
  // A session lies between the midnights of its day: a span that begins in the morning has all of it.
  const dayEnd = at + 24 * 60 * MINUTE_MS;
  return covered.find(({ from, until }) => from < dayEnd && until > at)?.from ?? at;
}

const minuteBarsOf = async (
  { minuteData, to, repair }: HistoryQuery,
  { bars }: ReadBars,
): Promise<ReadBars | RefusedBars | null> =>
  minuteData === null
    ? null
    : readBarFolder(minuteData, {
        symbols: [...bars.keys()],
        barMinutes: 1,
        repair,
        ...(to === null ? {} : { until: endOf(to) }),
      });
