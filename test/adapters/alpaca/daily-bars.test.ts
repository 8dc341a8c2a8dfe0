import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';

import { FIRST, HISTORY, HALF_DAY, SECOND } from '../../sandbox/alpaca-market.ts';
import { aBroker } from './a-broker.ts';
import { json, served } from './served.ts';

const AAPL = ticker('AAPL');
const NOBODY = ticker('NOBODY');

describe('daily bars', () => {
  it('are of whole sessions from one date to before another, by the exchange’s calendar day', async () => {
    const { marketData, standIn } = await aBroker({
      bars: [
        [100, 101, 99, 100],
        [100, 104, 100, 103],
      ],
    });
    standIn.advanceTo(HALF_DAY.close);
    const query = { symbols: [AAPL, NOBODY], from: HISTORY.date, until: HALF_DAY.date };
    const bars = await marketData.dailyBars(query);
    expect(bars.get(AAPL)).toEqual([
      { date: HISTORY.date, close: 100, volume: 78 * 10_000 },
      { date: FIRST.date, close: 103, volume: 78 * 10_000 },
      { date: SECOND.date, close: 103, volume: 78 * 10_000 },
    ]);
    expect(bars.get(NOBODY) ?? []).toEqual([]);
  });

  it('lack the session that still runs', async () => {
    const { marketData, standIn } = await aBroker({ bars: [[100, 101, 99, 100]] });
    standIn.advanceTo(SECOND.open + 3_600_000);
    const query = { symbols: [AAPL], from: HISTORY.date, until: HALF_DAY.date };
    const dates = (await marketData.dailyBars(query)).get(AAPL)?.map(({ date }) => date);
    expect(dates).toEqual([HISTORY.date, FIRST.date]);
  });

  it('are asked for split-adjusted, from New York’s midnights, in winter and in summer', async () => {
    const { marketData, asked } = await served([json({ bars: {}, next_page_token: null })]);
    const from = asSessionDate('2025-10-01');
    await marketData.dailyBars({ symbols: [AAPL], from, until: asSessionDate('2025-11-26') });
    const { searchParams } = new URL(asked[0]!.line.slice(4), 'http://x');
    expect(Object.fromEntries(searchParams)).toMatchObject({
      symbols: 'AAPL',
      timeframe: '1Day',
      start: '2025-10-01T04:00:00.000Z',
      end: '2025-11-26T04:59:59.999Z',
      adjustment: 'split',
      feed: 'iex',
    });
  });

  it('are not asked for of what is no stock, for which the broker would refuse those of all', async () => {
    const { marketData, asked } = await served([json({ bars: {}, next_page_token: null })]);
    const option = 'AAPL251219C00270000' as Ticker;
    const date = asSessionDate('2025-11-26');
    await marketData.dailyBars({ symbols: [option, AAPL], from: date, until: date });
    await marketData.dailyBars({ symbols: [option], from: date, until: date });
    await marketData.bars({ symbols: [AAPL, option], barMinutes: 5, from: 0, until: 300_000 });
    expect(
      asked.map(({ line }) => new URL(line.slice(4), 'http://x').searchParams.get('symbols')),
    ).toEqual(['AAPL', 'AAPL']);
  });

  it('of no symbols are not asked for', async () => {
    const { marketData, asked } = await served([json({})]);
    const date = asSessionDate('2025-11-26');
    expect(await marketData.dailyBars({ symbols: [], from: date, until: date })).toEqual(new Map());
    expect(asked).toEqual([]);
  });
});
