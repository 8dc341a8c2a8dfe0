import { describe, expect, it } from 'vitest';

import { UserError } from '#app/command.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { readPositions } from '#app/positions.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { booksReport } from '#app/reports/equity.ts';
import { announceStart } from '#app/reports/started.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { begunClose } from '#core/close.ts';
import { brokerOrderId, closeIdOf, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import { riskPerShareOf } from '#core/trade.ts';
import { BrokerError } from '#ports/broker.ts';
import { anIntent } from '#test/support/intents.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const NVDA = ticker('NVDA');
const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const ENTRY: Ohlc = [100, 100.5, 99.5, 100];
const RESTING = {
  side: 'buy',
  qty: 5,
  type: 'limit',
  limit_price: '90',
  time_in_force: 'gtc',
} as const;
const STOP = {
  side: 'sell',
  qty: 10,
  type: 'stop',
  stop_price: '99',
  time_in_force: 'gtc',
} as const;

/** Somebody holds so many NVDA at the broker, negative when short, and the bot has found out. */
async function deskWith(quantity: number, bars: readonly Ohlc[] = [QUIET, QUIET, QUIET]) {
  const desk = await openDesk(bars);
  desk.nextBar();
  const side = quantity > 0 ? 'buy' : 'sell';
  await byHand(desk.standIn).order({ side, qty: Math.abs(quantity) });
  desk.nextBar();
  await reconcile(desk.context);
  return desk;
}

const decide = (desk: Desk, decision: 'adopt' | 'ignore' | 'flatten', key = 'NVDA +10') =>
  decideForeign(desk.context, key, { decision, by: 'Ada' });

const live = (desk: Desk) => desk.standIn.inspect().orders.filter(({ status }) => isLive(status));
const isClean = async ({ context }: Desk) => (await context.ledger.lastReconciliation())?.isClean;
const titles = async (desk: Desk) => {
  await deliverOutbox(desk.context);
  return desk.channel().map((card) => ('title' in card ? card.title : card.kind));
};

const noBars = async () => Promise.reject(new BrokerError('no bars', { retryable: true }));

describe('a foreign position that is adopted', () => {
  it('is a trade from then on, with a stop and a target at the usual distances', async () => {
    const desk = await deskWith(10);
    const said = await decide(desk, 'adopt');
    expect(said).toBe(
      '10 NVDA are a trade now, with the stop at $97.50. The guard sees to it. Like every trade it is closed by ' +
        'the end of the session, 5 minutes before the close, unless the rules say "endOfDay": "hold".',
    );
    // An ATR of 1: two and a half, and four of them away.
    expect(await desk.context.ledger.unfinishedTrades()).toMatchObject([
      {
        status: 'open',
        origin: 'adopted',
        entryQuantity: 10,
        stopPrice: parseUsd('97.50'),
        intent: { symbol: NVDA, side: 'long', bracket: { targetPrice: parseUsd('104') } },
      },
    ]);
  });

  it('is protected by the guard with an OCO at the broker, and told', async () => {
    const desk = await deskWith(10);
    await decide(desk, 'adopt');
    await desk.settle();
    expect(live(desk)).toMatchObject([
      { role: 'take-profit', side: 'sell', quantity: 10, limitPrice: parseUsd('104') },
      { role: 'stop-loss', side: 'sell', quantity: 10, stopPrice: parseUsd('97.50') },
    ]);
    expect(await titles(desk)).toContain('repaired');
  });

  it('keeps entries closed no more, and is forgotten as foreign', async () => {
    const desk = await deskWith(10);
    await decide(desk, 'adopt');
    expect(await isClean(desk)).toBe(true);
    expect(await desk.context.ledger.foreignItems()).toEqual([]);
    expect(await titles(desk)).toContain(
      'Broker and ledger agree again: they keep entries out no more',
    );
  });

  it('that is short is bought back by its stop above', async () => {
    const desk = await deskWith(-10);
    await decide(desk, 'adopt', 'NVDA −10');
    await desk.settle();
    expect(live(desk)).toMatchObject([
      { side: 'buy', limitPrice: parseUsd('96') },
      { side: 'buy', stopPrice: parseUsd('102.50') },
    ]);
  });

  it('keeps the stop that it has at the broker', async () => {
    const desk = await deskWith(10);
    await byHand(desk.standIn).order(STOP);
    await decide(desk, 'adopt');
    await desk.settle();
    expect(live(desk)).toHaveLength(1);
    expect(await desk.context.ledger.unfinishedTrades()).toMatchObject([
      { stopPrice: parseUsd('99') },
    ]);
    expect(await isClean(desk), 'the stop is the trade’s by now').toBe(true);
  });

  it('has the R of an entry by the rules, however near its own stop stands', async () => {
    const desk = await deskWith(10);
    await byHand(desk.standIn).order({ ...STOP, stop_price: '99.99' });
    await reconcile(desk.context);
    await decide(desk, 'adopt');
    const [trade] = await desk.context.ledger.unfinishedTrades();
    expect(trade?.stopPrice).toBe(parseUsd('99.99'));
    expect(riskPerShareOf(trade!.intent)).toBe(parseUsd('2.50'));
  });

  it('ends with the stop that it had at the broker, and the books agree', async () => {
    const desk = await deskWith(10, [QUIET, QUIET, [99.5, 99.6, 98, 98.5]]);
    await byHand(desk.standIn).order({
      side: 'sell',
      qty: 10,
      type: 'stop',
      stop_price: '99',
      time_in_force: 'gtc',
    });
    await decide(desk, 'adopt');
    desk.nextBar();
    await reconcile(desk.context);
    expect(await desk.context.ledger.closedTrades()).toMatchObject([
      { quantity: 10, exitReason: 'stop_loss' },
    ]);
    expect(await isClean(desk)).toBe(true);
  });

  it('is seen to be protected also when both legs of its bracket were moved before', async () => {
    const desk = await openDesk([QUIET, ENTRY, QUIET, QUIET]);
    desk.nextBar();
    const hand = byHand(desk.standIn);
    await hand.order({
      side: 'buy',
      qty: 10,
      time_in_force: 'gtc',
      order_class: 'bracket',
      take_profit: { limit_price: '105' },
      stop_loss: { stop_price: '97' },
    });
    desk.nextBar();
    desk.nextBar();
    await hand.replace(hand.live('take-profit').id, { limit_price: '104' });
    await hand.replace(hand.live('stop-loss').id, { stop_price: '98' });
    await reconcile(desk.context);
    await decide(desk, 'adopt');
    const before = live(desk);
    await desk.settle();
    expect(live(desk)).toEqual(before);
    expect(await titles(desk)).not.toContain('NVDA: long 10 NOT protected');
    expect(await readPositions(desk.context)).toMatchObject([
      { isProtected: true, stopPrice: parseUsd('98') },
    ]);
  });

  it('is taken over, and can be closed, while its bars cannot be read', async () => {
    const desk = await deskWith(10);
    const blind = desk.with({ features: { ...desk.context.features, at: noBars } });
    await decideForeign(blind, 'NVDA +10', { decision: 'flatten', by: 'Ada' });
    await desk.settle(blind);
    expect(desk.standIn.inspect().positions.filter(({ quantity }) => quantity !== 0)).toEqual([]);
  });

  it('has its stop a few per cent away where no ATR is known', async () => {
    const desk = await deskWith(10);
    const features = { at: async () => new Map(), barsSince: () => [] };
    await decideForeign(desk.with({ features }), 'NVDA +10', { decision: 'adopt', by: 'Ada' });
    expect(await desk.context.ledger.unfinishedTrades()).toMatchObject([
      { stopPrice: parseUsd('97') },
    ]);
  });

  it('counts in the books: what it brings from then on is the ledger’s as well', async () => {
    const desk = await openDesk([
      QUIET,
      QUIET,
      [101, 105, 100.9, 104.5],
      [104.5, 104.6, 104.4, 104.5],
    ]);
    desk.nextBar();
    const surroundings = { version: '1', database: 'd', queue: 'q', page: null };
    const reconciliation = await reconcile(desk.context);
    await announceStart(desk.context, surroundings, { reconciliation, resumedCloses: 0 });
    await byHand(desk.standIn).order({ side: 'buy', qty: 10 });
    desk.nextBar();
    await reconcile(desk.context);
    await decide(desk, 'adopt');
    await desk.settle();
    desk.nextBar();
    await syncOrders(desk.context);
    expect(await desk.context.ledger.closedTrades()).toMatchObject([
      { quantity: 10, exitReason: 'take_profit', pnl: parseUsd('40') },
    ]);
    expect(await booksReport(desk.context)).toMatchObject({ difference: 0 });
    expect(await reconcile(desk.context)).toMatchObject({ isClean: true });
  });

  it('is adopted once by two who decide at the same time', async () => {
    const desk = await deskWith(10);
    const answers = await Promise.allSettled([decide(desk, 'adopt'), decide(desk, 'adopt')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await desk.context.ledger.netQuantities()).toEqual(new Map([[NVDA, 10]]));
  });

  it('is adopted also in the minute of another trade in the symbol', async () => {
    const desk = await deskWith(10);
    const { tradeId } = await desk.plan();
    await decide(desk, 'adopt');
    const trades = await desk.context.ledger.unfinishedTrades();
    expect(trades.filter(({ origin }) => origin === 'adopted')).toHaveLength(1);
    expect(trades.filter(({ id }) => id === tradeId)).toMatchObject([{ status: 'planned' }]);
    expect(await isClean(desk)).toBe(true);
  });

  it('is refused when the shares have turned out to be the bot’s own', async () => {
    const desk = await openDesk([QUIET, ENTRY]);
    const { decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
    await submitPlannedEntries(desk.context, decidedAt);
    desk.nextBar();
    // For minutes the broker lists no execution of the fill.
    const broker = { ...desk.context.broker, executionsSince: async () => [] };
    await reconcile(desk.with({ broker }));
    expect(await desk.context.ledger.foreignItems()).toMatchObject([{ key: 'NVDA +10' }]);
    await syncOrders(desk.context);
    await expect(decide(desk, 'adopt')).rejects.toThrow(UserError);
    expect(await desk.context.ledger.netQuantities()).toEqual(new Map([[NVDA, 10]]));
  });
});

describe('a foreign position that is ignored', () => {
  it('stays as it is, unwatched, and keeps entries closed no more', async () => {
    const desk = await deskWith(10);
    expect(await decide(desk, 'ignore')).toBe('The 10 NVDA stay as they are, unwatched.');
    await desk.settle();
    expect(live(desk)).toEqual([]);
    expect(desk.standIn.inspect().positions).toMatchObject([{ quantity: 10 }]);
    expect(await isClean(desk)).toBe(true);
    expect(await desk.context.ledger.foreignItems()).toMatchObject([
      { decision: 'ignore', decidedBy: 'Ada' },
    ]);
  });

  it('stays ignored for ever, also by a new process', async () => {
    const desk = await deskWith(10);
    await decide(desk, 'ignore');
    expect(await reconcile(await desk.restart())).toMatchObject({ isClean: true });
  });

  it('is asked about anew when its size changes', async () => {
    const desk = await deskWith(10);
    await decide(desk, 'ignore');
    await byHand(desk.standIn).order({ side: 'sell', qty: 4 });
    expect(await reconcile(desk.context)).toMatchObject({
      findings: [expect.stringContaining('6 shares more')],
    });
  });

  it('is asked about anew when it was gone for a while', async () => {
    const desk = await deskWith(10);
    await decide(desk, 'ignore');
    const hand = byHand(desk.standIn);
    await hand.order({ side: 'sell', qty: 10 });
    await reconcile(desk.context);
    await hand.order({ side: 'buy', qty: 10 });
    desk.nextBar();
    expect(await reconcile(desk.context)).toMatchObject({ isClean: false });
  });
});

describe('a foreign position that is flattened', () => {
  it('is closed by a closing in the person’s name, with proof', async () => {
    const desk = await deskWith(10);
    expect(await decide(desk, 'flatten')).toBe('10 NVDA are being closed; the channel follows it.');
    await desk.settle();
    expect(desk.standIn.inspect().positions).toEqual([]);
    expect(live(desk)).toEqual([]);
    await deliverOutbox(desk.context);
    expect(desk.channel().filter(({ kind }) => kind === 'closing')).toMatchObject([
      {
        requestedBy: 'Ada',
        reason: 'manual_close',
        progress: { phase: 'done', proof: { exitQuantity: 10 } },
      },
    ]);
    expect(await isClean(desk)).toBe(true);
  });

  it('says so where an earlier closing of the symbol is not done yet', async () => {
    const desk = await deskWith(10);
    await desk.context.ledger.transaction(async (tx) => {
      const { tradeId, symbol } = anIntent();
      await tx.insertTrade(anIntent());
      const wish = { tradeId, symbol, side: 'long', reason: 'manual_close', quantity: 5 } as const;
      const asked = { atMarket: false, requestedBy: 'Bob', requestedAt: 0, keep: 0 } as const;
      const id = closeIdOf(tradeId, 1);
      await tx.insertClose(begunClose({ ...wish, ...asked, id, decisionPrice: parseUsd('100') }));
    });
    expect(await decide(desk, 'flatten')).toBe(
      '10 NVDA are a trade now. An earlier closing of NVDA is not done yet: once its message says that it is, close what is left with /close.',
    );
  });

  it('takes the orders along that somebody left in the symbol', async () => {
    const desk = await deskWith(10);
    await byHand(desk.standIn).order(STOP);
    await decide(desk, 'flatten');
    await desk.settle();
    expect(desk.standIn.inspect().positions).toEqual([]);
    expect(live(desk)).toEqual([]);
    expect(await reconcile(desk.context)).toMatchObject({ isClean: true });
  });
});

/** Ten are the bot’s, five are somebody’s. */
async function deskWithPart() {
  const desk = await openDesk([QUIET, ENTRY, QUIET, QUIET]);
  const { decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
  await submitPlannedEntries(desk.context, decidedAt);
  desk.nextBar();
  await syncOrders(desk.context);
  await byHand(desk.standIn).order({ side: 'buy', qty: 5, type: 'limit', limit_price: '100' });
  desk.nextBar();
  await reconcile(desk.context);
  return desk;
}

/** Somebody has cancelled the bracket of ten shares, and sold so many of them. */
async function deskThatSold(quantity: number) {
  const desk = await openDesk([QUIET, ENTRY, QUIET, QUIET, QUIET]);
  const barEnd = desk.nextBar();
  await desk.plan();
  await submitPlannedEntries(desk.context, barEnd);
  desk.nextBar();
  await desk.settle();
  const hand = byHand(desk.standIn);
  await hand.cancel(hand.live('take-profit').id);
  await hand.order({ side: 'sell', qty: quantity });
  desk.nextBar();
  await reconcile(desk.context);
  return desk;
}

describe('shares of a trade that somebody has sold at the broker', () => {
  it('are an exit of it once they are adopted: it is over, and the books agree', async () => {
    const desk = await deskThatSold(10);
    expect(await decide(desk, 'adopt', 'NVDA −10')).toBe(
      'The 10 NVDA that somebody has sold at the broker are booked as an exit of the bot’s trade.',
    );
    expect(await isClean(desk)).toBe(true);
    expect(await desk.context.ledger.unfinishedTrades()).toEqual([]);
    expect(await desk.context.ledger.closedTrades()).toMatchObject([
      { quantity: 10, exitReason: 'other', exitPrice: parseUsd('100') },
    ]);
  });

  it('leave it the others, under a stop', async () => {
    const desk = await deskThatSold(4);
    await decide(desk, 'adopt', 'NVDA −4');
    await desk.settle();
    expect(await isClean(desk)).toBe(true);
    expect(await desk.context.ledger.unfinishedTrades()).toMatchObject([
      { status: 'open', entryQuantity: 10, exitQuantity: 4 },
    ]);
    expect(await readPositions(desk.context)).toMatchObject([{ quantity: 6, isProtected: true }]);
  });

  it('are not taken for an exit where somebody has sold short beyond them', async () => {
    const desk = await deskThatSold(10);
    await byHand(desk.standIn).order({ side: 'sell', qty: 5 });
    desk.nextBar();
    await reconcile(desk.context);
    await expect(decide(desk, 'adopt', 'NVDA −15')).rejects.toThrow(UserError);
    expect(await desk.context.ledger.unfinishedTrades()).toMatchObject([{ exitQuantity: 0 }]);
  });

  it('are not taken for an exit where the orders at the broker tell of another number', async () => {
    const desk = await deskThatSold(10);
    const { broker } = desk.context;
    const ordersSince: typeof broker.ordersSince = async (...asked) =>
      (await broker.ordersSince(...asked)).filter(({ clientOrderId: id }) => id.startsWith('brk'));
    const urgent = { ...broker.urgent, ordersSince };
    const context = desk.with({ broker: { ...broker, urgent } });
    const deciding = decideForeign(context, 'NVDA −10', { decision: 'adopt', by: 'Ada' });
    await expect(deciding).rejects.toThrow(UserError);
    expect(await desk.context.ledger.unfinishedTrades()).toMatchObject([{ exitQuantity: 0 }]);
  });
});

describe('a position of which only a part is foreign', () => {
  it.each(['adopt', 'flatten'] as const)('is not to be had by %s, with the cure', async (what) => {
    const desk = await deskWithPart();
    const deciding = decide(desk, what, 'NVDA +5');
    await expect(deciding).rejects.toThrow(UserError);
    await expect(deciding).rejects.toThrow(
      'not the 5 that are foreign: ignore it, or put it right at the broker.',
    );
    expect(await isClean(desk)).toBe(false);
    expect(await desk.context.ledger.openCloses()).toEqual([]);
  });

  it('may be ignored', async () => {
    const desk = await deskWithPart();
    await decide(desk, 'ignore', 'NVDA +5');
    expect(await isClean(desk)).toBe(true);
  });
});

async function deskWithOrder(order: Readonly<Record<string, unknown>> = {}) {
  const desk = await openDesk([QUIET, QUIET]);
  desk.nextBar();
  const id = await byHand(desk.standIn).order({ ...RESTING, ...order });
  await reconcile(desk.context);
  return { desk, id };
}

describe('a foreign order', () => {
  it('that is ignored stays, and keeps entries closed no more', async () => {
    const { desk, id } = await deskWithOrder();
    expect(await decide(desk, 'ignore', id)).toBe('The order in NVDA stays as it is.');
    expect(live(desk)).toHaveLength(1);
    expect(await isClean(desk)).toBe(true);
  });

  it('that is flattened is cancelled, with its legs, in the person’s name', async () => {
    const { desk, id } = await deskWithOrder({
      order_class: 'bracket',
      take_profit: { limit_price: '95' },
      stop_loss: { stop_price: '85' },
    });
    expect(await decide(desk, 'flatten', id)).toBe('The order in NVDA is being cancelled.');
    expect(live(desk)).toEqual([]);
    const intents = await desk.query('SELECT reason, requested_by FROM order_intents');
    expect(intents).toEqual([{ reason: 'foreign', requested_by: 'Ada' }]);
    expect(await isClean(desk)).toBe(true);
    expect(await desk.context.ledger.foreignItems()).toEqual([]);
  });

  it('that is gone by then is not cancelled', async () => {
    const { desk, id } = await deskWithOrder();
    await byHand(desk.standIn).cancel(id);
    const broker = desk.context.broker;
    const urgent = { ...broker.urgent, order: async () => null };
    const context = desk.with({ broker: { ...broker, urgent } });
    const said = await decideForeign(context, id, { decision: 'flatten', by: 'Ada' });
    expect(said).toBe('The order in NVDA is gone.');
  });

  it.each([
    { kind: 'unknown', message: 'no answer' },
    { kind: 'rejected', code: 'unauthorized', httpStatus: 401, message: 'no', details: {} },
  ] as const)(
    'of which the broker does not take the cancel stays to be decided: $kind',
    async (outcome) => {
      const { desk, id } = await deskWithOrder();
      const broker = { ...desk.context.broker, cancelOrder: async () => outcome };
      const deciding = decideForeign(desk.with({ broker }), id, { decision: 'flatten', by: 'Ada' });
      await expect(deciding).rejects.toThrow('may be live still. Nothing is decided');
      expect(await desk.context.ledger.foreignItems()).toMatchObject([{ key: id, decision: null }]);
      await reconcile(desk.context);
      expect(await isClean(desk)).toBe(false);
    },
  );

  it('cannot be adopted, and that says what can be done', async () => {
    const { desk, id } = await deskWithOrder();
    const deciding = decide(desk, 'adopt', id);
    await expect(deciding).rejects.toThrow(UserError);
    await expect(deciding).rejects.toThrow('only ignored or flattened, which cancels it.');
    expect(live(desk).map((order) => order.id)).toEqual([brokerOrderId(id)]);
    expect(await isClean(desk)).toBe(false);
  });
});

describe('a decision', () => {
  it('is on record with the person’s name', async () => {
    const desk = await deskWith(10);
    await decide(desk, 'ignore');
    expect(await desk.query('SELECT actor, action, outcome, details FROM audit_log')).toMatchObject(
      [
        {
          actor: 'Ada',
          action: 'ignore position NVDA',
          outcome: 'done',
          details: { item: 'NVDA +10', quantity: '10' },
        },
      ],
    );
  });

  it('that is refused leaves no trace', async () => {
    const desk = await deskWith(10);
    await expect(decide(desk, 'adopt', 'NVDA +11')).rejects.toThrow(
      'Nothing foreign is known as NVDA +11.',
    );
    expect(await desk.query('SELECT FROM audit_log')).toEqual([]);
  });
});
