/** Behaviours 14 to 17: cancelling, waiting for the shares, and getting out. */
import { describe, expect, it } from 'vitest';

import { REALISTIC_DELAYS, realTimers } from '#sandbox/alpaca/timers.ts';

import { BARS, EXITS, aBracket, aBroker, listenTo, refusalOf } from './a-broker.ts';
import type { TestBroker } from './a-broker.ts';

const { entry, quiet, target } = BARS;

async function aPosition(shape: Parameters<typeof aBroker>[0] = {}) {
  const broker = await aBroker({ bars: [entry, quiet], delays: REALISTIC_DELAYS, ...shape });
  const group = await aBracket(broker);
  broker.advance();
  return { broker, group };
}

const cancel = ({ alpaca }: TestBroker, orderId: string) =>
  alpaca.trading.orders.deleteOrderByOrderID({ orderId });
const sell = ({ alpaca }: TestBroker, qty: number) =>
  alpaca.trading.orders.market({ symbol: 'AAPL', qty, side: 'sell' });

describe('a cancel', () => {
  it('14: is taken at once, pending for a while, and then done for the whole group', async () => {
    const { broker, group } = await aPosition();
    const { hears } = await listenTo(broker);
    await cancel(broker, group.stop);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'new', 'pending_cancel']);
    broker.timers.elapse(14);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'new', 'pending_cancel']);
    broker.timers.elapse(1);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'canceled', 'canceled']);
    await hears(['pending_cancel sell stop', 'canceled sell stop', 'canceled sell limit']);
  });

  it('14: may stay pending for minutes, over bars, with only the rest to wait after each', async () => {
    const { broker, group } = await aPosition();
    broker.standIn.behaviour.cancelStuckMs = 10 * 60_000;
    await cancel(broker, group.stop);
    broker.advance();
    expect(await broker.statuses(group.stop)).toEqual(['pending_cancel']);
    broker.timers.elapse(4 * 60_000);
    expect(await broker.statuses(group.stop)).toEqual(['pending_cancel']);
    broker.timers.elapse(60_000);
    expect(await broker.statuses(group.stop)).toEqual(['canceled']);
  });

  it('14: may come too late: what fills while it is pending is filled, and the cancel rejected', async () => {
    const { broker, group } = await aPosition({ bars: [entry, target] });
    const { hears } = await listenTo(broker);
    broker.standIn.behaviour.cancelStuckMs = 10 * 60_000;
    await cancel(broker, group.target);
    broker.advance();
    await hears([
      'pending_cancel sell limit',
      'fill sell limit',
      'order_cancel_rejected sell limit',
      'canceled sell stop',
    ]);
    broker.advance(2);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'filled', 'canceled']);
    expect((await refusalOf(cancel(broker, group.target))).body).toEqual({
      code: 42210000,
      message: 'order is already in "filled" state',
    });
  });

  it('14: sent again is refused, or taken without a word', async () => {
    const { broker, group } = await aPosition();
    const refusedWith = async () => (await refusalOf(cancel(broker, group.stop))).body.message;
    await cancel(broker, group.stop);
    expect(await refusedWith()).toBe('order is already in "pending_cancel" state');
    broker.timers.elapse(15);
    expect(await refusedWith()).toBe('order is already in "canceled" state');
    broker.standIn.behaviour.repeatCancel = 'accepted';
    await expect(cancel(broker, group.stop)).resolves.toBeUndefined();
  });

  it('14: is refused while the order is being replaced', async () => {
    const { broker, group } = await aPosition();
    await broker.alpaca.trading.orders.patchOrderByOrderId({
      orderId: group.stop,
      patchOrderRequest: { stopPrice: '99' },
    });
    expect(await refusalOf(cancel(broker, group.stop))).toMatchObject({ status: 422 });
    broker.timers.elapse(15);
    expect(await broker.statuses(group.stop)).toEqual(['replaced']);
  });
});

describe('without timers of its own', () => {
  it('14: a broker takes the time of the machine', async () => {
    const broker = await aBroker({ delays: { cancelMs: 300 }, timers: realTimers });
    const { id } = await aBracket(broker);
    await cancel(broker, id);
    expect(await broker.statuses(id)).toEqual(['pending_cancel', 'held', 'held']);
    await expect.poll(() => broker.statuses(id)).toEqual(['canceled', 'canceled', 'canceled']);
  });
});

describe('shares', () => {
  it('15: stay reserved for a while after the cancel, and are free then', async () => {
    const { broker, group } = await aPosition();
    await cancel(broker, group.target);
    broker.timers.elapse(15);
    expect(await broker.statuses(group.target)).toEqual(['canceled']);
    expect(await broker.shares()).toEqual(['10', '0']);
    expect((await refusalOf(sell(broker, 10))).body).toEqual({
      available: '0',
      code: 40310000,
      existing_qty: '10',
      held_for_orders: '10',
      message: 'insufficient qty available for order (requested: 10, available: 0)',
      related_orders: [group.target],
      symbol: 'AAPL',
    });
    broker.timers.elapse(60);
    expect(await broker.shares()).toEqual(['10', '10']);
    expect(await sell(broker, 10)).toMatchObject({ qty: '10' });
  });

  it('15: may stay reserved for half a minute', async () => {
    const { broker, group } = await aPosition();
    broker.standIn.behaviour.releaseStuckMs = 30_000;
    await cancel(broker, group.target);
    broker.timers.elapse(15 + 29_999);
    expect(await broker.shares()).toEqual(['10', '0']);
    broker.timers.elapse(1);
    expect(await broker.shares()).toEqual(['10', '10']);
  });
});

describe('getting out', () => {
  it('16: of a part goes by cancel, wait, new exits for the rest, then the sale', async () => {
    const { broker, group } = await aPosition();
    expect((await refusalOf(sell(broker, 4))).body).toMatchObject({
      code: 40310000,
      related_orders: [group.target],
    });
    await cancel(broker, group.stop);
    broker.timers.elapse(75);
    const oco = await broker.alpaca.trading.orders.oco({ ...EXITS, qty: 6 });
    await sell(broker, 4);
    broker.timers.elapse(5);
    expect(await broker.shares()).toEqual(['6', '0']);
    expect(await broker.statuses(oco.id ?? '')).toEqual(['new', 'held']);
  });

  it('16: with a marketable exit happens between the bars, and takes its moment', async () => {
    const { broker, group } = await aPosition();
    await broker.alpaca.trading.orders.patchOrderByOrderId({
      orderId: group.target,
      patchOrderRequest: { limitPrice: '99.90' },
    });
    broker.timers.elapse(15 + 4);
    expect(await broker.shares()).toEqual(['10', '0']);
    broker.timers.elapse(1);
    expect(await broker.shares()).toBeNull();
    expect(await broker.statuses(group.stop)).toEqual(['canceled']);
  });

  it('16: with a limit that the market is not at waits for it', async () => {
    const { broker, group } = await aPosition({ delays: {} });
    await cancel(broker, group.stop);
    const exit = { symbol: 'AAPL', qty: 10, side: 'sell' } as const;
    await broker.alpaca.trading.orders.limit({ ...exit, limitPrice: '100.01' });
    expect(await broker.shares()).toEqual(['10', '0']);
  });

  it('17: by closing one position leaves its legs, and so is refused', async () => {
    const { broker, group } = await aPosition();
    const close = broker.alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
    expect(await refusalOf(close)).toMatchObject({ status: 403, body: { code: 40310000 } });
    expect(await broker.statuses(group.id)).toEqual(['filled', 'new', 'held']);
  });

  it('17: by closing everything cancels first and ends flat, with nothing open or held', async () => {
    const { broker } = await aPosition();
    const closed = await broker.alpaca.trading.positions.deleteAllOpenPositions({
      cancelOrders: true,
    });
    expect(closed).toMatchObject([{ symbol: 'AAPL', status: 200 }]);
    broker.timers.elapse(5);
    expect(await broker.shares()).toBeNull();
    const orders = await broker.alpaca.trading.orders.getAllOrders({ status: 'all' });
    expect(new Set(orders.map(({ status }) => status))).toEqual(new Set(['filled', 'canceled']));
  });

  it('17: by closing everything is refused symbol by symbol while the cancels are stuck', async () => {
    const { broker } = await aPosition();
    broker.standIn.behaviour.cancelStuckMs = 60_000;
    const { status, body } = await broker.call('DELETE', '/v2/positions?cancel_orders=true');
    expect(status).toBe(207);
    expect(body).toMatchObject([{ symbol: 'AAPL', status: 403, body: { code: 40310000 } }]);
    expect(await broker.shares()).toEqual(['10', '0']);
  });

  it('17: by cancelling everything is answered for each order, and takes its time', async () => {
    const { broker, group } = await aPosition();
    const replies = await broker.alpaca.trading.orders.deleteAllOrders();
    expect(replies).toMatchObject([
      { id: group.target, status: 200 },
      { id: group.stop, status: 200 },
    ]);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'pending_cancel', 'pending_cancel']);
    broker.timers.elapse(15);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'canceled', 'canceled']);
  });
});
