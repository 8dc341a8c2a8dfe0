import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { writeDueDigests } from '#app/reports/digest.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { closeTrade, plannedTrade } from '#core/trade.ts';
import { anIntent } from '#test/support/intents.ts';

import { FIRST, HALF_DAY, SECOND } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const usd = parseUsd;

async function payIn(desk: Desk, { date }: Session, dollars: string): Promise<void> {
  await desk.context.ledger.transaction((tx) =>
    tx.insertCashActivity({ id: `paid ${date}`, type: 'CSD', date, amount: usd(dollars) }),
  );
}

async function liveThrough(desk: Desk, { date, close }: Session, equity: string): Promise<void> {
  await desk.context.ledger.transaction(async (tx) => {
    const amount = usd(equity);
    await tx.saveEquity({
      at: close,
      sessionDate: date,
      equity: amount,
      cash: amount,
      flows: null,
    });
    await tx.finishCycle({
      sessionDate: date,
      barEnd: close,
      symbols: 1,
      entries: 0,
      finishedAt: close,
      tookMs: 1,
    });
  });
}

/** Ten shares from 100.00 that were sold for so much in all. */
async function closedTrade(desk: Desk, symbol: string, at: EpochMs, exit: string): Promise<void> {
  const id = entryTradeId(newYorkDate(at), at, ticker(symbol));
  const intent = {
    ...anIntent({ symbol }),
    tradeId: id,
    clientOrderId: entryClientOrderId(id),
    decidedAt: at,
  };
  const trade = closeTrade({
    ...plannedTrade(intent),
    status: 'open',
    entryQuantity: 10,
    entryValue: usd('1000'),
    exitQuantity: 10,
    exitValue: usd(exit),
    exitReason: 'stop_loss',
    openedAt: at,
    closedAt: at,
  });
  await desk.context.ledger.transaction(async (tx) => {
    await tx.insertTrade(intent);
    await tx.saveTrade(trade);
  });
}

async function writeAt(desk: Desk, session: Session, equity: string) {
  const { broker } = desk.context;
  const account = async () => ({
    ...(await broker.account()),
    equity: usd(equity),
    lastEquity: usd('100300'),
  });
  const context = desk.with({
    clock: { now: () => session.close },
    broker: { ...broker, account },
  });
  await writeDueDigests(context, session.close);
  await deliverOutbox(context);
}

const weeks = ({ told }: Desk) =>
  told.flatMap(({ card }) => (card.kind === 'weekly' ? [card] : []));

describe('the digest of a week', () => {
  it('comes with its last session’s, which a holiday may move, and once', async () => {
    const desk = await openDesk([]);
    for (const [session, equity] of [
      [FIRST, '100000'],
      [SECOND, '100300'],
    ] as const) {
      await liveThrough(desk, session, equity);
      await writeAt(desk, session, equity);
    }
    expect(weeks(desk)).toEqual([]);
    await liveThrough(desk, HALF_DAY, '100200');
    await writeAt(desk, HALF_DAY, '100200');
    await writeAt(desk, HALF_DAY, '100200');
    expect(weeks(desk)).toHaveLength(1);
  });

  it('sums up equity, days, trades and symbols', async () => {
    const desk = await openDesk([]);
    await closedTrade(desk, 'NVDA', FIRST.open, '1050');
    await closedTrade(desk, 'NVDA', SECOND.open, '980');
    await closedTrade(desk, 'AAPL', HALF_DAY.open, '1040');
    await liveThrough(desk, FIRST, '100000');
    await liveThrough(desk, SECOND, '100300');
    await liveThrough(desk, HALF_DAY, '100200');
    await writeAt(desk, HALF_DAY, '100200');
    expect(weeks(desk)).toMatchObject([
      {
        from: FIRST.date,
        to: HALF_DAY.date,
        openingEquity: usd('100000'),
        closingEquity: usd('100200'),
        pnl: usd('200'),
        pnlPercent: 0.2,
        days: [
          { date: FIRST.date, pnl: usd('0') },
          { date: SECOND.date, pnl: usd('300') },
          { date: HALF_DAY.date, pnl: usd('-100') },
        ],
        symbols: [
          { symbol: 'AAPL', trades: 1, pnl: usd('40') },
          { symbol: 'NVDA', trades: 2, pnl: usd('30') },
        ],
        metrics: { wins: 2, pnl: usd('70'), winRate: { count: 3 }, averageR: { count: 3 } },
      },
    ]);
  });

  it('takes what was paid in or out for no result, of a day and of all', async () => {
    const desk = await openDesk([]);
    await payIn(desk, SECOND, '10000');
    await payIn(desk, HALF_DAY, '-2000');
    await liveThrough(desk, FIRST, '90000');
    await liveThrough(desk, SECOND, '100300');
    await liveThrough(desk, HALF_DAY, '98200');
    await writeAt(desk, HALF_DAY, '98200');
    expect(weeks(desk)).toMatchObject([
      {
        openingEquity: usd('90000'),
        closingEquity: usd('98200'),
        flows: usd('8000'),
        pnl: usd('200'),
        pnlPercent: (100 * 200) / 98_000,
        days: [
          { date: FIRST.date, pnl: usd('0') },
          { date: SECOND.date, pnl: usd('300') },
          { date: HALF_DAY.date, pnl: usd('-100') },
        ],
      },
    ]);
  });
});
