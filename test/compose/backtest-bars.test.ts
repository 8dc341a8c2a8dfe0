import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import type { Bar } from '#core/bars.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate, MINUTE_MS } from '#core/session.ts';
import type { BarsWanted } from '#ports/backtests.ts';
import type { BarArchive, BarKey, StoredBars } from '#ports/bar-store.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { folderWith } from '#test/support/bar-files.ts';
import { silentLog } from '#test/support/log.ts';

import { keptBars, storedBars } from '../../src/compose/backtest-bars.ts';
import { marketOfStore } from '../../src/compose/load-market.ts';
import { aBroker } from '../adapters/alpaca/a-broker.ts';

const [AAPL, MSFT, XYZ] = [ticker('AAPL'), ticker('MSFT'), ticker('XYZ')];
/** Forty sessions, of which the last is 2025-11-25. */
const MARKET = generateMarket({
  seed: 7,
  symbols: [AAPL, MSFT],
  sessions: 1,
  historySessions: 40,
  startDate: asSessionDate('2025-11-26'),
});
const TO = asSessionDate('2025-11-25');
const LAST = sessionsBetween(TO, TO)[0]!;
const WANTED: BarsWanted = {
  symbols: [MSFT, AAPL],
  barMinutes: 5,
  from: asSessionDate('2025-11-24'),
  to: TO,
  warmUp: 33,
};

/** A machine with a bar store of its own, which asks Alpaca's stand-in. */
async function aMachine(
  archive: BarArchive | null = null,
  now = MARKET.start,
  change: (bars: readonly Bar[]) => readonly Bar[] = (bars) => bars,
) {
  const folder = folderWith({});
  const { marketData } = await aBroker({ market: MARKET });
  const asked: string[] = [];
  const store = createBarStore(join(folder, 'bars'));
  const source = storedBars({
    marketData: {
      feed: 'sip',
      bars: async (query) => {
        asked.push(query.symbols.join());
        const found = await marketData.bars(query);
        return new Map([...found].map(([symbol, bars]) => [symbol, change(bars)]));
      },
    },
    store,
    archive,
    clock: { now: () => now },
    log: silentLog,
  });
  const shares: number[] = [];
  const aborting = new AbortController();
  const watch = {
    progress: (share: number): void => void shares.push(share),
    signal: aborting.signal,
  };
  return { folder, asked, source, keeps: keptBars({ store, archive }), shares, aborting, watch };
}

const nameOf = ({ symbol, barMinutes }: BarKey): string => `${symbol} ${barMinutes}`;

/** The archive of a ledger. */
function anArchive(): BarArchive {
  const files = new Map<string, { readonly stored: StoredBars; readonly bytes: Uint8Array }>();
  return {
    list: async () => [...files.values()].map(({ stored }) => stored),
    read: async (key) => files.get(nameOf(key))?.bytes ?? null,
    save: async (stored, bytes) => void files.set(nameOf(stored), { stored, bytes }),
  };
}

describe('the bars of a backtest that somebody asks for', () => {
  it('are asked for once, and come from the bar store from then on', async () => {
    const { source, watch, asked, shares } = await aMachine();
    const first = await source(WANTED, watch);
    expect(asked).toEqual([MSFT, MSFT, AAPL, AAPL]);
    expect(shares).toEqual([0.25, 0.5, 0.75, 1]);
    expect(await source(WANTED, watch)).toEqual(first);
    expect(asked).toHaveLength(4);
  });

  it('are those that the command line has', async () => {
    const { source, watch, folder } = await aMachine();
    const { market } = (await source(WANTED, watch)) as { market: unknown };
    expect(await marketOfStore(folder)(WANTED)).toEqual({ kind: 'loaded', market, notes: [] });
  });

  it('come with what the command line tells of them, and with what was left out of them', async () => {
    const more = { ...WANTED, warmUp: 41 };
    const { source, watch, folder } = await aMachine(null, MARKET.start, (bars) =>
      bars.map((bar, row) => (row < 7 ? { ...bar, high: bar.low / 2 } : bar)),
    );
    const sourced = await source({ ...more, symbols: [AAPL] }, watch);
    const notes = sourced.kind === 'bars' ? sourced.notes : [];
    expect(notes.slice(0, 6)).toEqual([
      ...Array.from({ length: 5 }, () =>
        expect.stringMatching(/^AAPL: the bar of .* is left out: /),
      ),
      expect.stringMatching(/^and \d+ more like it$/),
    ]);
    const told = await marketOfStore(folder)({ ...more, symbols: [AAPL] });
    expect(notes.slice(6)).toEqual(told.kind === 'loaded' && told.notes);
    expect(notes.slice(6)).toEqual([
      expect.stringMatching(/^missing bars: AAPL \(\d+ in \d+ sessions?, /),
      expect.stringMatching(
        /^only 38 of the 41 sessions before 2025-11-24 that warm up are there: /,
      ),
    ]);
  });

  it('are only asked for as far as they are missing', async () => {
    const { source, watch, asked } = await aMachine();
    await source({ ...WANTED, symbols: [AAPL] }, watch);
    await source(WANTED, watch);
    expect(asked).toEqual([AAPL, AAPL, MSFT, MSFT]);
  });

  it('leave out symbols that were never traded', async () => {
    const { source, watch } = await aMachine();
    const sourced = await source({ ...WANTED, symbols: [XYZ, AAPL] }, watch);
    expect(sourced.kind === 'bars' && [...sourced.market.bars.keys()]).toEqual([AAPL]);
    expect(await source({ ...WANTED, symbols: [XYZ] }, watch)).toMatchObject({
      kind: 'bars',
      market: { sessions: [] },
    });
  });

  it('are kept of a symbol once some were found, on any machine of the ledger', async () => {
    const archive = anArchive();
    const [here, there, alone] = [
      await aMachine(archive),
      await aMachine(archive),
      await aMachine(),
    ];
    expect(await here.keeps([AAPL])).toEqual(new Set());
    await here.source({ ...WANTED, symbols: [XYZ, AAPL] }, here.watch);
    const kept = [here, there, alone].map(({ keeps }) => keeps([AAPL, XYZ]));
    expect(await Promise.all(kept)).toEqual([new Set([AAPL]), new Set([AAPL]), new Set()]);
    await writeFile(join(here.folder, 'bars', 'MSFT_5min.bars'), 'damaged');
    expect(await here.keeps([MSFT])).toEqual(new Set([MSFT]));
  });

  it('are looked for on the other machines once, however many are not here', async () => {
    let lists = 0;
    const list: BarArchive['list'] = async () => {
      lists += 1;
      return [];
    };
    const { keeps, source, watch } = await aMachine({ ...anArchive(), list });
    await source({ ...WANTED, symbols: [AAPL] }, watch);
    lists = 0;
    expect(await keeps([AAPL])).toEqual(new Set([AAPL]));
    expect(lists).toBe(0);
    expect(await keeps([AAPL, MSFT, XYZ])).toEqual(new Set([AAPL]));
    expect(lists).toBe(1);
  });

  it('are not there before the last session has settled', async () => {
    const { source, watch } = await aMachine(null, LAST.close + MINUTE_MS);
    expect(await source(WANTED, watch)).toEqual({
      kind: 'refused',
      why: 'The bars of 2025-11-25 settle some minutes after its close: ask again in a quarter of an hour, or name an earlier to.',
    });
  });

  it('keep what is there when it is stopped, and go on from there', async () => {
    const { source, watch, asked, aborting } = await aMachine();
    const progress = (): void => aborting.abort();
    expect(await source(WANTED, { ...watch, progress })).toEqual({ kind: 'stopped' });
    expect(await source(WANTED, watch)).toEqual({ kind: 'stopped' });
    expect(asked).toHaveLength(1);
    const again = await source(WANTED, { ...watch, signal: new AbortController().signal });
    expect(again.kind).toBe('bars');
    // Four pieces in all, and a look at whether what is there has split since then.
    expect(asked).toEqual([MSFT, MSFT, MSFT, AAPL, AAPL]);
  });

  it('are shared with the other machines of the ledger', async () => {
    const archive = anArchive();
    const [here, there] = [await aMachine(archive), await aMachine(archive)];
    const first = await here.source(WANTED, here.watch);
    expect(await there.source(WANTED, there.watch)).toEqual(first);
    expect(there.asked).toEqual([]);
    // What one machine adds is not lost to what another one shares later.
    const earlier = { ...WANTED, to: WANTED.from, warmUp: 39 };
    await there.source({ ...earlier, symbols: [AAPL] }, there.watch);
    await here.source({ ...earlier, symbols: [MSFT] }, here.watch);
    expect((await archive.list()).map(({ symbol, count }) => [symbol, count])).toEqual([
      [MSFT, 40 * 78],
      [AAPL, 40 * 78],
    ]);
  });
});
