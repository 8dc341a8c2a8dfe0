import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { startClose } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { halt, resume } from '#app/control.ts';
import { newYorkTime } from '#core/session.ts';

import { liveThrough } from './lived-days.ts';

/** Closes every position at noon, halts at one and resumes at two, each by hand. */
async function meddle(context: AppContext, barEnd: number): Promise<void> {
  const time = newYorkTime(barEnd);
  const by = 'a trader';
  if (time === '13:00') await halt(context, { by, reason: 'lunch', until: null, flatten: false });
  if (time === '14:00') await resume(context, { by, reason: 'back' });
  if (time !== '12:00') return;
  for (const position of await context.broker.positions()) {
    const trade = await context.ledger.lastTradeIn(position.symbol);
    const request = await requestClose(context, {
      tradeId: trade!.id,
      position,
      reason: 'manual_close',
      quantity: position.quantity,
      atMarket: false,
      requestedBy: by,
    });
    if (request.kind === 'begun') startClose(context, request.close);
  }
  await context.background.idle();
}

describe('days that the bot has traded on an exchange without delays', () => {
  it('are the same in the backtest, to the last share and cent, also with what is held over night', async () => {
    const { parity, dates, context } = await liveThrough({
      seed: 2,
      sessions: 2,
      parameters: { endOfDay: 'hold', timeExitMinutes: 60, trailFromR: 0.5, trailBehindR: 0.4 },
    });
    for (const date of dates) {
      expect(await parity.of(date)).toMatchObject({
        verdict: 'identical',
        slippage: { bps: 0, usd: 0 },
        differences: [],
      });
    }
    const closed = await context.ledger.closedTrades();
    const reasons = new Set(closed.map(({ exitReason }) => exitReason));
    expect(reasons, 'rules and legs both').toEqual(
      new Set(['stop_loss', 'take_profit', 'time_exit']),
    );
  }, 180_000);

  it('differ in nothing for what a person did meanwhile, and say what it was', async () => {
    const { parity, dates } = await liveThrough({
      seed: 1,
      sessions: 1,
      names: ['AAPL', 'AMD', 'NVDA'],
      parameters: { timeExitMinutes: 0, confidenceThreshold: 0 },
      meanwhile: meddle,
    });
    const report = await parity.of(dates[0]!);
    expect(report?.differences).toEqual([]);
    expect(report?.byHand.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['closed', 'control']),
    );
  }, 180_000);
});
