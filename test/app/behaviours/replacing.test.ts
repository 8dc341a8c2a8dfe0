/** Behaviours 10 to 13: the stop is moved, and the broker makes it hard. */
import { describe, expect, it } from 'vitest';

import { submitPlannedEntries } from '#app/enter.ts';
import { moveStop, recordStop } from '#app/move-stop.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { brokerOrderId, clientOrderId } from '#core/ids.ts';
import { formatUsd, parseUsd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import type { BrokerOrder } from '#core/order.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import { openDesk } from '../desk.ts';
import {
  BARS,
  byHand,
  cardsOf,
  close,
  deskWithPosition,
  isShownProtected,
  legAt,
  liveAt,
  ordersAt,
  sharesAt,
  soldAt,
  tradeOf,
  watchWrites,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

const { quiet, stop } = BARS;

const move = ({ context, id }: TradingDesk, to: string) => moveStop(context, id, parseUsd(to));

/** Prices of the stops that live at the broker. */
const stopsAt = (desk: TradingDesk): readonly string[] =>
  ordersAt(desk)
    .filter(({ type, status }) => type === 'stop' && isLive(status))
    .map(({ stopPrice }) => formatUsd(stopPrice!));

const replacementOf = (old: BrokerOrder): BrokerOrder => ({
  ...old,
  id: brokerOrderId('to come'),
  clientOrderId: clientOrderId('to come'),
  status: 'pending_new',
  replaces: old.id,
  stopPrice: parseUsd('99.00'),
});

const patches = (sent: ReturnType<typeof watchWrites>) =>
  sent.filter(({ method }) => method === 'PATCH');

describe('a stop that is moved', () => {
  it('10: is followed along its chain of ids, twice, and to its fill', async () => {
    const desk = await deskWithPosition([stop]);
    const first = legAt(desk, 'stop-loss').id;
    expect(await move(desk, '98.50')).toEqual({ kind: 'moved' });
    desk.elapse(1_000);
    expect(await move(desk, '99.00')).toEqual({ kind: 'moved' });
    desk.elapse(1_000);
    await desk.settle();
    const known = await desk.context.ledger.unsettledOrders();
    const after = (id: string | undefined) => known.find(({ replaces }) => replaces === id);
    const second = after(first);
    expect([second?.status, after(second?.brokerOrderId)?.status]).toEqual(['replaced', 'held']);
    expect(stopsAt(desk)).toEqual(['99.00']);
    expect(await isShownProtected(desk)).toBe(true);
    expect(await cardsOf(desk, 'stop-moved')).toMatchObject([
      { from: parseUsd('98.00'), to: parseUsd('98.50') },
      { from: parseUsd('98.50'), to: parseUsd('99.00') },
    ]);
    desk.nextBar();
    await desk.settle();
    expect(await desk.context.ledger.closedTrades()).toMatchObject([
      { exitReason: 'stop_loss', exitPrice: parseUsd('99.00'), quantity: 10 },
    ]);
    await reconcile(desk.with({ clock: { now: () => desk.standIn.now() + 60_000 } }));
    expect(await desk.context.ledger.interferenceCount(FIRST.date)).toBe(0);
  });

  it('10: is the bot’s own again when somebody moved it by hand, and never loosens', async () => {
    const desk = await deskWithPosition();
    const { id } = legAt(desk, 'stop-loss');
    await byHand(desk, 'PATCH', `/orders/${id}`, { stop_price: '99.00' });
    desk.elapse(1_000);
    await desk.settle();
    expect((await tradeOf(desk)).stopPrice).toBe(parseUsd('99.00'));
    expect(await move(desk, '98.50')).toEqual({ kind: 'looser' });
    expect(stopsAt(desk)).toEqual(['99.00']);
    expect(await isShownProtected(desk)).toBe(true);
  });

  it('11: never with its quantity, whatever is done with the position', async () => {
    const desk = await deskWithPosition([quiet], { quantity: 100 });
    const sent = watchWrites();
    await move(desk, '98.50');
    await close(desk, { quantity: 25 });
    await move(desk, '99.00');
    await close(desk, { quantity: 25 });
    desk.nextBar();
    await close(desk);
    expect(sharesAt(desk)).toBe(0);
    expect(patches(sent).length).toBeGreaterThanOrEqual(2);
    for (const { body } of patches(sent)) {
      expect(Object.keys(body).toSorted()).toEqual(['client_order_id', 'stop_price']);
    }
  });

  it('11: stays as it is when somebody tries that, and so does the bot', async () => {
    const desk = await deskWithPosition();
    const { id } = legAt(desk, 'stop-loss');
    const reply = await byHand(desk, 'PATCH', `/orders/${id}`, { qty: '5' });
    expect(reply).toMatchObject({
      status: 422,
      body: { code: 42_210_000, message: 'qty cannot be changed for advanced orders' },
    });
    const sent = watchWrites();
    await desk.settle();
    expect(sent).toEqual([]);
    expect(legAt(desk, 'stop-loss')).toMatchObject({ id, quantity: 10, status: 'held' });
  });

  it('12: waits until the replacement before it has settled', async () => {
    const desk = await deskWithPosition();
    desk.standIn.behaviour.chainSettleMs = 3_000;
    expect(await move(desk, '98.50')).toEqual({ kind: 'moved' });
    const sent = watchWrites();
    expect(await move(desk, '99.00')).toEqual({ kind: 'moved' });
    desk.elapse(1_000);
    expect(stopsAt(desk)).toEqual(['99.00']);
    expect(patches(sent).length, 'with pauses in between').toBeLessThanOrEqual(5);
  });

  it('12: stays where it is while a chain never settles, and the bracket is not touched', async () => {
    const desk = await deskWithPosition();
    desk.standIn.behaviour.chainSettleMs = 3_600_000;
    expect(await move(desk, '98.50')).toEqual({ kind: 'moved' });
    const sent = watchWrites();
    expect(await move(desk, '99.00')).toMatchObject({ kind: 'not-moved' });
    expect(patches(sent).length, 'with pauses in between').toBeLessThanOrEqual(5);
    expect(sent.filter(({ method }) => method === 'DELETE')).toEqual([]);
    desk.elapse(1_000);
    await desk.settle();
    expect(stopsAt(desk)).toEqual(['98.50']);
    expect(await isShownProtected(desk)).toBe(true);
    expect((await tradeOf(desk)).stopPrice).toBe(parseUsd('98.50'));
  });

  it('12: waits while the broker is still replacing it', async () => {
    const desk = await deskWithPosition([], { delays: { ...REALISTIC_DELAYS, replaceMs: 800 } });
    await byHand(desk, 'PATCH', `/orders/${legAt(desk, 'stop-loss').id}`, { stop_price: '98.50' });
    expect(liveAt(desk)).toContain('sell stop 10 pending_replace');
    expect(await move(desk, '99.00')).toEqual({ kind: 'moved' });
    desk.elapse(2_000);
    await desk.settle();
    expect(stopsAt(desk)).toEqual(['99.00']);
    expect(await isShownProtected(desk)).toBe(true);
  });

  it('12: is not told to stand where it has not got to', async () => {
    const delays = { ...REALISTIC_DELAYS, replaceMs: 60_000 };
    const desk = await deskWithPosition([], { delays });
    expect(await move(desk, '98.50')).toMatchObject({ kind: 'not-moved' });
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
    expect(await cardsOf(desk, 'stop-moved')).toEqual([]);
    desk.elapse(60_000);
    await desk.settle();
    expect(await cardsOf(desk, 'stop-moved')).toMatchObject([{ to: parseUsd('98.50') }]);
    expect((await tradeOf(desk)).stopPrice).toBe(parseUsd('98.50'));
  });

  it('12: is not told to stand where a listed replacement is to come, which the exchange then refuses', async () => {
    const desk = await deskWithPosition();
    const { broker } = desk.context;
    // The pending replacement is listed beside the stop that it is to replace.
    const ordersSince: typeof broker.ordersSince = async (...range) =>
      (await broker.urgent.ordersSince(...range)).map((order) => ({
        ...order,
        legs: order.legs.flatMap((leg) =>
          leg.type === 'stop' ? [{ ...leg, status: 'pending_replace' }, replacementOf(leg)] : [leg],
        ),
      }));
    const urgent = { ...broker.urgent, ordersSince };
    await desk.settle(desk.with({ broker: { ...broker, ordersSince, urgent } }));
    expect(await isShownProtected(desk)).toBe(true);
    await desk.settle();
    expect(await cardsOf(desk, 'stop-moved')).toEqual([]);
    expect((await tradeOf(desk)).stopPrice).toBe(parseUsd('98.00'));
  });

  it('10: that somebody has moved away from the price is told, once, and left there', async () => {
    const desk = await deskWithPosition();
    await byHand(desk, 'PATCH', `/orders/${legAt(desk, 'stop-loss').id}`, { stop_price: '97.00' });
    desk.elapse(1_000);
    await desk.settle();
    await desk.settle();
    expect(await cardsOf(desk, 'stop-moved')).toMatchObject([
      { from: parseUsd('98.00'), to: parseUsd('97.00') },
    ]);
    expect([stopsAt(desk), (await tradeOf(desk)).stopPrice]).toEqual([
      ['97.00'],
      parseUsd('98.00'),
    ]);
  });

  it('10: that somebody has brought nearer than the others of its trade is not loosened with them', async () => {
    const desk = await openDesk([quiet, BARS.entry], { delays: REALISTIC_DELAYS });
    const barEnd = desk.nextBar();
    const scaleOut = { quantity: 5, targetPrice: parseUsd('104.00') };
    const { tradeId: id } = await desk.plan({ scaleOut });
    await submitPlannedEntries(desk.context, barEnd);
    desk.nextBar();
    await desk.settle();
    await byHand(desk, 'PATCH', `/orders/${legAt(desk, 'stop-loss').id}`, { stop_price: '99.50' });
    desk.elapse(1_000);
    await desk.settle();
    expect(await move({ ...desk, id }, '99.00')).toEqual({ kind: 'moved' });
    desk.elapse(1_000);
    await desk.settle();
    expect(stopsAt({ ...desk, id }).toSorted()).toEqual(['99.00', '99.50']);
    expect((await tradeOf({ ...desk, id })).stopPrice).toBe(parseUsd('99.00'));
  });

  it('10: is not recorded where it was wanted before somebody has brought it nearer', async () => {
    const desk = await deskWithPosition();
    await recordStop(desk.context, desk.id, parseUsd('99.50'));
    await recordStop(desk.context, desk.id, parseUsd('99.00'));
    expect((await tradeOf(desk)).stopPrice).toBe(parseUsd('99.50'));
    expect(await cardsOf(desk, 'stop-moved')).toMatchObject([{ to: parseUsd('99.50') }]);
  });

  it('12: counts as moved when the broker says that it stands there already', async () => {
    const desk = await deskWithPosition();
    await byHand(desk, 'PATCH', `/orders/${legAt(desk, 'stop-loss').id}`, { stop_price: '99.00' });
    desk.elapse(1_000);
    const { broker } = desk.context;
    let looks = 0;
    // The list that the move begins with is behind: it shows the old price.
    const ordersSince: typeof broker.ordersSince = async (...range) => {
      const orders = await broker.urgent.ordersSince(...range);
      looks += 1;
      const isBehind = looks === 1;
      return orders.map((order) => ({
        ...order,
        legs: order.legs.map((leg) =>
          isBehind && leg.type === 'stop' ? { ...leg, stopPrice: parseUsd('98.00') } : leg,
        ),
      }));
    };
    await desk.settle();
    const sent = watchWrites();
    const context = desk.with({ broker: { ...broker, urgent: { ...broker.urgent, ordersSince } } });
    expect(await moveStop(context, desk.id, parseUsd('99.00'))).toEqual({ kind: 'moved' });
    expect(patches(sent)).toHaveLength(1);
    expect(stopsAt(desk)).toEqual(['99.00']);
  });

  it.each([
    'lost-reply',
    'gateway-timeout-after',
    'gateway-timeout-before',
    'drop-before',
  ] as const)('12: stands once at its new price after a %s', async (kind) => {
    const desk = await deskWithPosition();
    desk.standIn.faults.add({ method: 'PATCH', path: /^\/v2\/orders/, kind });
    expect(await move(desk, '99.00')).toEqual({ kind: 'moved' });
    desk.elapse(1_000);
    await desk.settle();
    expect(stopsAt(desk)).toEqual(['99.00']);
    const moved = ordersAt(desk).filter(({ replaces }) => replaces !== null);
    expect(moved).toHaveLength(1);
  });

  it('13: that fills while it is being replaced ends the trade once, and leaves no other order', async () => {
    const desk = await deskWithPosition([quiet]);
    desk.standIn.behaviour.replaceRace = true;
    const outcome = await move(desk, '98.50');
    desk.elapse(1_000);
    await desk.settle();
    expect(outcome).toEqual({ kind: 'no-stop' });
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await desk.context.ledger.closedTrades()).toMatchObject([
      { exitReason: 'stop_loss', exitPrice: parseUsd('98.00'), quantity: 10 },
    ]);
    expect(await desk.context.ledger.openOrderIntents()).toEqual([]);
    expect(await desk.context.ledger.unsettledOrders()).toEqual([]);
    desk.nextBar();
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
    await reconcile(desk.with({ clock: { now: () => desk.standIn.now() + 60_000 } }));
    expect(await desk.context.ledger.interferenceCount(FIRST.date)).toBe(0);
    expect((await cardsOf(desk, 'exit')).length).toBe(1);
    expect(await cardsOf(desk, 'stop-moved'), 'it never stood there').toEqual([]);
  });
});
