import { afterEach, describe, expect, it } from 'vitest';

import { performanceEmbed } from '#adapters/discord/cards/performance.ts';
import { performance } from '#app/reports/performance.ts';
import command from '#commands/performance.ts';
import { micros, parseUsd } from '#core/money.ts';
import { addDays } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { recordingCharts } from '#test/support/charts.ts';

import { closeDesks } from '../adapters/discord/harness.ts';
import { BARS, deskWithPosition } from '../app/behaviours/a-desk.ts';
import type { TradingDesk } from '../app/behaviours/a-desk.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { FIRST, HISTORY } from '../sandbox/alpaca-market.ts';
import { openChannel, textOf } from './a-trading-channel.ts';

afterEach(closeDesks);

const tableOf = ({ embeds }: PresentedMessage): string => embeds[0]?.fields?.[0]?.value ?? '';

const ADA = { id: '1', name: 'Ada', role: 'viewer' } as const;

/** Ten NVDA, bought at 100 and sold at the target of 105, all on the first day. */
async function wonTrade(): Promise<TradingDesk> {
  const desk = await deskWithPosition([BARS.target]);
  desk.nextBar();
  await desk.settle();
  return desk;
}

/** Moves the end of the only trade so many days back. */
const endedBefore = async ({ context: { ledger }, id }: TradingDesk, days: number) =>
  ledger.transaction(async (tx) => {
    const trade = (await tx.lockTrade(id))!;
    const ago = days * 24 * 3_600_000;
    await tx.saveTrade({
      ...trade,
      closedAt: trade.closedAt! - ago,
      openedAt: trade.openedAt! - ago,
    });
  });

const equity = (
  { context: { ledger } }: Desk,
  at: number,
  dollars: string,
  flows: string | null = null,
) =>
  ledger.transaction((tx) =>
    tx.saveEquity({
      at,
      sessionDate: FIRST.date,
      equity: parseUsd(dollars),
      cash: parseUsd(dollars),
      flows: flows === null ? null : parseUsd(flows),
    }),
  );

const intervene = ({ context, id }: TradingDesk, sessionDate: SessionDate) =>
  context.ledger.transaction((tx) =>
    tx.insertLegIntervention({
      brokerOrderId: `leg of ${sessionDate}` as never,
      tradeId: id,
      action: 'cancel',
      intentId: null,
      at: FIRST.open,
      sessionDate,
    }),
  );

describe('/performance', () => {
  it('is for viewers', () => {
    expect(command.role).toBe('viewer');
  });

  it('holds the six metrics against their targets, and says what each stands on', async () => {
    const desk = await wonTrade();
    const channel = await openChannel(desk, [command]);
    const message = await channel.type('viewer', 'performance', { by: 'symbol' });
    expect(tableOf(message)).toMatchInlineSnapshot(`
      "\`\`\`
      symbol n            won     P/L    R
      NVDA   1 100 % (21–100) +$50.00 +2.5
      \`\`\`
      Fewer than 30 trades say little."
    `);
    expect(textOf(message)).toMatchInlineSnapshot(`
      "📊 All sessions: +$50.00 in 1 trade
      until 2025-11-25. Realized, before fees; charged so far: $0.00.
      1 won, 0 not.

      ⏳ Win rate 100 % (21 to 100), target > 60 %: met
      ⏳ Average +2.5 R, target > 2 R: met
      ⏳ Slippage 0.0 bps, target < 5 bps: met
      ✅ Interference 0, target 0: met
      – Profit factor: no loss to compare with
      – Drawdown: no session measured
      (…) holds the true figure, 95 % sure. ⏳ on fewer than 30: too few to say."
    `);
  });

  it.each([
    ['reason', 'target '],
    ['hour', '09:00 '],
  ])('tells trades apart by %s', async (by, row) => {
    const channel = await openChannel(await wonTrade(), [command]);
    expect(tableOf(await channel.type('viewer', 'performance', { by }))).toContain(`\n${row}`);
  });

  it('shows a long table in pieces, each a message can hold', async () => {
    const channel = await openChannel(await wonTrade(), [command]);
    const { report } = await performance(channel.context, { period: 'all', by: 'symbol' });
    const [group] = report.groups;
    const groups = Array.from({ length: 40 }, (_, n) => ({ ...group!, key: `SYM${n}` }));
    const { fields = [] } = performanceEmbed({ ...report, groups });
    expect(fields.map(({ value }) => value.split('\n').length)).toEqual([22, 22, 8]);
    for (const { value } of fields) expect(value.length).toBeLessThanOrEqual(1024);
  });

  it('of nothing says so', async () => {
    const channel = await openChannel(await openDesk([BARS.quiet]), [command]);
    expect(textOf(await channel.type('viewer', 'performance'))).toContain(
      'All sessions: no closed trade',
    );
  });

  it.each([
    [{ period: 'year' }, 'period is one of: day, week, month, all.'],
    [{ by: 'moon' }, 'by is one of: symbol, reason, hour.'],
  ])('does not take %o', async (options, words) => {
    const { context } = await openDesk([BARS.quiet]);
    await expect(command.run(context, { actor: ADA, options })).rejects.toThrow(words);
  });
});

const trades = async (desk: Desk, period: 'day' | 'week' | 'month' | 'all') =>
  (await performance(desk.context, { period, by: null })).report.metrics.winRate.count;

describe('the period', () => {
  it.each([
    ['day', 0, 1],
    ['day', 1, 0],
    ['week', 6, 1],
    ['week', 7, 0],
    ['month', 29, 1],
    ['month', 30, 0],
    ['all', 300, 1],
  ] as const)(
    '%s of a trade that was closed %i days ago counts %i',
    async (period, days, found) => {
      const desk = await wonTrade();
      await endedBefore(desk, days);
      expect(await trades(desk, period)).toBe(found);
    },
  );

  it('counts what was done to brackets on its days alone', async () => {
    const desk = await wonTrade();
    for (const days of [0, 6, 7]) await intervene(desk, addDays(FIRST.date, -days));
    const count = async (period: 'day' | 'week' | 'all') =>
      (await performance(desk.context, { period, by: null })).report.metrics.interference.value;
    expect([await count('day'), await count('week'), await count('all')]).toEqual([1, 2, 3]);
  });

  it('day is that of the last session while the exchange is closed', async () => {
    const desk = await openDesk([BARS.quiet]);
    const context = desk.with({ clock: { now: () => FIRST.open - 3_600_000 } });
    const { report } = await performance(context, { period: 'day', by: null });
    expect([report.from, report.to]).toEqual([HISTORY.date, HISTORY.date]);
  });

  it('has the drawdown of the running session before it is kept', async () => {
    const desk = await openDesk([BARS.quiet]);
    await equity(desk, FIRST.open + 300_000, '100000');
    await equity(desk, FIRST.open + 600_000, '98000');
    const { report } = await performance(desk.context, { period: 'all', by: null });
    expect(report.metrics.drawdownPercent).toMatchObject({ value: 2, count: 1 });
  });

  it('takes no withdrawal in the running session for a drawdown', async () => {
    const desk = await openDesk([BARS.quiet]);
    await equity(desk, FIRST.open + 300_000, '100000', '0');
    await equity(desk, FIRST.open + 600_000, '79200', '-20000');
    const { report } = await performance(desk.context, { period: 'all', by: null });
    expect(report.metrics.drawdownPercent).toMatchObject({ value: 0.8, count: 1 });
  });

  it('has the kept drawdown of a session that is over, and counts it once', async () => {
    const desk = await openDesk([BARS.quiet]);
    await equity(desk, FIRST.open + 300_000, '100000');
    const { metrics } = (await performance(desk.context, { period: 'all', by: null })).report;
    const kept = { ...metrics, drawdownPercent: { value: 1.5, count: 1, interval: null } };
    await desk.context.ledger.transaction((tx) =>
      tx.saveSessionMetrics({ sessionDate: FIRST.date, metrics: kept, computedAt: FIRST.close }),
    );
    const { report } = await performance(desk.context, { period: 'all', by: null });
    expect(report.metrics.drawdownPercent).toMatchObject({ value: 1.5, count: 1 });
  });
});

describe('the picture of the performance', () => {
  it('is of the equity in a day, with its opening and its limit', async () => {
    const desk = await openDesk([BARS.quiet]);
    await equity(desk, FIRST.open + 300_000, '100000');
    await equity(desk, FIRST.open + 600_000, '99000');
    const { chart } = await performance(desk.context, { period: 'day', by: null });
    expect(chart).toEqual({
      kind: 'equity',
      title: 'Session of 2025-11-25',
      points: [
        { at: FIRST.open + 300_000, equity: parseUsd('100000') },
        { at: FIRST.open + 600_000, equity: parseUsd('99000') },
      ],
      sessionOpen: parseUsd('100000'),
      haltsAt: parseUsd('97000'),
    });
  });

  it('is of each day’s profit and loss in a longer period', async () => {
    const desk = await wonTrade();
    const charts = recordingCharts();
    const channel = await openChannel(desk, [command], { charts });
    const message = await channel.type('viewer', 'performance', { period: 'week' });
    expect(message.embeds[0]?.image).toBeDefined();
    expect(charts.asked).toEqual([
      {
        kind: 'performance',
        title: 'Last 7 days',
        days: [{ date: FIRST.date, pnl: micros(50_000_000) }],
      },
    ]);
  });

  it('is none where there is nothing to show', async () => {
    const { context } = await openDesk([BARS.quiet]);
    const day = await performance(context, { period: 'day', by: null });
    const all = await performance(context, { period: 'all', by: null });
    expect([day.chart, all.chart]).toEqual([null, null]);
  });
});
