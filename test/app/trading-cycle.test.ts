import { describe, expect, it } from 'vitest';

import { runTradingCycle } from '#app/trading-cycle.ts';
import { MINUTE_MS } from '#core/session.ts';

import { FIRST, HALF_DAY } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];

/** A desk at the end of the fourth bar, well within the entry window. */
async function deskAtTenToTen(): Promise<{ desk: Desk; at: number }> {
  const desk = await openDesk([QUIET]);
  let at = 0;
  for (let bar = 0; bar < 4; bar += 1) at = desk.nextBar();
  return { desk, at };
}

const entriesSent = ({ standIn }: Desk) =>
  [...standIn.inspect().submissions.keys()].filter((id) => id.startsWith('brk-'));

describe('the trading cycle', () => {
  it('goes from a signal to its two brackets at the broker, with everything written down', async () => {
    const { desk, at } = await deskAtTenToTen();
    const outcome = await runTradingCycle(desk.context, at);
    expect(outcome).toEqual({ kind: 'done', symbols: 1, entries: 1 });
    expect(entriesSent(desk)).toEqual([
      'brk-2025-11-25-0950-NVDA-entry',
      'brk-2025-11-25-0950-NVDA-scale',
    ]);
    expect(await desk.context.ledger.lastCycle()).toMatchObject({ barEnd: at, entries: 1 });
    expect(await desk.context.ledger.equityPoints(FIRST.date)).toHaveLength(1);
  });

  it('handles a bar once, however often its job is delivered', async () => {
    const { desk, at } = await deskAtTenToTen();
    await runTradingCycle(desk.context, at);
    const again = await runTradingCycle(desk.context, at);
    expect(again).toEqual({ kind: 'skipped', why: 'already-done' });
    expect(await desk.context.ledger.intentCount()).toBe(1);
  });

  it('sends each bracket once when its job is delivered twice at the same moment', async () => {
    const { desk, at } = await deskAtTenToTen();
    await Promise.all([runTradingCycle(desk.context, at), runTradingCycle(desk.context, at)]);
    const parents = desk.standIn
      .inspect()
      .orders.filter(({ clientOrderId }) => clientOrderId.startsWith('brk-'));
    expect(parents).toHaveLength(2);
    expect(await desk.context.ledger.intentCount()).toBe(1);
  });

  it('goes on where a run died that had written its decision down', async () => {
    const { desk, at } = await deskAtTenToTen();
    const dying = {
      ...desk.context.broker,
      submitBracket: () => Promise.reject(new Error('the process died here')),
    };
    await expect(runTradingCycle(desk.with({ broker: dying }), at)).rejects.toThrow('died here');
    expect(await runTradingCycle(desk.context, at)).toMatchObject({ kind: 'done' });
    expect(entriesSent(desk)).toHaveLength(2);
    const [trade] = await desk.context.ledger.unfinishedTrades();
    expect(trade?.status).toBe('submitted');
  });

  it('opens nothing when trading was halted while it was deciding', async () => {
    const { desk, at } = await deskAtTenToTen();
    const { ledger } = desk.context;
    const halted = { status: 'halted', by: 'Ada', reason: '', since: at, until: null } as const;
    const context = desk.with({
      ledger: {
        ...ledger,
        transaction: (work) =>
          ledger.transaction((tx) => work({ ...tx, controlState: async () => halted })),
      },
    });
    expect(await runTradingCycle(context, at)).toMatchObject({ kind: 'done', entries: 0 });
    expect(entriesSent(desk)).toEqual([]);
  });

  it('does not enter a symbol twice while its entry works', async () => {
    const { desk, at } = await deskAtTenToTen();
    await runTradingCycle(desk.context, at);
    await runTradingCycle(desk.context, desk.nextBar());
    expect(await desk.context.ledger.intentCount()).toBe(1);
  });

  it('does not enter a symbol whose fill the broker’s positions do not show yet', async () => {
    const { desk, at } = await deskAtTenToTen();
    await runTradingCycle(desk.context, at);
    const next = desk.nextBar();
    const broker = { ...desk.context.broker, positions: async () => [] };
    await runTradingCycle(desk.with({ broker }), next);
    const trades = await desk.context.ledger.unfinishedTrades();
    expect(trades.map(({ status }) => status)).toEqual(['open']);
    expect(await desk.context.ledger.intentCount()).toBe(1);
  });

  it('does not decide on a bar that has not ended by the broker’s clock', async () => {
    const { desk, at } = await deskAtTenToTen();
    await expect(runTradingCycle(desk.context, at + 5 * MINUTE_MS)).rejects.toThrow('clock');
    expect(await desk.context.ledger.intentCount()).toBe(0);
  });

  it('does nothing on a bar that is long over', async () => {
    const { desk, at } = await deskAtTenToTen();
    const stale = at - 15 * MINUTE_MS;
    expect(await runTradingCycle(desk.context, stale)).toEqual({
      kind: 'skipped',
      why: 'stale-bar',
    });
    expect(await desk.context.ledger.intentCount()).toBe(0);
  });

  it.each([
    ['at the open, when no bar has ended', FIRST.open],
    ['in the evening', FIRST.close + 5 * MINUTE_MS],
    ['in the afternoon of a half-day', HALF_DAY.close + 5 * MINUTE_MS],
    ['on a holiday', FIRST.open + 48 * 60 * MINUTE_MS],
  ])('does nothing %s', async (_, at) => {
    const { desk } = await deskAtTenToTen();
    expect(await runTradingCycle(desk.context, at)).toEqual({ kind: 'skipped', why: 'no-session' });
  });

  it('fails loudly when the broker cannot be read, and leaves nothing half-done', async () => {
    const { desk, at } = await deskAtTenToTen();
    const broker = { ...desk.context.broker, account: () => Promise.reject(new Error('away')) };
    await expect(runTradingCycle(desk.with({ broker }), at)).rejects.toThrow('away');
    expect(await desk.context.ledger.lastCycle()).toBeNull();
    expect(await runTradingCycle(desk.context, at)).toMatchObject({ kind: 'done', entries: 1 });
  });
});
