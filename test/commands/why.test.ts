import { afterEach, describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import type { WhyDecision, WhyReport } from '#app/reports/why.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import why from '#commands/why.ts';
import { ticker } from '#core/ids.ts';
import { MINUTE_MS, toIso } from '#core/session.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import {
  channelMessages,
  closeDesks,
  openDesk as openDiscord,
  say,
} from '../adapters/discord/harness.ts';
import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { features } from '../core/support/snapshots.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const VIEWER = { id: '1', name: 'Vi', role: 'viewer' } as const;

/** NVDA was entered on the bar that ended at 9:50; AAPL had no signal then. */
async function deskAtTenToTen(): Promise<{ readonly desk: Desk; readonly at: number }> {
  const desk = await openDesk([QUIET], { others: { AAPL: [QUIET] } });
  let at = 0;
  for (let bar = 0; bar < 4; bar += 1) at = desk.nextBar();
  const { features: given } = desk.context;
  const context = desk.with({
    features: {
      ...given,
      at: async (barEnd, session, symbols) =>
        new Map([
          ...(await given.at(barEnd, session, symbols)),
          [ticker('AAPL'), features({ barEnd, barsSinceCrossUp: 8 })],
        ]),
    },
  });
  await runTradingCycle(context, at);
  return { desk, at };
}

async function ask(
  { context }: Desk,
  symbol: string,
  time?: string,
  changes: Partial<Desk['context']> = {},
): Promise<WhyReport> {
  const options = { symbol, ...(time === undefined ? {} : { time }) };
  const reply = await why.run({ ...context, ...changes }, { actor: VIEWER, options });
  if (reply.kind !== 'why') throw new Error('not an answer to why');
  return reply.report;
}

const decided = (report: WhyReport): WhyDecision => {
  if (report.kind === 'nothing') throw new Error(`nothing: ${report.why}`);
  return report;
};

describe('/why', () => {
  it('tells of an entry at the last bar what it stood on, and what became of it', async () => {
    const { desk, at } = await deskAtTenToTen();
    const report = decided(await ask(desk, 'nvda'));
    expect(report).toMatchObject({
      kind: 'enter',
      symbol: 'NVDA',
      barEnd: at,
      side: 'long',
      confidence: 100,
      features: { close: 100, barEnd: at },
      changes: [],
      notAsked: [],
      isCut: false,
    });
    expect(report.trade).toMatchObject({ id: '2025-11-25-0950-NVDA', status: 'submitted' });
    expect(report.filters.every(({ passed }) => passed)).toBe(true);
  });

  it('tells of a symbol without a signal what would be one', async () => {
    const { desk } = await deskAtTenToTen();
    const report = decided(await ask(desk, 'AAPL'));
    expect(report).toMatchObject({ kind: 'no-signal', trade: null, notAsked: [] });
    expect(report.changes).toMatchObject([
      { code: 'crossing', side: 'long', isBeyond: true, barsSince: 8, withinBars: 3 },
      { code: 'crossing', side: 'short', isBeyond: false },
    ]);
  });

  it('tells of a refusal which filters were not asked any more', async () => {
    const { desk } = await deskAtTenToTen();
    await desk.context.ledger.transaction((tx) =>
      tx.saveReconciliation({ at: 0, isClean: false, findings: ['books'], lateFills: 0 }),
    );
    const next = desk.nextBar();
    desk.standIn.inspect();
    await runTradingCycle(desk.with({ watchlist: [ticker('AAPL')] }), next);
    const report = decided(await ask(desk, 'AAPL'));
    expect(report).toMatchObject({
      kind: 'refused',
      barEnd: next,
      changes: [{ code: 'impediment' }],
    });
    expect(report.notAsked).toContain('size');
    expect(report.filters.at(-1)).toMatchObject({ filter: 'readiness', passed: false });
  });

  it('uses the figures of the strategy as they were at that bar', async () => {
    const { desk } = await deskAtTenToTen();
    const parameters = { ...desk.context.parameters, crossWithinBars: 99 };
    expect(decided(await ask(desk, 'AAPL', undefined, { parameters })).changes).toMatchObject([
      { withinBars: 3 },
      { withinBars: 3 },
    ]);
    await desk.query('DELETE FROM session_inputs');
    expect(decided(await ask(desk, 'AAPL', undefined, { parameters })).parameters).toBe(parameters);
  });

  it.each([
    ['9:50', 'in New York, today'],
    ['09:52', 'within the bar after it'],
    ['2025-11-25 09:50', 'with its date'],
    ['2025-11-25T14:50:00Z', 'as an instant'],
    ['2025-11-25T09:50:00-05:00', 'as an instant with an offset'],
  ])('finds the bar of %s (%s)', async (time) => {
    const { desk, at } = await deskAtTenToTen();
    const clock = { now: () => at + 30 * MINUTE_MS };
    const report = decided(await ask(desk, 'NVDA', time, { clock }));
    expect(report.barEnd).toBe(at);
    expect(report.at).toBe(Math.floor(report.at! / MINUTE_MS) * MINUTE_MS);
  });

  it.each([
    ['never-decided', 'before the first cycle'],
    ['not-watched', 'of a stranger'],
    ['not-watched', 'of a symbol that was not watched yet'],
    ['no-cycle', 'before a cycle ran'],
    ['not-yet', 'of a time to come'],
    ['pruned', 'of a day so long ago that it is not kept'],
    ['no-cycle', 'of a day before the first'],
    ['no-cycle', 'of a day without cycles'],
    ['unreadable', 'of a record that this version cannot read'],
  ] as const)('says in one line that there is nothing: %s (%s)', async (reason, when) => {
    const early = when === 'before the first cycle';
    const { desk, at } = early ? { desk: await openDesk([QUIET]), at: 0 } : await deskAtTenToTen();
    const unread = when.startsWith('of a record');
    if (unread) await desk.query(`UPDATE decisions SET record = '[9]'`);
    const joined = when.includes('not watched yet');
    if (joined) await desk.query(`DELETE FROM decisions WHERE symbol = 'AAPL'`);
    const later = { clock: { now: () => at + 3 * 24 * 60 * MINUTE_MS } };
    const answers: Record<typeof when, () => Promise<WhyReport>> = {
      'before the first cycle': () => ask(desk, 'NVDA'),
      'of a stranger': () => ask(desk, 'TSLA'),
      'of a symbol that was not watched yet': () => ask(desk, 'AAPL'),
      'before a cycle ran': () => ask(desk, 'NVDA', toIso(at - MINUTE_MS)),
      'of a time to come': () => ask(desk, 'NVDA', toIso(at + MINUTE_MS)),
      'of a day so long ago that it is not kept': () =>
        ask(desk, 'NVDA', '2025-11-23 10:00', { keepDecisionsDays: 1 }),
      'of a day before the first': () =>
        ask(desk, 'NVDA', '2025-11-24 10:00', { keepDecisionsDays: 1 }),
      'of a day without cycles': () => ask(desk, 'NVDA', '2025-11-27 10:00', later),
      'of a record that this version cannot read': () => ask(desk, 'NVDA'),
    };
    expect(await answers[when]()).toMatchObject({ kind: 'nothing', why: reason });
  });

  it.each([
    ['NV DA', undefined, 'is no stock symbol'],
    ['NVDA', 'noon', 'is no time'],
    ['NVDA', '25:00', 'is no time'],
    ['NVDA', '2025-02-30 10:00', 'is no time'],
    ['NVDA', '2025-11-25T10:00:00', 'is no time'],
  ])('with %s and %s says what to write', async (symbol, time, words) => {
    const { desk } = await deskAtTenToTen();
    const asking = ask(desk, symbol, time);
    await expect(asking).rejects.toThrow(UserError);
    await expect(asking).rejects.toThrow(words);
  });

  it('suggests the symbols of the watchlist', async () => {
    const desk = await openDesk([QUIET], { others: { AAPL: [QUIET] } });
    const suggest = (typed: string) => why.complete(desk.context, 'symbol', typed);
    expect(await suggest('n')).toEqual([{ name: 'NVDA', value: 'NVDA' }]);
    expect(await suggest('')).toHaveLength(2);
    expect(await suggest('X')).toEqual([]);
  });
});

describe('/why in the channel', () => {
  afterEach(closeDesks);

  it('answers a viewer with the filters in words', async () => {
    const { desk } = await deskAtTenToTen();
    const discord = await openDiscord({ commands: [why], context: () => desk.context });
    await say(discord, 'viewer', 'why', { symbol: 'NVDA' });
    const [{ embeds }] = channelMessages(discord) as [PresentedMessage];
    expect(embeds[0]!.title).toBe('✅ BUY NVDA · 09:50 NY');
    expect(embeds[0]!.description).toContain('✅ **Confidence**: 100, needs 70');
    expect(embeds[0]!.description).toContain('249 shares, limit $100.05');
  });

  it('answers in one line where nothing is stored', async () => {
    const { desk } = await deskAtTenToTen();
    const discord = await openDiscord({ commands: [why], context: () => desk.context });
    const { content } = await say(discord, 'viewer', 'why', { symbol: 'TSLA' });
    expect(content).toBe(
      'TSLA was not on the watchlist in the last session: it was not looked at.',
    );
  });
});
