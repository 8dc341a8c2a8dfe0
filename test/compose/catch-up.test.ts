import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { startOpenCloses } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { halt } from '#app/control.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { impedimentsOf } from '#app/impediments.ts';
import { announceStart } from '#app/reports/started.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { ticker } from '#core/ids.ts';
import type { Broker } from '#ports/broker.ts';
import type { StartedCard } from '#ports/cards.ts';
import { dailyBarsAround } from '#test/support/daily-bars.ts';
import { silentLog } from '#test/support/log.ts';

import { catchUp, isNewSandbox } from '../../src/compose/catch-up.ts';
import { byHand } from '../app/by-hand.ts';
import { openDesk } from '../app/desk.ts';
import { FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];
/** Too high for an entry at 100. */
const AWAY: Ohlc = [105, 105.1, 104.9, 105];

describe('a bot that was down', () => {
  it('cancels the entry that was working when it went down', async () => {
    const desk = await openDesk([QUIET, AWAY]);
    const barEnd = desk.nextBar();
    const { tradeId } = await desk.plan();
    await submitPlannedEntries(desk.context, barEnd);
    desk.nextBar();
    await catchUp(desk.context);
    await syncOrders(desk.context);
    expect((await desk.context.ledger.trade(tradeId))?.status).toBe('cancelled');
  });

  it('writes the digest of the session that ended meanwhile', async () => {
    const desk = await openDesk([QUIET]);
    await runTradingCycle(desk.context, desk.nextBar());
    desk.standIn.advanceTo(FIRST.close);
    await catchUp(desk.context);
    expect(await desk.context.ledger.outbox.has(`digest:${FIRST.date}`)).toBe(true);
  });

  it('starts also when a digest cannot be written, and says so', async () => {
    const desk = await openDesk([QUIET]);
    await runTradingCycle(desk.context, desk.nextBar());
    desk.standIn.advanceTo(FIRST.close);
    const errors: unknown[] = [];
    const broker: Broker = {
      ...desk.context.broker,
      feesSince: () => Promise.reject(new Error('no fees today')),
    };
    const log = { ...silentLog, error: (fields: object) => errors.push(fields) };
    await catchUp(desk.with({ broker, log }));
    expect(errors).toEqual([{ error: 'Error: no fees today' }]);
  });
});

const SURROUNDINGS = { version: '1', database: 'd', queue: 'q', page: null };
const ENTRY: Ohlc = [100, 100.5, 99.5, 100];

/** What a bot does that comes up on a desk: it makes up for what it missed, and says so. */
async function comeUp(context: AppContext): Promise<StartedCard> {
  return announceStart(context, SURROUNDINGS, await catchUp(context));
}

/** Ten NVDA are held under their bracket, and their process is gone. */
async function deskWithPosition(bars: readonly Ohlc[] = []) {
  const desk = await openDesk([QUIET, ENTRY, ...bars]);
  const { tradeId, decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
  await comeUp(desk.context);
  await submitPlannedEntries(desk.context, decidedAt);
  desk.nextBar();
  return { desk, id: tradeId };
}

describe('the card of the start', () => {
  it('says of a new account that nothing is amiss', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    expect(await comeUp(desk.context)).toMatchObject({
      continued: false,
      openPositions: 0,
      findings: [],
      cashNote: null,
      shortHistory: [],
      lateFills: 0,
      resumedCloses: 0,
    });
  });

  it('tells that entries were halted before, and still are', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    await halt(desk.context, { by: 'Ada', reason: 'the news', until: null, flatten: false });
    expect(await comeUp(await desk.restart())).toMatchObject({
      control: { status: 'halted', by: 'Ada', reason: 'the news', until: null },
    });
  });

  it('names the symbols that have too few sessions behind them for the rules', async () => {
    const desk = await openDesk([QUIET], { others: { TPL: [QUIET] } });
    desk.nextBar();
    const [short, long] = [19, 20].map((days) => dailyBarsAround('NVDA', 100, { days }));
    const history = new Map([
      [ticker('NVDA'), long ?? []],
      [ticker('TPL'), short ?? []],
    ]);
    const context = desk.with({ dailyHistory: { before: async () => history } });
    expect(await comeUp(context)).toMatchObject({ shortHistory: ['TPL'] });
  });

  it('tells how many fills were booked late, and that all positions are protected', async () => {
    const { desk } = await deskWithPosition();
    expect(await comeUp(await desk.restart())).toMatchObject({
      continued: true,
      lateFills: 1,
      openPositions: 1,
      protectedPositions: 1,
      findings: [],
      cashNote: null,
      shortHistory: [],
    });
    expect(await comeUp(await desk.restart())).toMatchObject({ lateFills: 0 });
  });

  it('tells of a position whose bracket is gone, before it is mended', async () => {
    const { desk } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    await hand.cancel(hand.live('stop-loss').id);
    const next = await desk.restart();
    expect(await comeUp(next)).toMatchObject({ openPositions: 1, protectedPositions: 0 });
    await desk.settle(next);
    expect(await comeUp(next)).toMatchObject({ openPositions: 1, protectedPositions: 1 });
  });

  it('lists what is foreign, which keeps entries closed from the start', async () => {
    const { desk } = await deskWithPosition([QUIET]);
    await syncOrders(desk.context);
    const order = { side: 'buy', type: 'limit', limit_price: '90', qty: 5 } as const;
    const id = await byHand(desk.standIn).order(order);
    const next = await desk.restart();
    const { findings } = await comeUp(next);
    expect(findings).toEqual([expect.stringContaining(`/foreign item:${id}`)]);
    expect(await impedimentsOf(next)).toEqual(['broker and ledger differ']);
  });

  it('tells of cash that does not add up, and no entry waits for that', async () => {
    const desk = await openDesk([QUIET, QUIET, [99, 99.1, 98.9, 99]]);
    desk.nextBar();
    await comeUp(desk.context);
    const hand = byHand(desk.standIn);
    // Somebody trades for a while, at a loss, and is through with it.
    await hand.order({ side: 'buy', qty: 10 });
    desk.nextBar();
    desk.nextBar();
    await hand.order({ side: 'sell', qty: 10 });
    const next = await desk.restart();
    const card = await comeUp(next);
    expect(card.findings).toEqual([]);
    expect(card.cashNote).toMatch(/^Cash differs from the ledger’s by −\$10\.00: /);
    expect(await impedimentsOf(next)).toEqual([]);
  });

  it('counts the closings that go on, and they do', async () => {
    const { desk, id } = await deskWithPosition();
    await syncOrders(desk.context);
    const [position] = await desk.context.broker.positions();
    await requestClose(desk.context, {
      tradeId: id,
      position: position!,
      reason: 'manual_close',
      quantity: 10,
      atMarket: false,
      requestedBy: 'Ada',
    });
    const next = await desk.restart();
    expect(await comeUp(next)).toMatchObject({ resumedCloses: 1 });
    await startOpenCloses(next);
    await next.background.idle();
    expect(desk.standIn.inspect().positions).toEqual([]);
    expect(await comeUp(next)).toMatchObject({ resumedCloses: 0, openPositions: 0 });
  });
});

describe('a sandbox', () => {
  it('is new until its first cycle; an account is never', async () => {
    const desk = await openDesk([QUIET]);
    expect(await isNewSandbox(desk.context)).toBe(true);
    expect(await isNewSandbox(desk.with({ mode: 'PAPER' }))).toBe(false);
    await runTradingCycle(desk.context, desk.nextBar());
    expect(await isNewSandbox(desk.context)).toBe(false);
  });
});
