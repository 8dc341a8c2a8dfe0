import { describe, expect, it } from 'vitest';

import { submitPlannedEntries } from '#app/enter.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import type { Broker } from '#ports/broker.ts';
import { silentLog } from '#test/support/log.ts';

import { catchUp, isNewSandbox } from '../../src/compose/catch-up.ts';
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
    await submitPlannedEntries(desk.context, barEnd, new Set([tradeId]));
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
    desk.nextBar();
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

describe('a sandbox', () => {
  it('is new until its first cycle; an account is never', async () => {
    const desk = await openDesk([QUIET]);
    expect(await isNewSandbox(desk.context)).toBe(true);
    expect(await isNewSandbox(desk.with({ mode: 'PAPER' }))).toBe(false);
    await runTradingCycle(desk.context, desk.nextBar());
    expect(await isNewSandbox(desk.context)).toBe(false);
  });
});
