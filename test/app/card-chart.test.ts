import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { chartFor } from '#app/reports/card-chart.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { parseUsd } from '#core/money.ts';
import type { Card } from '#ports/cards.ts';
import type { ChartImage, Charts, ChartSpec } from '#ports/charts.ts';

import { alarm, digest, weekly } from '../adapters/discord/facts.ts';
import { FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';

const QUIET: Ohlc = [100, 100.5, 99.5, 100];
const TARGET: Ohlc = [101, 106, 100.9, 105.5];

const image: ChartImage = {
  png: new Uint8Array(),
  width: 1,
  height: 1,
  altText: 'a picture',
  fileName: 'a.png',
};

/** A desk that has entered and left, and a pen that remembers what it was asked to draw. */
async function openStory(charts?: Charts) {
  const desk = await openDesk([QUIET, QUIET, QUIET, TARGET]);
  const drawn: ChartSpec[] = [];
  const context = desk.with({
    charts: charts ?? {
      render: async (chart) => {
        drawn.push(chart);
        return { ok: true, image };
      },
    },
  });
  const barEnd = desk.nextBar();
  await desk.plan();
  await submitPlannedEntries(context, barEnd);
  await deliverOutbox(context);
  for (let bar = 0; bar < 3; bar += 1) {
    desk.nextBar();
    await syncOrders(context);
  }
  const card = async (kind: Card['kind']) => (await context.ledger.outbox.latest(kind))!.card;
  return { desk, context, drawn, card };
}

describe('the picture of a card', () => {
  it('of an entry shows the bars up to it, its bracket and its fill, and nothing later', async () => {
    const { context, drawn, card } = await openStory();
    const entry = await card('entry');
    expect(await chartFor(context, entry)).toBe(image);
    const [chart] = drawn;
    expect(chart).toMatchObject({
      kind: 'candles',
      symbol: 'NVDA',
      title: 'NVDA long, 10 shares',
      position: {
        side: 'long',
        until: null,
        stops: [{ price: parseUsd('98') }],
        targetPrice: parseUsd('105'),
      },
      fills: [{ role: 'entry', quantity: 10 }],
    });
    if (chart?.kind !== 'candles' || entry.kind !== 'entry') throw new Error('no candles');
    expect(chart.bars.at(-1)!.start + 300_000).toBeLessThanOrEqual(entry.progress.at);
    expect(chart.averages!.fast.values).toHaveLength(chart.bars.length);
    expect(chart.averages!.slow.values.at(-1), 'warm by the day before').toBeCloseTo(100, 0);
  });

  it('of an exit shows both fills and where the position ended', async () => {
    const { context, drawn, card } = await openStory();
    const exit = await card('exit');
    await chartFor(context, exit);
    expect(drawn).toMatchObject([
      {
        fills: [{ role: 'entry' }, { role: 'exit', quantity: 10 }],
        position: { until: exit.kind === 'exit' && exit.trade.closedAt },
      },
    ]);
  });

  it('of a digest is the session’s equity from its opening to its close', async () => {
    const { context, drawn } = await openStory();
    const at = FIRST.open + 600_000;
    const equity = parseUsd('100100');
    await context.ledger.transaction((tx) =>
      tx.saveEquity({ at, sessionDate: FIRST.date, equity, cash: equity, flows: null }),
    );
    await chartFor(context, { ...digest, date: FIRST.date });
    expect(drawn).toMatchObject([
      {
        kind: 'equity',
        points: [
          { at: FIRST.open, equity: digest.openingEquity },
          { at, equity },
          { at: FIRST.close, equity: digest.closingEquity },
        ],
        haltsAt: null,
      },
    ]);
  });

  it('of a bad day shows where entries halt', async () => {
    const { context, drawn } = await openStory();
    const closingEquity = parseUsd('98500');
    await chartFor(context, { ...digest, date: FIRST.date, closingEquity });
    expect(drawn).toMatchObject([{ haltsAt: parseUsd('97000') }]);
  });

  it('of a week is its days', async () => {
    const { context, drawn } = await openStory();
    await chartFor(context, weekly);
    expect(drawn).toMatchObject([{ kind: 'performance', days: weekly.days }]);
  });

  it('is none for other cards, and nothing is asked for', async () => {
    const { context, drawn } = await openStory();
    expect(await chartFor(context, alarm)).toBeNull();
    expect(drawn).toEqual([]);
  });

  it.each<[string, Charts]>([
    ['cannot be drawn', { render: async () => ({ ok: false, code: 'crashed', why: 'x' }) }],
    ['fails', { render: () => Promise.reject(new Error('a bug')) }],
    ['does not come', { render: () => new Promise(() => {}) }],
  ])('is none when it %s, and the card goes without', async (_, charts) => {
    const { desk, context } = await openStory(charts);
    await deliverOutbox(context);
    expect(desk.told.at(-2)).toMatchObject({ kind: 'posted', card: { kind: 'exit' } });
  });

  it('is none when the bars cannot be read', async () => {
    const { context, drawn, card } = await openStory();
    const marketData = {
      ...context.marketData,
      bars: () => Promise.reject(new Error('away')),
    };
    expect(await chartFor({ ...context, marketData }, await card('exit'))).toBeNull();
    expect(drawn).toEqual([]);
  });
});
