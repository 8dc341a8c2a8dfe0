import { createBarStore } from '#adapters/bars/bar-store.ts';
import { readBarFolder } from '#adapters/bars/read-bar-folder.ts';
import { readBarStore } from '#adapters/bars/read-bar-store.ts';
import { daysOfView } from '#backtest/daily-views.ts';
import type { BacktestMarket } from '#backtest/market.ts';
import { addDays, startOfDay } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { StudyRequest } from '#ports/studies.ts';

import { barStoreDir } from './bars-settings.ts';

export type LoadedMarket =
  | { readonly kind: 'loaded'; readonly market: BacktestMarket }
  /** Each line names one thing that is wrong, with its cure. */
  | { readonly kind: 'refused'; readonly lines: readonly string[] };

/** The bars of a study, with those before it that warm up where they are there. */
export type LoadMarket = (
  request: Pick<StudyRequest, 'symbols' | 'from' | 'to' | 'base'>,
) => Promise<LoadedMarket>;

/** Longer ones are made of them. */
const BAR_MINUTES = 5;

/** From a folder of files. */
export const marketOfFolder =
  (folder: string): LoadMarket =>
  async ({ symbols, from, to, base }) =>
    loadedFrom(
      await readBarFolder(folder, {
        symbols,
        barMinutes: BAR_MINUTES,
        from: startOfDay(warmUpFrom(from, daysOfView(base))),
        until: startOfDay(addDays(to, 1)),
      }),
    );

/** From the bar store of a data folder. Where it has nothing from before the study, the study warms up itself. */
export function marketOfStore(dataDir: string): LoadMarket {
  const store = createBarStore(barStoreDir(dataDir));
  return async ({ symbols, from, to, base }) => {
    const until = startOfDay(addDays(to, 1));
    const read = (first: SessionDate) =>
      readBarStore(store, { symbols, barMinutes: BAR_MINUTES, from: startOfDay(first), until });
    const warm = await read(warmUpFrom(from, daysOfView(base)));
    return loadedFrom(warm.kind === 'read' ? warm : await read(from));
  };
}

function loadedFrom(read: Awaited<ReturnType<typeof readBarStore>>): LoadedMarket {
  if (read.kind === 'refused') return read;
  const { bars, sessions } = read;
  return { kind: 'loaded', market: { barMinutes: BAR_MINUTES, bars, sessions } };
}

/** A date so many sessions before another, or some more: weekends and holidays are generously counted. */
const warmUpFrom = (from: SessionDate, sessions: number): SessionDate =>
  addDays(from, -Math.ceil(sessions * 1.6) - 7);
