import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { applyOrder } from '#app/order-updates.ts';
import { syncOrders } from '#app/sync-orders.ts';
import type { TradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { TradeUpdate } from '#ports/broker.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const ENTRY_BAR: Ohlc = [100, 100.5, 99.5, 100];
const TARGET_BAR: Ohlc = [101, 106, 100.9, 105.5];
const STOP_BAR: Ohlc = [99, 99.2, 97, 97.5];
const QUIET_BAR: Ohlc = [100, 100.5, 99.5, 100];

/** A desk whose bracket was submitted at the end of the first bar. */
async function deskWithBracket(bars: readonly Ohlc[]): Promise<{ desk: Desk; id: TradeId }> {
  const desk = await openDesk([QUIET_BAR, ...bars]);
  const barEnd = desk.nextBar();
  const { tradeId } = await desk.plan();
  await submitPlannedEntries(desk.context, barEnd, new Set([tradeId]));
  return { desk, id: tradeId };
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
    expect(trade).toMatchObject({ status: 'closed', exitLeg: leg });
    const [closed] = await desk.context.ledger.closedTrades();
    expect(closed?.exitLeg).toBe(leg);
    expect(Math.abs((closed?.pnl ?? 0) - parseUsd(pnl))).toBeLessThanOrEqual(parseUsd('10.00'));
    expect(Math.sign(closed?.rMultiple ?? 0)).toBe(Math.sign(r));
    expect(desk.told.at(-1)).toMatchObject({ card: { kind: 'exit', trade: { exitLeg: leg } } });
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
    expect(entryAndExitCards(desk)).toEqual(['filled', 'exit']);
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
    expect(await applyOrder(desk.context, foreign, [])).toBe(false);
  });

  it('arrives by the stream as well, with the same result', async () => {
    const { desk, id } = await deskWithBracket([ENTRY_BAR, TARGET_BAR]);
    const heard: TradeUpdate[] = [];
    const subscribed = Promise.withResolvers<void>();
    const stream = await desk.context.broker.subscribeTradeUpdates({
      onUpdate: async (update) => {
        heard.push(update);
        const { order, execution } = update;
        await applyOrder(desk.context, order, execution === null ? [] : [execution]);
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
