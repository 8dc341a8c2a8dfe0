import { afterEach, describe, expect, it } from 'vitest';

import { symbolChart } from '#app/reports/symbol-chart.ts';
import chart from '#commands/chart.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { BrokerError } from '#ports/broker.ts';
import { recordingCharts } from '#test/support/charts.ts';

import { closeDesks } from '../adapters/discord/harness.ts';
import { BARS, deskWithPosition, NVDA } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import { FIRST, HISTORY, SECOND } from '../sandbox/alpaca-market.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

afterEach(closeDesks);

const away = () => Promise.reject(new BrokerError('away', { retryable: true }));

describe('/chart', () => {
  it('is for viewers', () => {
    expect(chart.role).toBe('viewer');
  });

  it('says in one line that nobody knows a stock', async () => {
    const channel = await openChannel(await openDesk([BARS.quiet]), [chart]);
    expect(textOf(await channel.type('viewer', 'chart', { symbol: 'nosuch' }))).toBe(
      'The broker does not know NOSUCH: check the spelling.',
    );
  });

  it('counts a stock as known while the broker cannot be asked', async () => {
    const assets = { of: async () => new Map() };
    const channel = await openChannel(await openDesk([BARS.quiet]), [chart], { assets });
    expect(textOf(await channel.type('viewer', 'chart', { symbol: 'nosuch' }))).toContain(
      '📈 NOSUCH',
    );
  });

  it('shows the session so far, and the trade in it', async () => {
    const desk = await deskWithPosition([[101, 103, 100, 102]]);
    desk.nextBar();
    const charts = recordingCharts();
    const channel = await openChannel(desk, [chart], { charts });
    const message = await channel.type('viewer', 'chart', { symbol: 'nvda' });
    expect(textOf(message)).toBe(
      [
        '📈 NVDA, 2025-11-25 · +2.00 %',
        'open $100.00 · high $103.00 · low $99.50 · **last $102.00**',
        `3 bars, the last one until <t:${FIRST.open / 1000 + 900}:t>. Averages and levels are in the picture.`,
        `⏳ \`${desk.id}\` long 10: 10 held, stop $98.00, target $105.00`,
      ].join('\n'),
    );
    expect(message.embeds[0]?.image?.url).toContain('nvda.png');
    expect(charts.asked).toMatchObject([
      {
        title: 'NVDA long, 10 shares',
        position: { entryPrice: parseUsd('100'), until: null },
        fills: [{ role: 'entry' }],
      },
    ]);
  });

  it('tells how a trade of this session ended', async () => {
    const desk = await deskWithPosition([BARS.target]);
    desk.nextBar();
    await desk.settle();
    const channel = await openChannel(desk, [chart]);
    expect(textOf(await channel.type('viewer', 'chart', { symbol: 'NVDA' }))).toContain(
      `🏁 \`${desk.id}\` long 10: +$50.00 (+2.5 R), target`,
    );
  });

  it('knows no trade of another session', async () => {
    const desk = await deskWithPosition([BARS.target]);
    while (desk.standIn.now() < SECOND.open + 300_000) desk.nextBar();
    await desk.settle();
    const { report, chart: drawn } = await symbolChart(desk.context, NVDA);
    expect(report).toMatchObject({ session: { date: SECOND.date }, story: null });
    expect(drawn).toMatchObject({ title: 'NVDA', position: null, fills: [] });
  });

  it('before the first bar of a day says that there is none', async () => {
    const desk = await openDesk([BARS.quiet]);
    const clock = { now: () => FIRST.open + 60_000 };
    const channel = await openChannel(desk, [chart], { clock });
    const text = textOf(await channel.type('viewer', 'chart', { symbol: 'NVDA' }));
    expect(text).toContain('No bar of it has settled in this session.\nNo trade of the bot in it.');
  });

  it('shows the last session while the exchange is closed', async () => {
    const desk = await openDesk([BARS.quiet]);
    const clock = { now: () => FIRST.open - 3_600_000 };
    const { report, chart: drawn } = await symbolChart(desk.with({ clock }), ticker('NVDA'));
    expect(report.session?.date).toBe(HISTORY.date);
    expect(drawn?.bars).toHaveLength(78);
  });

  it('says that no session is known when that is so', async () => {
    const desk = await openDesk([BARS.quiet]);
    const calendar = { ...desk.context.calendar, currentOrNext: async () => null };
    const channel = await openChannel(desk, [chart], { calendar });
    expect(textOf(await channel.type('viewer', 'chart', { symbol: 'NVDA' }))).toContain(
      'knows no session',
    );
  });

  it('fails when the bars cannot be read: there would be nothing to show', async () => {
    const desk = await openDesk([BARS.quiet]);
    const marketData = { ...desk.context.marketData, bars: away };
    await expect(symbolChart(desk.with({ marketData }), NVDA)).rejects.toThrow(BrokerError);
  });
});
