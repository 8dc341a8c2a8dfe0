import { describe, expect, it } from 'vitest';

import { createFeatureStore } from '#app/feature-store.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import type { Bar } from '#core/bars.ts';
import { createFeatureEngine } from '#core/features.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { Session } from '#core/session.ts';
import type { BarQuery, MarketData } from '#ports/market-data.ts';
import { silentLog } from '#test/support/log.ts';

import { walkBars } from '../core/support/bars.ts';
import type { SessionBar } from '../core/support/bars.ts';

const NVDA = ticker('NVDA');
const THIN = ticker('TPL');
const BAR_MS = 5 * MINUTE_MS;

const sessionsOf = (bars: readonly SessionBar[]): readonly Session[] => [
  ...new Map(bars.map(({ session }) => [session.date, session])).values(),
];

/** Market data out of bars in memory, which remembers what it was asked. */
function marketOf(series: ReadonlyMap<Ticker, readonly SessionBar[]>) {
  const queries: BarQuery[] = [];
  const marketData: MarketData = {
    feed: 'test',
    bars: async (query) => {
      queries.push(query);
      const { symbols, from, until } = query;
      const isAsked = ({ start }: Bar) => start >= from && start < until;
      return new Map(
        symbols.map((symbol) => [
          symbol,
          (series.get(symbol) ?? []).map(({ bar }) => bar).filter(isAsked),
        ]),
      );
    },
    dailyBars: () => Promise.reject(new Error('not used')),
    subscribeBars: () => Promise.reject(new Error('not used')),
    streamHealth: () => {
      throw new Error('not used');
    },
    restartBars: () => {},
  };
  return { marketData, queries };
}

function storeOf(
  series: ReadonlyMap<Ticker, readonly SessionBar[]>,
  sessions: readonly Session[],
  parameters = DEFAULT_PARAMETERS,
) {
  const { marketData, queries } = marketOf(series);
  const calendar = createSessionCalendar({ calendar: async () => sessions });
  const options = { marketData, calendar, parameters, log: silentLog };
  return { store: createFeatureStore(options), queries };
}

const walk = walkBars({ seed: 5, sessions: 14 });
const sessions = sessionsOf(walk);
const endOf = ({ bar }: SessionBar) => bar.start + BAR_MS;
const pricesOf = ({ bar: { start, high, low, close } }: SessionBar) => ({
  start,
  end: start + BAR_MS,
  high,
  low,
  close,
});

describe('the feature store', () => {
  it('gives what an engine gives that has seen the last ten sessions and the current one', async () => {
    const { store } = storeOf(new Map([[NVDA, walk]]), sessions);
    const last = walk.at(-20)!;
    const window = new Set(sessions.slice(-11).map(({ date }) => date));
    const engine = createFeatureEngine(DEFAULT_PARAMETERS);
    let expected = null;
    for (const { bar, session } of walk.slice(0, -19)) {
      if (window.has(session.date)) expected = engine.push(bar, session);
    }
    const features = await store.at(endOf(last), last.session, [NVDA]);
    expect(features.get(NVDA)).toEqual(expected);
  });

  it.each([{ emaSlow: 100 }, { emaSlow: 50, trendBarMinutes: 60 }, { adxPeriod: 100 }])(
    'begins so far back with %j that what it gives is what a backtest sees that began long before',
    async (changes) => {
      const parameters = { ...DEFAULT_PARAMETERS, ...changes };
      const long = walkBars({ seed: 6, sessions: 110 });
      const last = long.at(-20)!;
      const { store } = storeOf(new Map([[NVDA, long]]), sessionsOf(long), parameters);
      const engine = createFeatureEngine(parameters);
      const all = long.slice(0, -19).map(({ bar, session }) => engine.push(bar, session));
      const found = (await store.at(endOf(last), last.session, [NVDA])).get(NVDA)!;
      const seen = Object.entries(all.at(-1)!).map(
        ([name, value]) => [name, expect.closeTo(value, 3)] as const,
      );
      expect(found).toEqual(Object.fromEntries(seen));
    },
  );

  it('gives the same, bit for bit, to a bot that was just started and to one that has run for days', async () => {
    const running = storeOf(new Map([[NVDA, walk]]), sessions).store;
    const late = walk.slice(-100);
    for (const step of walk.slice(-260, -100)) await running.at(endOf(step), step.session, [NVDA]);
    for (const step of late) {
      const [long, fresh] = await Promise.all([
        running.at(endOf(step), step.session, [NVDA]),
        storeOf(new Map([[NVDA, walk]]), sessions).store.at(endOf(step), step.session, [NVDA]),
      ]);
      expect(long).toEqual(fresh);
    }
  });

  it('sees at the next session what was amended, or rescaled by a split, after it was read', async () => {
    const { date } = sessions.at(-1)!;
    const isNew = ({ session }: SessionBar) => session.date === date;
    const first = walk.findIndex(isNew);
    const halved = walk.map(({ bar, session }) => {
      const [open, high, low, close] = [bar.open / 2, bar.high / 2, bar.low / 2, bar.close / 2];
      return { bar: { ...bar, open, high, low, close, volume: bar.volume * 2 }, session };
    });
    const series = new Map([[NVDA, walk]]);
    const running = storeOf(series, sessions).store;
    for (const step of walk.slice(first - 5, first)) {
      await running.at(endOf(step), step.session, [NVDA]);
    }
    series.set(NVDA, halved);
    const fresh = storeOf(series, sessions).store;
    for (const step of halved.slice(first, first + 3)) {
      const long = await running.at(endOf(step), step.session, [NVDA]);
      expect(long).toEqual(await fresh.at(endOf(step), step.session, [NVDA]));
    }
  });

  it('asks only for what is new once it has a window of bars', async () => {
    const { store, queries } = storeOf(new Map([[NVDA, walk]]), sessions);
    const [one, next] = walk.slice(-2);
    await store.at(endOf(one!), one!.session, [NVDA]);
    await store.at(endOf(next!), next!.session, [NVDA]);
    expect(queries.at(-1)).toMatchObject({ from: next!.bar.start, until: endOf(next!) });
  });

  it('tells by the bar end that a bar is missing, and takes it in when it comes late', async () => {
    const [missing, following] = walk.slice(-2);
    const thin = walk.slice(0, -2);
    const series = new Map([
      [NVDA, walk],
      [THIN, thin],
    ]);
    const { store } = storeOf(series, sessions);
    const before = await store.at(endOf(missing!), missing!.session, [NVDA, THIN]);
    expect(before.get(THIN)?.barEnd).toBe(endOf(thin.at(-1)!));
    expect(before.get(NVDA)?.barEnd).toBe(endOf(missing!));

    series.set(THIN, walk);
    const after = await store.at(endOf(following!), following!.session, [NVDA, THIN]);
    expect(after.get(THIN)).toEqual(after.get(NVDA));
  });

  it('never sees a bar that ends after the one it is asked for', async () => {
    const { store } = storeOf(new Map([[NVDA, walk]]), sessions);
    const earlier = walk.at(-30)!;
    const features = await store.at(endOf(earlier), earlier.session, [NVDA]);
    expect(features.get(NVDA)?.close).toBe(earlier.bar.close);
  });

  it('asks for each symbol what that one misses, also when another was read meanwhile', async () => {
    const series = new Map([
      [NVDA, walk],
      [THIN, walk],
    ]);
    const { store } = storeOf(series, sessions);
    const [slept, woke] = [walk.at(-60)!, walk.at(-1)!];
    await store.at(endOf(slept), slept.session, [NVDA, THIN]);
    await store.at(endOf(woke), woke.session, [THIN]);
    const both = await store.at(endOf(woke), woke.session, [NVDA, THIN]);
    expect(both.get(NVDA)).toEqual(both.get(THIN));
  });

  it('gives the bars since an instant, with that whose end it is, as far as they were read', async () => {
    const { store } = storeOf(new Map([[NVDA, walk]]), sessions);
    const [first, , last] = walk.slice(-4, -1);
    await store.at(endOf(last!), last!.session, [NVDA]);
    expect(store.barsSince(NVDA, endOf(first!))).toEqual(walk.slice(-4, -1).map(pricesOf));
    expect(store.barsSince(NVDA, endOf(first!) + 1)).toEqual(walk.slice(-3, -1).map(pricesOf));
    expect(store.barsSince(NVDA, endOf(last!) + 1)).toEqual([]);
    const window = new Set(sessions.slice(-11).map(({ date }) => date));
    const known = walk.slice(0, -1).filter(({ session }) => window.has(session.date));
    expect(store.barsSince(NVDA, 0)).toEqual(known.map(pricesOf));
    expect(store.barsSince(THIN, 0)).toEqual([]);
  });

  it('has nothing to say of a symbol without bars', async () => {
    const { store } = storeOf(new Map(), sessions);
    const last = walk.at(-1)!;
    expect(await store.at(endOf(last), last.session, [THIN])).toEqual(new Map([[THIN, null]]));
  });

  it('leaves out a bar whose figures contradict each other', async () => {
    const last = walk.at(-1)!;
    const bad = { ...last, bar: { ...last.bar, high: last.bar.low - 1 } };
    const { store } = storeOf(new Map([[NVDA, [...walk.slice(0, -1), bad]]]), sessions);
    const features = await store.at(endOf(last), last.session, [NVDA]);
    expect(features.get(NVDA)?.barEnd).toBe(last.bar.start);
  });
});
