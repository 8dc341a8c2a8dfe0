import { barsPerDay, isSettled } from '#app/fill-bars.ts';
import type { FillContext } from '#app/fill-bars.ts';
import { fillSharedBars } from '#app/share-bars.ts';
import type { SharedPlaces } from '#app/share-bars.ts';
import { sessionsBetween, sessionsFrom } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { addDays, startOfDay } from '#core/session.ts';
import type { BarsWanted, BarSource, SourcedBars } from '#ports/backtests.ts';
import type { BarStore } from '#ports/bar-store.ts';
import type { Logger } from '#ports/logger.ts';

import { loadStored } from './load-market.ts';

interface Options extends Omit<FillContext, 'barsPerRequest'>, SharedPlaces {
  readonly log: Logger;
}

/** Read at once: taking in a page of so many costs some 20 ms, for which trading waits. */
const SESSIONS_AT_ONCE = 30;

/**
 * Bars from the bar store, as the command line has them; what it lacks is asked for first, piece by piece, and stays
 * there. A run that is stopped in the middle goes on from there.
 */
export const storedBars =
  ({ log, ...context }: Options): BarSource =>
  async (wanted, { progress, signal }) => {
    const { symbols, barMinutes, from, to, warmUp } = wanted;
    const first = sessionsFrom(from, -warmUp)[0]?.date ?? from;
    const span = { from: startOfDay(first), until: startOfDay(addDays(to, 1)) };
    const barsPerRequest = SESSIONS_AT_ONCE * barsPerDay(barMinutes);
    try {
      signal.throwIfAborted();
      const { problems } = await fillSharedBars(
        { ...context, barsPerRequest },
        { symbols, barMinutes, ...span },
        ({ requests, of }) => {
          progress(requests / of);
          signal.throwIfAborted();
        },
      );
      for (const problem of problems) log.warn({ problem }, 'bars of a backtest were not stored');
      return await load(context, wanted, problems);
    } catch (error) {
      if (signal.aborted) return { kind: 'stopped' };
      throw error;
    }
  };

/** Of what lengths the store may have bars that are tested on. */
const LENGTHS = [5, 15] as const;

/** The symbols of which there are bars, here or on a machine that shares the ledger; damaged ones are there. */
export const keptBars =
  ({ store, archive }: SharedPlaces) =>
  async (symbols: readonly Ticker[]): Promise<ReadonlySet<Ticker>> => {
    const isHere = await Promise.all(symbols.map((symbol) => isStored(store, symbol)));
    const here = new Set(symbols.filter((_, index) => isHere[index]));
    if (here.size === symbols.length || archive === null) return here;
    const archived = (await archive.list()).filter(({ count }) => count > 0);
    const there = new Set(archived.map(({ symbol }) => symbol));
    return new Set(symbols.filter((symbol) => here.has(symbol) || there.has(symbol)));
  };

async function isStored(store: BarStore, symbol: Ticker): Promise<boolean> {
  const looks = await Promise.all(LENGTHS.map((barMinutes) => store.look({ symbol, barMinutes })));
  return looks.some((look) =>
    look.kind === 'stored' ? look.stored.count > 0 : look.kind === 'damaged',
  );
}

/** So many are told; the rest is counted. */
const MOST_PROBLEMS = 5;

function clipped(problems: readonly string[]): readonly string[] {
  const rest = problems.length - MOST_PROBLEMS;
  const told = problems.slice(0, MOST_PROBLEMS);
  return rest > 0 ? [...told, `and ${rest} more like it`] : told;
}

async function load(
  { store, clock }: Omit<Options, 'log'>,
  wanted: BarsWanted,
  problems: readonly string[],
): Promise<SourcedBars> {
  const loaded = await loadStored(store, wanted, true);
  if (loaded.kind === 'loaded') {
    const { market, notes } = loaded;
    return { kind: 'bars', market, notes: [...clipped(problems), ...notes] };
  }
  const last = sessionsBetween(wanted.from, wanted.to).at(-1);
  if (last !== undefined && !isSettled(last, clock.now())) {
    const why = `The bars of ${last.date} settle some minutes after its close: ask again in a quarter of an hour, or name an earlier to.`;
    return { kind: 'refused', why };
  }
  return { kind: 'refused', why: [...problems, ...loaded.lines].join('\n') };
}
