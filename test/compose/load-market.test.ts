import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { sessionsFrom } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import { barStarts, csv, folderWith, row } from '#test/support/bar-files.ts';
import { barsAt } from '#test/support/bars.ts';

import { benchOf } from '../../src/compose/bench.ts';
import {
  loadStored,
  marketOfFolder,
  marketOfStore,
  withMinuteBars,
} from '../../src/compose/load-market.ts';
import type { LoadedMarket, MarketQuery } from '../../src/compose/load-market.ts';
import { aRequest } from '../research/support/a-request.ts';
import { aStudy } from '../research/support/a-study.ts';

const [AAPL, MSFT] = [ticker('AAPL'), ticker('MSFT')];
const FROM = asSessionDate('2025-11-24');
const TO = asSessionDate('2025-11-28');
const before = (sessions: number): SessionDate => sessionsFrom(FROM, -sessions)[0]!.date;

const QUERY: MarketQuery = {
  symbols: [MSFT, AAPL],
  barMinutes: 5,
  from: FROM,
  to: TO,
  warmUp: 12,
};

/** A data folder whose bar store has these symbols from so many sessions before the first one on. */
async function aStore(sessions: Readonly<Record<string, number>>) {
  const folder = folderWith({});
  const store = createBarStore(join(folder, 'bars'));
  for (const [symbol, count] of Object.entries(sessions)) {
    const starts = barStarts(before(count), TO);
    await store.merge({
      symbol: ticker(symbol),
      barMinutes: 5,
      feed: 'sip',
      adjustment: 'split',
      hours: 'regular',
      columns: barsAt(starts),
      span: { from: starts[0]!, until: starts.at(-1)! + 5 * 60_000 },
    });
  }
  return { folder, store };
}

function loaded(market: LoadedMarket) {
  if (market.kind === 'refused') throw new Error(market.lines.join('\n'));
  const { sessions, bars } = market.market;
  return { first: sessions[0]?.date, symbols: [...bars.keys()], notes: market.notes };
}

describe('the bars of a backtest or a study', () => {
  it('begin with the sessions that warm up, in the order of the symbols', async () => {
    const { folder } = await aStore({ AAPL: 20, MSFT: 30 });
    expect(loaded(await marketOfStore(folder)(QUERY))).toEqual({
      first: before(12),
      symbols: [MSFT, AAPL],
      notes: [],
    });
  });

  it('begin where all symbols have them when some of the warm-up is missing, and say so', async () => {
    const { folder } = await aStore({ AAPL: 5, MSFT: 30 });
    expect(loaded(await marketOfStore(folder)(QUERY))).toMatchObject({
      first: before(5),
      notes: [
        `only 5 of the 12 sessions before 2025-11-24 that warm up are there: the first days are decided on less; begin later, or add bars from ${before(12)} on`,
      ],
    });
  });

  it('are refused where a session that is traded is missing', async () => {
    const { folder } = await aStore({ AAPL: 12 });
    const { kind } = await marketOfStore(folder)(QUERY);
    expect(kind).toBe('refused');
  });

  it('are the same from files', async () => {
    const rows = barStarts(before(20), TO).map((start) => row(start));
    const folder = folderWith({ 'AAPL_5min.csv': csv(...rows), 'MSFT_5min.csv': csv(...rows) });
    const read = marketOfFolder(folder);
    expect(loaded(await read(QUERY))).toMatchObject({
      first: before(12),
      symbols: [MSFT, AAPL],
      notes: [],
    });
    expect(loaded(await read({ ...QUERY, warmUp: 21 })).notes).toHaveLength(1);
  });

  it('are refused for what is wrong with a session that warms up, and not for one before it', async () => {
    const rows = barStarts(before(20), TO).map((start) => row(start));
    const first = rows.findIndex((line) => line.startsWith(before(12)));
    const from = (index: number) => {
      const folder = folderWith({ 'AAPL_5min.csv': csv(...rows.with(index, 'x')) });
      return marketOfFolder(folder)({ ...QUERY, symbols: [AAPL] });
    };
    expect((await from(first + 1)).kind).toBe('refused');
    const { first: begins, notes } = loaded(await from(first - 2));
    expect([begins, notes]).toEqual([
      before(12),
      [expect.stringMatching(/^AAPL_5min\.csv: outside the dates that are needed, line \d+: /)],
    ]);
  });

  it('are refused for 1-minute bars of a day that is traded alone', async () => {
    const { folder } = await aStore({ AAPL: 20 });
    const query = { ...QUERY, symbols: [AAPL], repair: false };
    const market = await marketOfStore(folder)(query);
    const with1 = (...spoilt: readonly number[]) => {
      const starts = [before(1), FROM].flatMap((date) =>
        [0, 1, 2].map((minute) => barStarts(date, date)[0]! + minute * 60_000),
      );
      const rows = starts.map((start, index) => (spoilt.includes(index) ? 'x' : row(start)));
      return withMinuteBars(market, folderWith({ 'AAPL_1min.csv': csv(...rows) }), query);
    };
    expect([(await with1(1)).kind, (await with1(4)).kind]).toEqual(['loaded', 'refused']);
  });

  it('leave out what was never traded, where a person is to be told of that only', async () => {
    const { store } = await aStore({ AAPL: 12 });
    const span = { from: barStarts(before(12), TO)[0]!, until: Number.MAX_SAFE_INTEGER };
    await store.merge({
      symbol: MSFT,
      barMinutes: 5,
      feed: 'sip',
      adjustment: 'split',
      hours: 'regular',
      columns: barsAt([]),
      span,
    });
    expect(loaded(await loadStored(store, QUERY, true)).symbols).toEqual([AAPL]);
  });

  it('say of files which of the asked sessions have bars', async () => {
    const day = barStarts(FROM, FROM).map((start) => row(start));
    const folder = folderWith({ 'AAPL_5min.csv': csv(...day) });
    const query = { ...QUERY, symbols: [AAPL], warmUp: 0 };
    const { notes } = loaded(await marketOfFolder(folder, { repair: false })(query));
    expect(notes).toContain(
      'only 1 of the 4 sessions from 2025-11-24 to 2025-11-28 have bars: those from 2025-11-24 to 2025-11-24',
    );
  });

  it('say of 1-minute bars in which sessions that are traded they are not there', async () => {
    const { folder } = await aStore({ AAPL: 20 });
    const minutes = folderWith({
      'AAPL_1min.csv': csv(row(barStarts(FROM, FROM)[0]!), row(barStarts(FROM, FROM)[0]! + 60_000)),
    });
    const query = { ...QUERY, symbols: [AAPL] };
    const market = await marketOfStore(folder)(query);
    const { notes } = loaded(await withMinuteBars(market, minutes, { ...query, repair: false }));
    const lacking = 'sessions without 1-minute bars, in which the stop counts first: AAPL';
    expect(notes).toEqual([`${lacking} (3 of 4)`]);
    const none = folderWith({ 'AAPL_1min.csv': csv(row(barStarts(before(1), before(1))[0]!)) });
    const without = await withMinuteBars(market, none, { ...query, repair: false });
    expect(loaded(without).notes).toEqual([`${lacking} (4 of 4)`]);
  });

  it('warm up for every point of a grid, and not for its base alone', async () => {
    const asked: MarketQuery[] = [];
    const load = (query: MarketQuery) => {
      asked.push(query);
      return Promise.resolve({ kind: 'refused', lines: ['none'] } as const);
    };
    const axes = [{ name: 'correlationDays', values: [40, 120] }];
    await expect(benchOf(load, aRequest(), aStudy({ axes }))).rejects.toThrow('none');
    expect(asked).toMatchObject([{ barMinutes: 5, warmUp: 131 }]);
  });
});
