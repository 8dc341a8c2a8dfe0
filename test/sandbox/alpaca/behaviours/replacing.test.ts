/** Behaviours 10 to 13: replacing an order takes time, and may come to nothing. */
import { describe, expect, it } from 'vitest';

import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { BARS, aBracket, aBroker, listenTo, refusalOf } from './a-broker.ts';
import type { TestBroker } from './a-broker.ts';

const { entry, quiet, target, stop } = BARS;

const patch = ({ alpaca }: TestBroker, orderId: string, change: Record<string, string>) =>
  alpaca.trading.orders.patchOrderByOrderId({ orderId, patchOrderRequest: change });
const orderOf = ({ alpaca }: TestBroker, orderId: string) =>
  alpaca.trading.orders.getOrderByOrderID({ orderId });

async function aPosition(shape: Parameters<typeof aBroker>[0] = {}) {
  const broker = await aBroker({ bars: [entry], ...shape });
  const group = await aBracket(broker);
  broker.advance();
  return { broker, group };
}

const cannot = (status: string) => `cannot replace order in ${status} status`;

describe('a replacement', () => {
  it('10: has an id of its own at once; the old order is pending, then replaced', async () => {
    const { broker, group } = await aPosition({ delays: REALISTIC_DELAYS });
    const { hears } = await listenTo(broker);
    const moved = await patch(broker, group.stop, { stopPrice: '99.00' });
    expect(moved).toMatchObject({
      replaces: group.stop,
      status: 'pending_new',
      orderClass: 'bracket',
      stopPrice: '99',
    });
    expect(moved.id).not.toBe(group.stop);
    expect(await orderOf(broker, group.stop)).toMatchObject({
      status: 'pending_replace',
      replacedBy: moved.id,
    });
    expect(await broker.shares(), 'held once').toEqual(['10', '0']);
    broker.timers.elapse(REALISTIC_DELAYS.replaceMs);
    expect(await orderOf(broker, group.stop)).toMatchObject({ status: 'replaced' });
    await hears(['pending_replace sell stop', 'replaced sell stop', 'held sell stop']);
    expect(await broker.statuses(group.id)).toEqual(['filled', 'new', 'replaced', 'held']);
    expect(await broker.shares()).toEqual(['10', '0']);
  });

  it('10: of a stop guards the position in place of the old one', async () => {
    const { broker, group } = await aPosition({
      bars: [entry, [100, 101, 98.9, 100]],
      delays: REALISTIC_DELAYS,
    });
    const { id } = await patch(broker, group.stop, { stopPrice: '99.00' });
    broker.advance();
    expect(await orderOf(broker, id ?? '')).toMatchObject({
      status: 'filled',
      filledAvgPrice: '99',
    });
    expect(await broker.shares()).toBeNull();
  });

  it('10: holds the larger of both reserves while it is pending', async () => {
    const broker = await aBroker({ delays: REALISTIC_DELAYS });
    const power = async () => (await broker.alpaca.trading.account.getAccount()).buyingPower;
    const { id } = await broker.alpaca.trading.orders.limit({
      symbol: 'AAPL',
      qty: 10,
      side: 'buy',
      limitPrice: '90',
    });
    expect(await power()).toBe('399100');
    await patch(broker, id ?? '', { qty: '20' });
    expect(await power()).toBe('398200');
    broker.timers.elapse(15);
    expect(await power()).toBe('398200');
  });

  it('11: of the quantity of a leg is refused, and the leg stays as it was', async () => {
    const { broker, group } = await aPosition();
    const { status, body } = await refusalOf(patch(broker, group.stop, { qty: '5' }));
    expect([status, body]).toEqual([
      422,
      { code: 42210000, message: 'qty cannot be changed for advanced orders' },
    ]);
    expect(await orderOf(broker, group.stop)).toMatchObject({ status: 'held', qty: '10' });
  });

  it('11: of the quantity of a replaced leg is refused as well: it still is a leg', async () => {
    const { broker, group } = await aPosition();
    const { id } = await patch(broker, group.stop, { stopPrice: '99' });
    expect(await refusalOf(patch(broker, id ?? '', { qty: '5' }))).toMatchObject({ status: 422 });
  });

  it('12: is refused before the order works, and while something else is pending about it', async () => {
    const broker = await aBroker({ bars: [entry], delays: REALISTIC_DELAYS });
    const { id } = await aBracket(broker);
    const refusedIn = async (orderId: string) => {
      const { status, body } = await refusalOf(patch(broker, orderId, { limitPrice: '99' }));
      expect([status, body.code]).toEqual([422, 42210000]);
      return body.message;
    };
    const moved = await patch(broker, id, { limitPrice: '99.50' });
    expect(await refusedIn(id)).toBe(cannot('pending_replace'));
    expect(await refusedIn(moved.id ?? '')).toBe(cannot('pending_new'));
    broker.timers.elapse(15);
    await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: moved.id ?? '' });
    expect(await refusedIn(moved.id ?? '')).toBe(cannot('pending_cancel'));
    broker.advance(78);
    const waiting = await aBracket(broker);
    expect(await refusedIn(waiting.id)).toBe(cannot('accepted'));
  });

  it('12: that changes nothing is refused', async () => {
    const { broker, group } = await aPosition();
    const { body } = await refusalOf(patch(broker, group.stop, { stopPrice: '98.00' }));
    expect(body).toEqual({ code: 42210000, message: 'order parameters are not changed' });
  });

  it('12: too soon after the one before is refused, until the chain has settled', async () => {
    const { broker, group } = await aPosition();
    broker.standIn.behaviour.chainSettleMs = 3_000;
    const first = await patch(broker, group.stop, { stopPrice: '98.50' });
    const again = () => patch(broker, first.id ?? '', { stopPrice: '99.00' });
    expect((await refusalOf(again())).body).toEqual({
      code: 42210000,
      message: 'order chain not fully replaced',
    });
    broker.timers.elapse(3_000);
    expect(await again()).toMatchObject({ stopPrice: '99', replaces: first.id });
  });

  it('13: may lose the race: answered well, but the old order fills and the new one is rejected', async () => {
    const { broker, group } = await aPosition({ delays: REALISTIC_DELAYS });
    const { hears } = await listenTo(broker);
    broker.standIn.behaviour.replaceRace = true;
    const moved = await patch(broker, group.target, { limitPrice: '106.00' });
    expect(moved).toMatchObject({ replaces: group.target, status: 'pending_new' });
    broker.timers.elapse(15);
    await hears([
      'pending_replace sell limit',
      'fill sell limit',
      'canceled sell stop',
      'rejected sell limit',
      'order_replace_rejected sell limit',
    ]);
    expect(await orderOf(broker, group.target)).toMatchObject({
      status: 'filled',
      filledAvgPrice: '105',
    });
    const rejected = await orderOf(broker, moved.id ?? '');
    expect(rejected.status).toBe('rejected');
    expect(rejected.failedAt).toBeInstanceOf(Date);
    expect(await broker.shares()).toBeNull();
  });

  it('13: loses the race also against a bar, whose stop fills while its replacement is stuck', async () => {
    const { broker, group } = await aPosition({
      bars: [entry, stop],
      delays: { replaceMs: 10 * 60_000 },
    });
    const moved = await patch(broker, group.stop, { stopPrice: '97.00' });
    broker.advance();
    expect(await orderOf(broker, group.stop)).toMatchObject({ status: 'filled' });
    broker.advance();
    expect(await orderOf(broker, moved.id ?? '')).toMatchObject({ status: 'rejected' });
    expect(broker.standIn.inspect().pendingEffects).toBe(0);
  });

  it('13: of a target that fills in part meanwhile is rejected, and the target works on', async () => {
    const { broker, group } = await aPosition({
      bars: [entry, target, quiet, target],
      delays: { replaceMs: 7 * 60_000 },
    });
    broker.standIn.behaviour.fillAtMost = 4;
    const moved = await patch(broker, group.target, { limitPrice: '106.00' });
    broker.advance();
    expect(await orderOf(broker, group.target)).toMatchObject({
      status: 'pending_replace',
      filledQty: '4',
    });
    broker.advance();
    expect(await orderOf(broker, moved.id ?? '')).toMatchObject({ status: 'rejected' });
    const kept = await orderOf(broker, group.target);
    expect([kept.status, kept.replacedBy]).toEqual(['partially_filled', undefined]);
    broker.standIn.behaviour.fillAtMost = null;
    broker.advance();
    expect(await broker.shares()).toBeNull();
  });
});
