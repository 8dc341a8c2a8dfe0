import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { fillBars } from '#app/fill-bars.ts';
import type { FillContext, FillProgress, FillQuery } from '#app/fill-bars.ts';
import { ticker } from '#core/ids.ts';
import { MINUTE_MS, asSessionDate, startOfDay } from '#core/session.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { barList } from '#test/support/bars.ts';

import { aBroker } from '../adapters/alpaca/a-broker.ts';

const AAPL = ticker('AAPL');
const MSFT = ticker('MSFT');
const SYMBOLS = [AAPL, MSFT];
/** Ten sessions of history, 2025-11-12 to 2025-11-25, then the replay's first, which has not begun. */
const MARKET = generateMarket({
  seed: 7,
  symbols: SYMBOLS,
  sessions: 1,
  historySessions: 10,
  startDate: asSessionDate('2025-11-26'),
});
const QUERY: FillQuery = {
  symbols: SYMBOLS,
  barMinutes: 5,
  from: startOfDay(asSessionDate('2025-11-12')),
  until: startOfDay(asSessionDate('2025-11-26')),
};
/** Three sessions a request. */
const THREE_SESSIONS = 3 * 192;
const DAY_MS = 24 * 60 * MINUTE_MS;
const twice = (price: number) => price * 2;
const nothing = (): void => {};

/** Alpaca's stand-in, a store, and what was asked for. */
async function aFilling(shape: Parameters<typeof aBroker>[0] = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'fill-bars-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const { standIn, marketData } = await aBroker({ market: MARKET, ...shape });
  const asked: string[] = [];
  const context: FillContext = {
    store: createBarStore(folder),
    clock: { now: () => MARKET.start },
    barsPerRequest: THREE_SESSIONS,
    marketData: {
      feed: 'sip',
      bars: (query) => {
        const [from, until] = [query.from, query.until].map((at) => new Date(at).toISOString());
        asked.push(`${query.symbols.join()} ${from} ${until}`);
        return marketData.bars(query);
      },
    },
  };
  const bytes = (symbol = AAPL) => readFile(join(folder, `${symbol}_5min.bars`));
  return { context, asked, bytes, standIn };
}

const barsIn = async ({ store }: FillContext, symbol = AAPL) => {
  const load = await store.load({ symbol, barMinutes: 5, from: 0, until: Infinity });
  return load.kind === 'loaded' ? barList(load.columns) : load.kind;
};

describe('filling the bar store', () => {
  it('stores every bar of every session, with feed and adjustment', async () => {
    const { context } = await aFilling();
    const result = await fillBars(context, QUERY, nothing);
    expect(result).toEqual({
      bars: 2 * 10 * 78,
      requests: 8,
      complete: [],
      empty: [],
      restated: [],
      problems: [],
    });
    for (const symbol of SYMBOLS) {
      expect(await barsIn(context, symbol)).toEqual(MARKET.bars(symbol, 0, MARKET.start));
    }
    expect(await context.store.look({ symbol: AAPL, barMinutes: 5 })).toMatchObject({
      stored: { feed: 'sip', adjustment: 'split', hours: 'regular', count: 780 },
    });
  });

  it('tells after each request how far it is', async () => {
    const { context } = await aFilling();
    let now = MARKET.start;
    const seen: FillProgress[] = [];
    const clock = { now: () => (now += 500) };
    await fillBars({ ...context, clock }, QUERY, (progress) => seen.push(progress));
    expect(seen.map(({ symbol, requests, of, bars }) => [symbol, requests, of, bars])).toEqual([
      ['AAPL', 1, 8, 234],
      ['AAPL', 2, 8, 468],
      ['AAPL', 3, 8, 702],
      ['AAPL', 4, 8, 780],
      ['MSFT', 5, 8, 1014],
      ['MSFT', 6, 8, 1248],
      ['MSFT', 7, 8, 1482],
      ['MSFT', 8, 8, 1560],
    ]);
    expect(seen.map(({ leftMs }) => leftMs).at(-1)).toBe(0);
    expect(seen[3]?.leftMs).toBeGreaterThan(0);
  });

  it.each([1, 3, 4, 6])('goes on after a crash behind request %i, to the same bytes', async (n) => {
    const [whole, broken] = [await aFilling(), await aFilling()];
    await fillBars(whole.context, QUERY, nothing);
    const crash = fillBars(broken.context, QUERY, ({ requests }) => {
      if (requests === n) throw new Error('killed');
    });
    await expect(crash).rejects.toThrow('killed');
    const { requests } = await fillBars(broken.context, QUERY, nothing);
    expect(requests).toBe(8 - n);
    for (const symbol of SYMBOLS) {
      expect(await broken.bytes(symbol)).toEqual(await whole.bytes(symbol));
    }
  });

  it('keeps what it has when the broker fails, and goes on from there', async () => {
    const { context, standIn, bytes } = await aFilling();
    const whole = await aFilling();
    await fillBars(whole.context, QUERY, nothing);
    standIn.faults.add({
      kind: 'reject',
      method: 'GET',
      path: /bars.*start=2025-11-20/,
      status: 403,
      body: { message: 'forbidden' },
    });
    await expect(fillBars(context, QUERY, nothing)).rejects.toThrow('forbidden');
    expect(await barsIn(context)).toHaveLength(6 * 78);
    await fillBars(context, QUERY, nothing);
    expect(await bytes()).toEqual(await whole.bytes());
  });

  it('asks for nothing that is stored already', async () => {
    const { context, asked } = await aFilling();
    await fillBars(context, QUERY, nothing);
    asked.length = 0;
    const result = await fillBars(context, QUERY, nothing);
    expect(result).toMatchObject({ bars: 0, requests: 0, complete: SYMBOLS });
    expect(asked).toEqual([]);
  });

  it('asks for what was added to the dates only, in whichever order, to the same bytes', async () => {
    const [whole, parts] = [await aFilling(), await aFilling()];
    await fillBars(whole.context, QUERY, nothing);
    const middle = startOfDay(asSessionDate('2025-11-19'));
    await fillBars(parts.context, { ...QUERY, from: middle }, nothing);
    const { bars } = await fillBars(parts.context, QUERY, nothing);
    expect(bars).toBe(2 * 5 * 78);
    expect(await parts.bytes()).toEqual(await whole.bytes());
  });

  it('leaves the last quarter of an hour for later, which the consolidated feed does not give', async () => {
    const { context, standIn, asked } = await aFilling();
    const [today] = MARKET.sessions.slice(10);
    const open = today?.open ?? 0;
    standIn.advanceTo(open + 60 * MINUTE_MS);
    const at = { ...context, clock: { now: () => open + 60 * MINUTE_MS } };
    const query = { ...QUERY, symbols: [AAPL], from: open, until: open + 1 };
    expect(await fillBars(at, query, nothing)).toMatchObject({ bars: 8 });
    expect(asked.at(-1)).toBe('AAPL 2025-11-26T14:30:00.000Z 2025-11-26T15:10:00.000Z');
    standIn.advanceTo(today?.close ?? 0);
    const later = { ...context, clock: { now: () => (today?.close ?? 0) + 60 * MINUTE_MS } };
    expect(await fillBars(later, query, nothing)).toMatchObject({ bars: 78 });
  });

  it('fetches anew what was stored in the shares of before a split', async () => {
    const [whole, split] = [await aFilling(), await aFilling()];
    await fillBars(whole.context, QUERY, nothing);
    const middle = startOfDay(asSessionDate('2025-11-19'));
    const { bars } = split.context.marketData;
    const raw: FillContext['marketData'] = {
      feed: 'sip',
      bars: async (query) => {
        const found = await bars(query);

        return new Map(
          [...found].map(([symbol, series]) => [
            symbol,
            series.map((bar) => ({
              ...bar,
              open: twice(bar.open),
              high: twice(bar.high),
              low: twice(bar.low),
              close: twice(bar.close),
            })),
          ]),
        );
      },
    };
    await fillBars({ ...split.context, marketData: raw }, { ...QUERY, until: middle }, nothing);
    const result = await fillBars(split.context, { ...QUERY, from: middle }, nothing);
    expect(result.restated).toEqual(SYMBOLS);
    expect(await split.bytes()).toEqual(await whole.bytes());
  });

  it('tells where the store has bars of another feed, and goes on with the next symbol', async () => {
    const { context } = await aFilling();
    const iex = { ...context, marketData: { ...context.marketData, feed: 'iex' } };
    await fillBars(iex, { ...QUERY, symbols: [AAPL], until: QUERY.from + DAY_MS }, nothing);
    const result = await fillBars(context, QUERY, nothing);
    expect(result.problems).toHaveLength(1);
    expect(result.problems[0]).toContain('holds bars of the feed iex');
    expect(await barsIn(context, MSFT)).toHaveLength(780);
  });

  it('leaves out a bar that cannot be, and says so', async () => {
    const { context } = await aFilling();
    const { bars } = context.marketData;
    const spoilt: FillContext['marketData'] = {
      feed: 'sip',
      bars: async (query) =>
        new Map(
          [...(await bars(query))].map(([symbol, series]) => [
            symbol,
            series.map((bar, index) => (index === 5 ? { ...bar, high: 1 } : bar)),
          ]),
        ),
    };
    const query = { ...QUERY, symbols: [AAPL], until: QUERY.from + DAY_MS };
    const result = await fillBars({ ...context, marketData: spoilt }, query, nothing);
    expect(result.problems).toEqual([
      'AAPL: the bar of 2025-11-12T14:55:00.000Z is left out: high and low must enclose open and close',
    ]);
  });
});
