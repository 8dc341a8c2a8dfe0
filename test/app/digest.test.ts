import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { writeDueDigests } from '#app/reports/digest.ts';
import { booksReport } from '#app/reports/equity.ts';
import { announceStart } from '#app/reports/started.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { ZERO_USD } from '#core/money.ts';

import { FIRST, SECOND } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const ABOUT = { version: '0.0.0', database: 'test', queue: 'test', page: null };
const QUIET: Ohlc = [100, 100.1, 99.9, 100];
/** Enters after the first bars, and is stopped out by the long fall. */
const FALL: Ohlc = [99, 99, 90, 90.5];

/** Runs the cycle for each bar of the first session, up to its close. */
async function runSession(desk: Desk): Promise<void> {
  await announceStart(desk.context, ABOUT);
  for (let bar = 0; bar < 78; bar += 1) await runTradingCycle(desk.context, desk.nextBar());
}

const digests = ({ told }: Desk) =>
  told.flatMap(({ card }) => (card.kind === 'digest' ? [card] : []));

describe('the digest', () => {
  it('sums up the session once it is over, and only once', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET, QUIET, FALL]);
    await runSession(desk);
    await writeDueDigests(desk.context, FIRST.close);
    await writeDueDigests(desk.context, FIRST.close);
    await deliverOutbox(desk.context);
    const [digest, ...more] = digests(desk);
    expect(more).toEqual([]);
    expect(digest).toMatchObject({
      date: FIRST.date,
      cycles: 78,
      nextSession: { date: SECOND.date },
      openingEquity: 100_000_000_000,
    });
    expect(digest!.closedTrades.length).toBeGreaterThan(0);
    expect(digest!.closedTrades.every(({ pnl }) => pnl < 0)).toBe(true);
    expect(digest!.fees).toBeGreaterThan(0);
    expect(digest!.dayPnl).toBe(digest!.closingEquity - digest!.openingEquity);
    expect(digest!.maxDrawdownPercent).toBeLessThan(0);
    expect(digest!.overall.trades).toBe(digest!.closedTrades.length);
  });

  it('leaves books that add up, fees included', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET, QUIET, FALL]);
    await runSession(desk);
    await writeDueDigests(desk.context, FIRST.close);
    const books = await booksReport(desk.context);
    expect(books.fees).toBeGreaterThan(0);
    expect(books.difference).toBe(ZERO_USD);
  });

  it('is not written while the session runs', async () => {
    const desk = await openDesk([QUIET]);
    const at = desk.nextBar();
    await runTradingCycle(desk.context, at);
    await writeDueDigests(desk.context, at);
    expect(await desk.context.ledger.outbox.has(`digest:${FIRST.date}`)).toBe(false);
  });

  it('that was missed at the close is written when the bot is back', async () => {
    const desk = await openDesk([QUIET]);
    await runSession(desk);
    const nextDay = desk.nextBar();
    await writeDueDigests(desk.context, nextDay);
    expect(await desk.context.ledger.outbox.has(`digest:${FIRST.date}`)).toBe(true);
    expect(await desk.context.ledger.outbox.has(`digest:${SECOND.date}`)).toBe(false);
  });
});
