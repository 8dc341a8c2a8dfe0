/** Behaviours 1 to 9: a bracket from its acceptance to its end, and how a real broker goes wrong with it. */
import { describe, expect, it } from 'vitest';

import { BARS, EXITS, LONG, aBracket, aBroker, listenTo } from './a-broker.ts';

const { entry, quiet, target, stop } = BARS;

describe('while an entry is not whole', () => {
  it('1: a bracket is answered with three ids and client ids of their own', async () => {
    const { alpaca } = await aBroker();
    const order = await alpaca.trading.orders.bracket({ ...LONG, clientOrderId: 'mine' });
    const group = [order, ...(order.legs ?? [])];
    expect(new Set(group.map(({ id }) => id)).size).toBe(3);
    expect(order.clientOrderId).toBe('mine');
    expect(order.legs?.map(({ status }) => status)).toEqual(['held', 'held']);
  });

  it('2: a part of it is told as such, and the legs stay held', async () => {
    const broker = await aBroker({ bars: [entry, quiet] });
    const { updates, hears } = await listenTo(broker);
    broker.standIn.behaviour.fillAtMost = 4;
    const { id } = await aBracket(broker);
    broker.advance();
    await hears(['pending_new buy limit', 'new buy limit', 'partial_fill buy limit']);
    expect(updates.at(-1)).toMatchObject({ qty: '4', position_qty: '4' });
    expect(await broker.statuses(id)).toEqual(['partially_filled', 'held', 'held']);
    expect(await broker.shares(), 'nobody protects them').toEqual(['4', '4']);
  });

  it('9: cancelled after a part, it takes its legs along and leaves the shares without an order', async () => {
    const broker = await aBroker({ bars: [entry] });
    broker.standIn.behaviour.fillAtMost = 4;
    const { id } = await aBracket(broker);
    broker.advance();
    await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: id });
    expect(await broker.statuses(id)).toEqual(['canceled', 'canceled', 'canceled']);
    expect(await broker.shares()).toEqual(['4', '4']);
    const oco = await broker.alpaca.trading.orders.oco({ ...EXITS, qty: 4 });
    expect(await broker.statuses(oco.id ?? '')).toEqual(['new', 'held']);
    expect(await broker.shares()).toEqual(['4', '0']);
  });
});

describe('once an entry is whole', () => {
  it('3: its fill comes first, then the target as new and the stop as held; no share is free', async () => {
    const broker = await aBroker({ bars: [entry] });
    const { hears } = await listenTo(broker);
    await aBracket(broker);
    broker.advance();
    await hears([
      'pending_new buy limit',
      'new buy limit',
      'fill buy limit',
      'new sell limit',
      'held sell stop',
    ]);
    expect(await broker.shares()).toEqual(['10', '0']);
  });

  it('4: the stop that a filled target cancels may do so without a word', async () => {
    const broker = await aBroker({ bars: [entry, target] });
    const { stop: stopLeg } = await aBracket(broker);
    broker.advance();
    const { hears } = await listenTo(broker);
    broker.standIn.behaviour.muteSiblingEvent = true;
    broker.advance();
    await hears(['fill sell limit']);
    expect(await broker.statuses(stopLeg)).toEqual(['canceled']);
  });

  it('4: another cancel is told even while those are muted', async () => {
    const broker = await aBroker({ bars: [entry] });
    const { target: targetLeg } = await aBracket(broker);
    broker.advance();
    broker.standIn.behaviour.muteSiblingEvent = true;
    const { hears } = await listenTo(broker);
    await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: targetLeg });
    await hears(['canceled sell limit', 'canceled sell stop']);
    expect(await broker.shares()).toEqual(['10', '10']);
  });

  it('5: the target of a triggered stop may be shown as replaced', async () => {
    const broker = await aBroker({ bars: [entry, stop] });
    broker.standIn.behaviour.takeProfitEndsAs = 'replaced';
    const { id } = await aBracket(broker);
    broker.advance(2);
    expect(await broker.statuses(id)).toEqual(['filled', 'replaced', 'filled']);
    expect(await broker.shares()).toBeNull();
  });

  it('5: a triggered stop may fill under a new id that replaces it', async () => {
    const broker = await aBroker({ bars: [entry, stop] });
    const { id, stop: stopLeg } = await aBracket(broker);
    broker.advance();
    const { hears } = await listenTo(broker);
    broker.standIn.behaviour.stopFillsUnderNewId = true;
    broker.advance();
    await hears(['canceled sell limit', 'replaced sell stop', 'new sell stop', 'fill sell stop']);
    const { legs } = await broker.alpaca.trading.orders.getOrderByOrderID({
      orderId: id,
      nested: true,
    });
    expect(legs?.map(({ status }) => status)).toEqual(['canceled', 'replaced', 'filled']);
    expect(legs?.[2]).toMatchObject({ replaces: stopLeg, filledQty: '10', filledAvgPrice: '98' });
    expect(legs?.[1]).toMatchObject({ replacedBy: legs?.[2]?.id });
    expect(await broker.shares()).toBeNull();
  });

  it('6: a part of the target leaves the stop the rest, and both still act', async () => {
    const broker = await aBroker({ bars: [entry, target, stop] });
    const { id, stop: stopLeg } = await aBracket(broker);
    broker.advance();
    broker.standIn.behaviour.fillAtMost = 4;
    broker.advance();
    expect(await broker.statuses(id)).toEqual(['filled', 'partially_filled', 'held']);
    const guarded = await broker.alpaca.trading.orders.getOrderByOrderID({ orderId: stopLeg });
    expect(guarded.qty).toBe('6');
    expect(await broker.shares()).toEqual(['6', '0']);
    broker.standIn.behaviour.fillAtMost = null;
    broker.advance();
    expect(await broker.shares()).toBeNull();
  });

  it('6: or neither of them ever acts again, though both stay live until they are cancelled', async () => {
    const broker = await aBroker({ bars: [entry, target, stop, target] });
    const { id, target: targetLeg } = await aBracket(broker);
    broker.advance();
    Object.assign(broker.standIn.behaviour, { fillAtMost: 4, legDeadlock: true });
    broker.advance();
    Object.assign(broker.standIn.behaviour, { fillAtMost: null, legDeadlock: false });
    broker.advance(2);
    expect(await broker.statuses(id)).toEqual(['filled', 'partially_filled', 'held']);
    expect(await broker.shares()).toEqual(['6', '0']);
    await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: targetLeg });
    expect(await broker.shares()).toEqual(['6', '6']);
  });

  it.each([
    ['target', target, ['fill sell limit', 'new sell stop', 'fill sell stop']],
    ['stop', stop, ['new sell stop', 'fill sell stop', 'fill sell limit']],
  ] as const)(
    '7: both legs may fill after the %s, which leaves an accidental short',
    async (_, bar, news) => {
      const broker = await aBroker({ bars: [entry, bar, quiet] });
      const { id } = await aBracket(broker);
      broker.advance();
      const { hears } = await listenTo(broker);
      broker.standIn.behaviour.doubleExit = true;
      broker.advance();
      await hears(news);
      expect(await broker.statuses(id)).toEqual(['filled', 'filled', 'filled']);
      expect(await broker.shares()).toEqual(['-10', '-10']);
      await broker.alpaca.trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAPL' });
      expect(await broker.shares()).toBeNull();
    },
  );

  it.each(['id', 'target', 'stop'] as const)(
    '8: cancelling one member (%s) cancels the whole group before the entry fills',
    async (member) => {
      const broker = await aBroker();
      const group = await aBracket(broker);
      await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: group[member] });
      expect(await broker.statuses(group.id)).toEqual(['canceled', 'canceled', 'canceled']);
    },
  );

  it.each(['target', 'stop'] as const)(
    '8: cancelling the %s of a position cancels the other exit too',
    async (member) => {
      const broker = await aBroker({ bars: [entry] });
      const group = await aBracket(broker);
      broker.advance();
      await broker.alpaca.trading.orders.deleteOrderByOrderID({ orderId: group[member] });
      expect(await broker.statuses(group.id)).toEqual(['filled', 'canceled', 'canceled']);
    },
  );
});
