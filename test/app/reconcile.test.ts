import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import reconcileJob from '#jobs/reconcile.ts';
import type { Broker } from '#ports/broker.ts';
import type { NoticeCard } from '#ports/cards.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const FLAT = [QUIET, QUIET, QUIET, QUIET];
const ENTRY: Ohlc = [100, 100.5, 99.5, 100];
const TARGET: Ohlc = [101, 106, 100.9, 105.5];

/** A desk within the session, of whose books nobody has complained yet. */
async function aDesk(
  bars: readonly Ohlc[] = FLAT,
  options: Parameters<typeof openDesk>[1] = {},
): Promise<Desk> {
  const desk = await openDesk(bars, options);
  desk.nextBar();
  return desk;
}

/** Somebody has bought so many shares at the broker, or sold them short. */
async function holds(desk: Desk, quantity: number, symbol = 'NVDA'): Promise<void> {
  const side = quantity > 0 ? 'buy' : 'sell';
  await byHand(desk.standIn).order({ symbol, side, qty: Math.abs(quantity) });
  desk.nextBar();
}

const bySymbol = (left: { readonly symbol: string }, right: { readonly symbol: string }): number =>
  left.symbol < right.symbol ? -1 : 1;

/** What the channel has been told of the books since it was asked last. */
async function notices(desk: Desk): Promise<readonly NoticeCard[]> {
  await deliverOutbox(desk.context);
  const told = desk.told.splice(0);
  return told.flatMap(({ card }) => (card.kind === 'notice' ? [card] : []));
}

/** As the queue runs it: some minutes after the last time. */
async function look(desk: Desk): Promise<readonly NoticeCard[]> {
  desk.elapse(5 * MINUTE_MS);
  await reconcileJob.run(desk.context);
  return notices(desk);
}

describe('a reconciliation of books that agree', () => {
  it('says nothing, however often it is made', async () => {
    const desk = await aDesk();
    expect([await look(desk), await look(desk)]).toEqual([[], []]);
    expect(await desk.context.ledger.lastReconciliation()).toMatchObject({ isClean: true });
  });

  it('is not disturbed by the bot’s own orders and shares', async () => {
    const desk = await aDesk([QUIET, ENTRY, QUIET]);
    const { decidedAt } = await desk.plan();
    await submitPlannedEntries(desk.context, decidedAt);
    expect(await look(desk)).toEqual([]);
    desk.nextBar();
    expect(await look(desk)).toEqual([]);
    expect(await desk.context.ledger.foreignItems()).toEqual([]);
  });
});

/** The entry fills, and some bars later its target; no socket says so. */
async function deskThatMissedAll() {
  const desk = await aDesk([QUIET, ENTRY, TARGET, [105.5, 105.6, 105.4, 105.5]]);
  const { tradeId, decidedAt } = await desk.plan();
  await submitPlannedEntries(desk.context, decidedAt);
  for (let bars = 0; bars < 3; bars += 1) desk.nextBar();
  return { desk, id: tradeId };
}

describe('fills that nobody told of', () => {
  it('are booked once, however often it is looked for them', async () => {
    const { desk, id } = await deskThatMissedAll();
    const { lateFills } = await reconcile(desk.context);
    expect(lateFills).toBe(2);
    expect((await reconcile(desk.context)).lateFills).toBe(0);
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      status: 'closed',
      entryQuantity: 10,
      exitQuantity: 10,
      exitReason: 'take_profit',
    });
  });

  it('are told as late, and keep no entry waiting', async () => {
    const { desk } = await deskThatMissedAll();
    expect(await reconcile(desk.context)).toMatchObject({ isClean: true, findings: [] });
    await deliverOutbox(desk.context);
    const late = desk
      .channel()
      .flatMap((card) =>
        card.kind === 'entry' || card.kind === 'exit' ? [[card.kind, card.lateMs]] : [],
      );
    expect(late).toEqual([
      ['entry', 10 * MINUTE_MS],
      ['exit', 5 * MINUTE_MS],
    ]);
  });

  it('that are not told late are those of the last minute', async () => {
    const desk = await aDesk([QUIET, ENTRY]);
    const { decidedAt } = await desk.plan();
    await submitPlannedEntries(desk.context, decidedAt);
    desk.nextBar();
    await reconcile(desk.context);
    await deliverOutbox(desk.context);
    expect(desk.channel()).toMatchObject([{ kind: 'entry', lateMs: null }]);
  });

  it('count also when only the second look finds them', async () => {
    const desk = await aDesk([QUIET, ENTRY]);
    const { decidedAt } = await desk.plan();
    await submitPlannedEntries(desk.context, decidedAt);
    desk.nextBar();
    const real = desk.context.broker;
    let asked = 0;
    const broker: Broker = {
      ...real,
      // The list of executions lags behind that of the positions.
      executionsSince: async (since) => ((asked += 1) <= 2 ? [] : real.executionsSince(since)),
    };
    const record = await reconcile(desk.with({ broker }));
    expect(record).toMatchObject({ isClean: true, lateFills: 1 });
  });
});

describe('a position that is none of the bot’s', () => {
  it('keeps entries closed: the cycle refuses with its reason, and sends nothing', async () => {
    const desk = await aDesk(FLAT, { others: { AAPL: FLAT } });
    await holds(desk, 5, 'AAPL');
    await reconcile(desk.context);
    const sent = desk.standIn.inspect().submissions.size;
    expect(await runTradingCycle(desk.context, desk.nextBar())).toMatchObject({ entries: 0 });
    expect(desk.standIn.inspect().submissions.size).toBe(sent);
    expect(await desk.context.ledger.intentCount()).toBe(0);
    const [decision] = await desk.query<{ refused_by: string; record: unknown }>(
      "SELECT refused_by, record FROM decisions WHERE symbol = 'NVDA'",
    );
    expect(decision?.refused_by).toBe('readiness');
    expect(JSON.stringify(decision?.record)).toContain('broker and ledger differ');
  });

  it('opens entries again once it is gone', async () => {
    const desk = await aDesk(FLAT, { others: { AAPL: FLAT } });
    await holds(desk, 5, 'AAPL');
    await reconcile(desk.context);
    await byHand(desk.standIn).order({ symbol: 'AAPL', side: 'sell', qty: 5 });
    await reconcile(desk.context);
    const { entries } = { entries: 0, ...(await runTradingCycle(desk.context, desk.nextBar())) };
    expect(entries).toBeGreaterThan(0);
  });

  it('is told once while it stays the same, and as resolved when it is gone', async () => {
    const desk = await aDesk();
    await holds(desk, 5);
    expect(await look(desk)).toMatchObject([
      {
        tone: 'warning',
        title: 'Broker and ledger differ: no entries until it is decided',
        text: 'NVDA: the broker shows 5 shares more than the ledger’s 0. Decide with /foreign item:NVDA +5',
      },
    ]);
    expect(await look(desk)).toEqual([]);
    await byHand(desk.standIn).order({ side: 'sell', qty: 5 });
    expect(await look(desk)).toMatchObject([
      { tone: 'good', title: 'Broker and ledger agree again: they keep entries out no more' },
    ]);
    expect(await desk.context.ledger.foreignItems()).toEqual([]);
    expect(await look(desk)).toEqual([]);
  });

  it('is not forgotten by a new process, nor told anew', async () => {
    const desk = await aDesk();
    await holds(desk, 5);
    await look(desk);
    await reconcile(await desk.restart());
    expect(await notices(desk)).toEqual([]);
  });

  it('is a new finding when its size changes', async () => {
    const desk = await aDesk();
    await holds(desk, 5);
    await look(desk);
    await holds(desk, 2);
    const [notice, ...others] = await look(desk);
    expect(others).toEqual([]);
    expect(notice?.text).toContain('7 shares more');
    expect((await desk.context.ledger.foreignItems()).map(({ key }) => key)).toEqual(['NVDA +7']);
  });

  it('is told a symbol each, in one message', async () => {
    const desk = await aDesk(FLAT, { others: { AAPL: FLAT, MSFT: FLAT } });
    await holds(desk, -3, 'MSFT');
    await holds(desk, 5, 'AAPL');
    const [notice, ...others] = await look(desk);
    expect(others).toEqual([]);
    expect(notice?.text.split('\n')).toEqual([
      expect.stringMatching(/^AAPL: .*5 shares more/),
      expect.stringMatching(/^MSFT: .*3 shares fewer .*item:MSFT −3$/),
    ]);
    expect((await desk.context.ledger.foreignItems()).toSorted(bySymbol)).toMatchObject([
      { symbol: 'AAPL', side: 'long', quantity: 5 },
      { symbol: 'MSFT', side: 'short', quantity: 3 },
    ]);
  });

  it('is told once by two that look at the same time', async () => {
    const desk = await aDesk();
    await holds(desk, 5);
    await Promise.all([reconcile(desk.context), reconcile(desk.context)]);
    expect(await notices(desk)).toHaveLength(1);
  });

  it('is told also when the process dies right after it is found', async () => {
    const desk = await aDesk();
    await holds(desk, 5);
    const dying = desk.with({ wakeOutbox: () => Promise.reject(new Error('dead')) });
    await expect(reconcile(dying)).rejects.toThrow('dead');
    await reconcile(await desk.restart());
    expect(await notices(desk)).toHaveLength(1);
  });

  it('is left alone by the guard, whatever it looks like', async () => {
    const desk = await aDesk();
    await holds(desk, 5);
    await desk.settle();
    expect(desk.standIn.inspect().orders).toHaveLength(1);
    expect(await notices(desk)).toEqual([]);
  });
});

describe('shares of a trade that somebody else has sold', () => {
  it('are a difference, too: fewer than the ledger has', async () => {
    const desk = await aDesk([QUIET, ENTRY, QUIET]);
    const { decidedAt } = await desk.plan();
    await submitPlannedEntries(desk.context, decidedAt);
    desk.nextBar();
    await reconcile(desk.context);
    const hand = byHand(desk.standIn);
    await hand.cancel(hand.live('take-profit').id);
    await hand.order({ side: 'sell', qty: 4 });
    const [notice] = await look(desk);
    expect(notice?.text).toContain('NVDA: the broker shows 4 shares fewer than the ledger’s 10.');
  });
});

describe('an order that is none of the bot’s', () => {
  const RESTING = {
    side: 'buy',
    qty: 5,
    type: 'limit',
    limit_price: '90',
    time_in_force: 'gtc',
  } as const;

  it('keeps entries closed until it is over', async () => {
    const desk = await aDesk();
    const hand = byHand(desk.standIn);
    const id = await hand.order(RESTING);
    const [notice] = await look(desk);
    expect(notice?.text).toBe(
      `NVDA: a limit order to buy 5 is none of the bot’s. Decide with /foreign item:${id}`,
    );
    await hand.cancel(id);
    expect(await look(desk)).toMatchObject([{ tone: 'good' }]);
  });

  it('counts once with its legs', async () => {
    const desk = await aDesk();
    await byHand(desk.standIn).order({
      ...RESTING,
      order_class: 'bracket',
      take_profit: { limit_price: '95' },
      stop_loss: { stop_price: '85' },
    });
    await look(desk);
    expect(await desk.context.ledger.foreignItems()).toMatchObject([
      { kind: 'order', side: 'buy', quantity: 5 },
    ]);
  });
});

describe('cash', () => {
  it('that moved otherwise than the ledger knows keeps no entry waiting', async () => {
    const desk = await aDesk();
    await desk.context.ledger.transaction((tx) =>
      tx.saveEquity({
        at: desk.standIn.now() - MINUTE_MS,
        sessionDate: '2025-11-24' as never,
        equity: parseUsd('99000'),
        cash: parseUsd('99000'),
        flows: null,
      }),
    );
    expect(await reconcile(desk.context)).toMatchObject({ isClean: true, findings: [] });
  });
});
