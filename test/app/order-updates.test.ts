import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { applyOrder, applyUpdate } from '#app/order-updates.ts';
import { syncOrders } from '#app/sync-orders.ts';
import type { EntryIntent } from '#core/decision.ts';
import { brokerOrderId } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { BrokerOrder, Execution } from '#core/order.ts';
import type { TradeUpdate } from '#ports/broker.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const ENTRY_BAR: Ohlc = [100, 100.5, 99.5, 100];
const HALF_BAR: Ohlc = [101, 104.2, 100.9, 104];
const TARGET_BAR: Ohlc = [101, 106, 100.9, 105.5];
const STOP_BAR: Ohlc = [99, 99.2, 97, 97.5];
const QUIET_BAR: Ohlc = [100, 100.5, 99.5, 100];

/** The messages that there are, as they were first posted. */
const messages = ({ told }: Desk) =>
  told.filter(({ kind }) => kind === 'posted').map(({ card }) => card.kind);

/** A desk whose bracket was submitted at the end of the first bar. */
async function deskWithBracket(
  bars: readonly Ohlc[],
  changes: Partial<EntryIntent> = {},
): Promise<{ desk: Desk; id: TradeId }> {
  const desk = await openDesk([QUIET_BAR, ...bars]);
  const barEnd = desk.nextBar();
  const { tradeId } = await desk.plan(changes);
  await submitPlannedEntries(desk.context, barEnd);
  return { desk, id: tradeId };
}

/** The order as it stands after fills up to this quantity, with the last of them. */
function filledBy(
  order: BrokerOrder,
  filled: number,
  price: string,
  status: 'filled' | 'partially_filled' = 'filled',
) {
  const at = order.updatedAt + filled;
  const execution: Execution = {
    orderId: order.id,
    symbol: order.symbol,
    side: order.side,
    quantity: filled,
    price: parseUsd(price),
    at,
    cumulativeQuantity: filled,
  };
  const filledAveragePrice = parseUsd(price);
  return {
    order: {
      ...order,
      legs: [],
      status,
      filledQuantity: filled,
      filledAveragePrice,
      updatedAt: at,
    },
    execution,
  };
}

const entryAndExitCards = ({ told }: Desk) =>
  told.map(({ card }) => (card.kind === 'entry' ? card.progress.status : card.kind));

describe('the broker’s news of an order', () => {
  it('of the entry’s fill opens the trade and edits its message', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    await deliverOutbox(desk.context);
    desk.nextBar();
    await syncOrders(desk.context);
    await deliverOutbox(desk.context);
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      status: 'open',
      entryQuantity: 10,
    });
    expect(entryAndExitCards(desk)).toEqual(['submitted', 'filled']);
    expect(desk.told.at(-1)?.kind).toBe('edited');
  });

  it.each([
    ['take_profit', TARGET_BAR, '50.00', 2.5],
    ['stop_loss', STOP_BAR, '-20.00', -1],
  ] as const)('of the %s’s fill closes the trade with its figures', async (leg, bar, pnl, r) => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR, bar]);
    desk.nextBar();
    await syncOrders(desk.context);
    desk.nextBar();
    await syncOrders(desk.context);
    await deliverOutbox(desk.context);
    const trade = await desk.context.ledger.trade(id);
    expect(trade).toMatchObject({ status: 'closed', exitReason: leg });
    const [closed] = await desk.context.ledger.closedTrades();
    expect(closed?.exitReason).toBe(leg);
    expect(Math.abs((closed?.pnl ?? 0) - parseUsd(pnl))).toBeLessThanOrEqual(parseUsd('10.00'));
    expect(Math.sign(closed?.rMultiple ?? 0)).toBe(Math.sign(r));
    expect(desk.told.slice(-2)).toMatchObject([
      { card: { kind: 'exit', trade: { exitReason: leg } } },
      { card: { kind: 'summary', trade: { exitReason: leg }, stopMoves: 0 } },
    ]);
  });

  it('is booked once, however often it is told', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR, TARGET_BAR]);
    desk.nextBar();
    desk.nextBar();
    const orders = await desk.context.broker.ordersSince(0);
    const executions = await desk.context.broker.executionsSince(0);
    const all = orders.flatMap((order) => [order, ...order.legs]);
    for (const order of [...all, ...all]) {
      const own = executions.filter(({ orderId }) => orderId === order.id);
      await applyOrder(desk.context, order, own);
    }
    await deliverOutbox(desk.context);
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      status: 'closed',
      entryQuantity: 10,
      exitQuantity: 10,
    });
    expect(messages(desk)).toEqual(['entry', 'exit', 'summary']);
  });

  it('comes to the same end when the exit is told before the entry', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR, TARGET_BAR]);
    desk.nextBar();
    desk.nextBar();
    const orders = await desk.context.broker.ordersSince(0);
    const executions = await desk.context.broker.executionsSince(0);
    for (const order of orders.flatMap((parent) => [...parent.legs, parent])) {
      const own = executions.filter(({ orderId }) => orderId === order.id);
      await applyOrder(desk.context, order, own);
    }
    const trade = await desk.context.ledger.trade(id);
    expect(trade).toMatchObject({ status: 'closed', entryQuantity: 10, exitQuantity: 10 });
  });

  it('that nobody told of is found by looking, and booked with its price', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR, STOP_BAR]);
    desk.nextBar();
    desk.nextBar();
    await syncOrders(desk.context);
    const [closed] = await desk.context.ledger.closedTrades();
    expect(closed).toMatchObject({ tradeId: id, exitPrice: parseUsd('98.00'), quantity: 10 });
  });

  it('that is filled but whose execution is not listed yet is asked for again', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    desk.nextBar();
    const broker = { ...desk.context.broker, executionsSince: async () => [] };
    await syncOrders(desk.with({ broker }));
    expect(await desk.context.ledger.trade(id)).toMatchObject({ entryQuantity: 0 });
    await syncOrders(desk.context);
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      entryQuantity: 10,
      status: 'open',
    });
  });

  it('that is none of ours changes nothing', async () => {
    const { desk } = await deskWithBracket([ENTRY_BAR]);
    const [order] = await desk.context.broker.ordersSince(0);
    const foreign = { ...order!, id: 'foreign' as never, clientOrderId: 'by-hand' as never };
    expect(await applyOrder(desk.context, foreign, [])).toBeNull();
  });

  it('of a fill that a dead process had not stored the order of leads to all three orders', async () => {
    const desk = await openDesk([QUIET_BAR, ENTRY_BAR, TARGET_BAR]);
    desk.nextBar();
    const { tradeId, bracket, ...intent } = await desk.plan();
    await desk.context.broker.submitBracket({
      ...intent,
      ...bracket,
      side: 'buy',
      timeInForce: 'gtc',
    });
    desk.nextBar();
    // The stream tells of the parent alone.
    const [parent] = await desk.context.broker.ordersSince(0);
    const executions = await desk.context.broker.executionsSince(0);
    await applyOrder(desk.context, { ...parent!, legs: [] }, executions);
    desk.nextBar();
    await syncOrders(desk.context);
    await syncOrders(desk.context);
    expect(await desk.context.ledger.trade(tradeId)).toMatchObject({ status: 'closed' });
  });

  it('of the other leg’s fill after the end raises an alarm and spoils no figures', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    desk.nextBar();
    await syncOrders(desk.context);
    const [parent] = await desk.context.broker.ordersSince(0);
    for (const leg of parent!.legs) {
      const filled = filledBy(leg, 10, leg.type === 'limit' ? '105.00' : '98.00');
      await applyOrder(desk.context, filled.order, [filled.execution]);
    }
    await deliverOutbox(desk.context);
    expect(await desk.context.ledger.closedTrades()).toMatchObject([{ tradeId: id, quantity: 10 }]);
    expect(messages(desk).toSorted()).toEqual(['alarm', 'entry', 'exit', 'summary']);
  });

  it('of the other leg’s fill after the end, in parts, tells in the alarm how many shares it is in all', async () => {
    const { desk } = await deskWithBracket([ENTRY_BAR]);
    desk.nextBar();
    await syncOrders(desk.context);
    const [parent] = await desk.context.broker.ordersSince(0);
    const target = parent!.legs.find(({ type }) => type === 'limit')!;
    const stop = parent!.legs.find(({ type }) => type === 'stop')!;
    const ended = filledBy(target, 10, '105.00');
    await applyOrder(desk.context, ended.order, [ended.execution]);
    const part = filledBy(stop, 4, '98.00', 'partially_filled');
    await applyOrder(desk.context, part.order, [part.execution]);
    const rest = filledBy(stop, 10, '98.00');
    await applyOrder(desk.context, rest.order, [{ ...rest.execution, quantity: 6 }]);
    await deliverOutbox(desk.context);
    expect(desk.channel().filter(({ kind }) => kind === 'alarm')).toMatchObject([
      {
        title: 'NVDA: 10 more shares filled after the trade was flat',
        text: expect.stringContaining('may now hold 10 NVDA'),
      },
    ]);
  });

  it('of a leg that replaced a stored one is followed to its fill', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    desk.nextBar();
    await syncOrders(desk.context);
    const [parent] = await desk.context.broker.ordersSince(0);
    const stop = parent!.legs.find(({ type }) => type === 'stop')!;
    const newId = brokerOrderId('the-new-stop');
    const replaced = { ...stop, status: 'replaced', replacedBy: newId } as const;
    await applyOrder(desk.context, replaced, []);
    const next = filledBy({ ...stop, id: newId, replaces: stop.id }, 10, '98.00');
    const broker = {
      ...desk.context.broker,
      ordersSince: async () => [{ ...parent!, legs: [replaced, next.order] }],
      executionsSince: async () => [next.execution],
    };
    await syncOrders(desk.with({ broker }));
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      status: 'closed',
      exitReason: 'stop_loss',
    });
  });

  it('of an exit does not close the trade while shares of its entry are missing', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    const [parent] = await desk.context.broker.ordersSince(0);
    const part = filledBy(parent!, 4, '100.00', 'partially_filled');
    await applyOrder(desk.context, part.order, [part.execution]);
    const exit = filledBy(parent!.legs[0]!, 4, '105.00', 'partially_filled');
    await applyOrder(desk.context, exit.order, [exit.execution]);
    expect((await desk.context.ledger.trade(id))?.status).toBe('open');

    const rest = filledBy(parent!, 10, '100.00');
    const missing = { ...rest.execution, quantity: 6 };
    await applyOrder(desk.context, rest.order, [missing]);
    const end = filledBy(parent!.legs[0]!, 10, '105.00');
    await applyOrder(desk.context, end.order, [{ ...end.execution, quantity: 6 }]);
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      status: 'closed',
      entryQuantity: 10,
      exitQuantity: 10,
    });
  });

  it('measures the slippage of the leg that ended the trade alone', async () => {
    const { desk } = await deskWithBracket([ENTRY_BAR]);
    desk.nextBar();
    await syncOrders(desk.context);
    const [parent] = await desk.context.broker.ordersSince(0);
    const target = filledBy(
      parent!.legs.find(({ type }) => type === 'limit')!,
      5,
      '105.00',
    );
    await applyOrder(desk.context, { ...target.order, status: 'canceled' }, [target.execution]);
    const stop = filledBy(
      parent!.legs.find(({ type }) => type === 'stop')!,
      5,
      '97.90',
    );
    await applyOrder(desk.context, stop.order, [stop.execution]);
    await deliverOutbox(desk.context);
    const exit = desk.told.at(-2)!.card;
    expect(exit.kind === 'exit' && exit.slippageBps).toBeCloseTo(10.2, 1);
  });

  it('of a part’s own target tells what it brought, and what still runs', async () => {
    const scaleOut = { quantity: 5, targetPrice: parseUsd('104.00') };
    const { desk } = await deskWithBracket([ENTRY_BAR, HALF_BAR, TARGET_BAR], { scaleOut });
    for (let bar = 0; bar < 3; bar += 1) {
      desk.nextBar();
      await syncOrders(desk.context);
    }
    await deliverOutbox(desk.context);
    expect(messages(desk)).toEqual(['entry', 'scaled-out', 'exit', 'summary']);
    expect(desk.channel()[1]).toMatchObject({
      quantity: 5,
      exitPrice: parseUsd('104.00'),
      remaining: 5,
      stopPrice: parseUsd('98.00'),
      targetPrice: parseUsd('105.00'),
      lateMs: null,
    });
  });

  it('of both targets at one price tells of nothing that still runs', async () => {
    const scaleOut = { quantity: 4, targetPrice: parseUsd('104.00') };
    const { desk } = await deskWithBracket([ENTRY_BAR, [106, 107, 106, 106.5]], { scaleOut });
    for (let bar = 0; bar < 2; bar += 1) {
      desk.nextBar();
      await syncOrders(desk.context);
    }
    await deliverOutbox(desk.context);
    expect(messages(desk)).toEqual(['entry', 'exit', 'summary']);
    expect(desk.channel()[1]).toMatchObject({ trade: { quantity: 10, exitReason: 'take_profit' } });
  });

  it('that names a state which nobody here knows is an alarm, once, and the order counts as live', async () => {
    const { desk, id: tradeId } = await deskWithBracket([ENTRY_BAR]);
    await deliverOutbox(desk.context);
    const [parent] = await desk.context.broker.ordersSince(0);
    const [leg, ...others] = parent!.legs;
    const strange = { ...parent!, legs: [{ ...leg!, status: 'unknown' as const }, ...others] };
    await applyOrder(desk.context, strange, []);
    await applyOrder(desk.context, strange, []);
    await deliverOutbox(desk.context);
    expect(messages(desk)).toEqual(['entry', 'alarm']);
    expect(desk.channel()[1]).toMatchObject({
      title: 'NVDA: an order is in a state that the bot does not know',
      text: expect.stringContaining(`(${leg!.type}, ${leg!.id})`),
    });
    const kept = await desk.context.ledger.ordersOfTrade(tradeId);
    expect(kept.find(({ brokerOrderId: id }) => id === leg!.id)).toMatchObject({
      status: 'unknown',
      isLive: true,
    });
  });

  it('of one order that cannot be taken in does not keep the others from it', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    desk.nextBar();
    const { ledger } = desk.context;
    let calls = 0;
    const failsOnce = desk.with({
      ledger: {
        ...ledger,
        transaction: (work) => {
          calls += 1;
          return calls === 1 ? Promise.reject(new Error('a bug')) : ledger.transaction(work);
        },
      },
    });
    await syncOrders(failsOnce);
    expect(calls).toBeGreaterThan(1);
    await syncOrders(desk.context);
    expect(await ledger.trade(id)).toMatchObject({ status: 'open' });
  });

  it('whose order has filled beyond its execution already is booked once, at its own price', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    const [parent] = await desk.context.broker.ordersSince(0);
    const { order, execution } = filledBy(parent!, 10, '100.40');
    const first = { ...execution, quantity: 6, price: parseUsd('100.00'), cumulativeQuantity: 6 };
    const rest = { ...execution, quantity: 4, price: parseUsd('101.00') };
    // As the stream tells it: both events carry the order as it stands after the second one.
    await applyUpdate(desk.context, { order, execution: { ...first, cumulativeQuantity: 10 } });
    await applyUpdate(desk.context, { order, execution: rest });
    const broker = {
      ...desk.context.broker,
      ordersSince: async () => [{ ...parent!, ...order }],
      executionsSince: async () => [first, rest],
    };
    await syncOrders(desk.with({ broker }));
    expect(await desk.context.ledger.trade(id)).toMatchObject({
      status: 'open',
      entryQuantity: 10,
      entryValue: parseUsd('1004.00'),
    });
    expect((await desk.context.ledger.netQuantities()).get(order.symbol)).toBe(10);
  });

  it('that follows on those that are booked needs no look by REST', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR]);
    const [parent] = await desk.context.broker.ordersSince(0);
    const part = filledBy(parent!, 4, '100.00', 'partially_filled');
    await applyUpdate(desk.context, part);
    await applyUpdate(desk.context, part);
    const { order, execution } = filledBy(parent!, 10, '100.00');
    await applyUpdate(desk.context, { order, execution: { ...execution, quantity: 6 } });
    expect(await desk.context.ledger.trade(id)).toMatchObject({ entryQuantity: 10 });
  });

  it('arrives by the stream as well, with the same result', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR, TARGET_BAR]);
    const heard: TradeUpdate[] = [];
    const subscribed = Promise.withResolvers<void>();
    const stream = await desk.context.broker.subscribeTradeUpdates({
      onUpdate: async (update) => {
        heard.push(update);
        await applyUpdate(desk.context, update);
      },
      onSubscribed: async () => subscribed.resolve(),
      onDown: () => {},
    });
    await subscribed.promise;
    desk.nextBar();
    desk.nextBar();
    await expect.poll(async () => (await desk.context.ledger.trade(id))?.status).toBe('closed');
    await stream.close();
    expect(heard.filter(({ event }) => event === 'fill')).toHaveLength(2);
  });
});

describe('a look at the orders', () => {
  it('after one that failed lets the bot see again, whoever it is made for', async () => {
    const { desk } = await deskWithBracket([ENTRY_BAR]);
    const seen: number[] = [];
    const sight = { ...desk.context.sight, reconciled: (at: number) => void seen.push(at) };
    const context = desk.with({ sight });
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'GET',
      path: /orders/,
      status: 400,
      body: { message: 'no' },
    });
    await expect(syncOrders(context)).rejects.toThrow('could not read the orders');
    expect(seen).toEqual([]);
    await syncOrders(context);
    expect(seen).toEqual([context.systemClock.now()]);
  });
});
