import { describe, expect, it } from 'vitest';

import { barsOf } from '#app/backtest/load-bars.ts';
import type { Bar } from '#core/bars.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate, MINUTE_MS } from '#core/session.ts';
import type { BarQuery } from '#ports/market-data.ts';

const NVDA = ticker('NVDA');
const AAPL = ticker('AAPL');
const FROM = asSessionDate('2025-06-10');
const TO = asSessionDate('2025-11-28');
const WARM_UP = 5;
/** Five before the first one that is tested. */
const SESSIONS = sessionsBetween(asSessionDate('2025-06-03'), TO);
const WANTED = {
  symbols: [NVDA, AAPL],
  barMinutes: 15,
  from: FROM,
  to: TO,
  warmUp: WARM_UP,
} as const;

const bar = (start: number): Bar => ({ start, open: 1, high: 3, low: 0.5, close: 2, volume: 10 });

/** Market data with a bar each quarter of an hour, day and night, of NVDA alone. */
function aroundTheClock() {
  const asked: BarQuery[] = [];
  return {
    asked,
    bars: async (query: BarQuery) => {
      asked.push(query);
      const bars: Bar[] = [];
      for (let start = query.from; start < query.until; start += 15 * MINUTE_MS) {
        bars.push(bar(start));
      }
      return new Map(query.symbols.includes(NVDA) ? [[NVDA, bars]] : []);
    },
  };
}

const watching = () => {
  const shares: number[] = [];
  const aborting = new AbortController();
  const progress = (share: number): void => void shares.push(share);
  return { shares, aborting, watch: { progress, signal: aborting.signal } };
};

describe('the bars of a backtest', () => {
  it('are those within the sessions, half-days and warm-up included, of the symbols that have any', async () => {
    const { watch } = watching();
    const sourced = await barsOf(aroundTheClock())(WANTED, watch);
    const market = sourced.kind === 'bars' ? sourced.market : null;
    expect(market?.sessions).toEqual(SESSIONS);
    const starts = SESSIONS.flatMap(({ open, close }) =>
      Array.from(
        { length: (close - open) / (15 * MINUTE_MS) },
        (_, n) => open + n * 15 * MINUTE_MS,
      ),
    );
    expect([...(market?.bars.keys() ?? [])]).toEqual([NVDA]);
    const columns = market!.bars.get(NVDA)!;
    expect([...columns.start]).toEqual(starts);
    expect(
      [columns.open, columns.high, columns.low, columns.close, columns.volume].map((column) =>
        column.at(-1),
      ),
    ).toEqual([1, 3, 0.5, 2, 10]);
  });

  it('come with what is to be known about them', async () => {
    const { watch } = watching();
    const whole = aroundTheClock();
    const bars = async (query: BarQuery) => {
      const found = await whole.bars(query);
      return new Map(
        [...found].map(([symbol, all]) => [
          symbol,
          all.filter(({ start }) => start !== SESSIONS[9]!.open && start >= SESSIONS[2]!.open),
        ]),
      );
    };
    expect(await barsOf({ bars })(WANTED, watch)).toMatchObject({
      notes: [
        'missing bars: NVDA (1 in 1 session, the longest hole 15 minutes)',
        expect.stringMatching(
          /^only 3 of the 5 sessions before 2025-06-10 that warm up are there: /,
        ),
      ],
    });
    expect(await barsOf(whole)(WANTED, watch)).toMatchObject({ notes: [] });
  });

  it('come piece by piece, and tell how much is there', async () => {
    const { watch, shares } = watching();
    const market = aroundTheClock();
    await barsOf(market)(WANTED, watch);
    const pieces = Math.ceil(SESSIONS.length / 30);
    expect(market.asked).toHaveLength(2 * pieces);
    expect(market.asked[0]).toMatchObject({
      symbols: [NVDA],
      barMinutes: 15,
      from: SESSIONS[0]!.open,
    });
    expect(market.asked.at(-1)).toMatchObject({ symbols: [AAPL], until: SESSIONS.at(-1)!.close });
    expect(shares).toEqual(shares.map((_, index) => (index + 1) / (2 * pieces)));
  });

  it('are asked for no more once it is aborted', async () => {
    const { watch, aborting } = watching();
    const market = aroundTheClock();
    const progress = (): void => aborting.abort();
    expect(await barsOf(market)(WANTED, { ...watch, progress })).toEqual({ kind: 'stopped' });
    expect(market.asked).toHaveLength(1);
  });
});
