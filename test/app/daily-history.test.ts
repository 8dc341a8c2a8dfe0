import { describe, expect, it } from 'vitest';

import { createDailyHistory } from '#app/daily-history.ts';
import type { DailyBar } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { addDays, asSessionDate } from '#core/session.ts';
import type { DailyBarQuery } from '#ports/market-data.ts';

const NVDA = ticker('NVDA');
const SPY = ticker('SPY');
const TODAY = asSessionDate('2025-11-26');

/** A bar each calendar day, priced by its age, as more than any query needs. */
const barsBefore = (query: DailyBarQuery): readonly DailyBar[] => {
  const bars: DailyBar[] = [];
  for (let date = query.from; date < query.until; date = addDays(date, 1)) {
    bars.push({ date, close: 100 + bars.length, volume: 1_000 });
  }
  return bars;
};

function historyOf(symbols: readonly string[], failures = 0) {
  const asked: DailyBarQuery[] = [];
  const history = createDailyHistory(
    {
      dailyBars: async (query) => {
        asked.push(query);
        if (asked.length <= failures) throw new Error('the broker is away');
        const known = query.symbols.filter((symbol) => symbols.includes(symbol));
        return new Map(known.map((symbol) => [symbol, barsBefore(query)]));
      },
    },
    DEFAULT_PARAMETERS,
  );
  return { history, asked };
}

describe('the daily history', () => {
  it('holds the last sessions before the date, as many as the rules look at', async () => {
    const { history } = historyOf(['NVDA']);
    const bars = (await history.before(TODAY, [NVDA])).get(NVDA) ?? [];
    // Sixty returns take sixty-one closes.
    expect(bars).toHaveLength(61);
    expect(bars.at(-1)?.date).toBe('2025-11-25');
    expect(bars.map(({ date }) => date)).toEqual(bars.map(({ date }) => date).toSorted());
  });

  it('asks far enough back for that, whatever holidays there are', async () => {
    const { history, asked } = historyOf(['NVDA']);
    await history.before(TODAY, [NVDA]);
    const [query] = asked;
    // Sixty-one sessions and seven holidays, on weekdays.
    expect(query!.from <= addDays(TODAY, -96)).toBe(true);
    expect(query!.until).toBe(TODAY);
  });

  it('reads each symbol once a session', async () => {
    const { history, asked } = historyOf(['NVDA', 'SPY']);
    await history.before(TODAY, [NVDA]);
    await history.before(TODAY, [NVDA, SPY]);
    await history.before(TODAY, [SPY, NVDA]);
    expect(asked.map(({ symbols }) => symbols)).toEqual([[NVDA], [SPY]]);
    await history.before(addDays(TODAY, 2), [NVDA]);
    expect(asked).toHaveLength(3);
  });

  it('gives a symbol without any history none', async () => {
    const { history, asked } = historyOf([]);
    expect((await history.before(TODAY, [NVDA])).get(NVDA)).toEqual([]);
    await history.before(TODAY, [NVDA]);
    expect(asked).toHaveLength(1);
  });

  it('asks again after a failure', async () => {
    const { history } = historyOf(['NVDA'], 1);
    await expect(history.before(TODAY, [NVDA])).rejects.toThrow('the broker is away');
    expect((await history.before(TODAY, [NVDA])).get(NVDA)).toHaveLength(61);
  });
});
