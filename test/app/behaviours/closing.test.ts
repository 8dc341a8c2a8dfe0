/** Behaviours 14 to 17: the bot closes a position, or a part of it, against a slow and stubborn broker. */
import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { isLive, isOrderStatus } from '#core/order.ts';
import type { Broker } from '#ports/broker.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import { openDesk } from '../desk.ts';
import {
  BARS,
  NVDA,
  byHand,
  cardsOf,
  close,
  closeWish,
  deskWithBracket,
  deskWithPosition,
  describeOrder,
  follow,
  isShownProtected,
  legAt,
  liveAt,
  ordersAt,
  restingBuy,
  sharesAt,
  soldAt,
  tradeOf,
  watchWrites,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

const { quiet, target } = BARS;

/** Exit orders of the bot's closings, in short. */
const exitsAt = (desk: TradingDesk) =>
  ordersAt(desk)
    .filter(({ clientOrderId }) => clientOrderId.includes('exit'))
    .map(describeOrder);

const lastClosing = async (desk: TradingDesk) => (await cardsOf(desk, 'closing')).at(-1)!;

/** What the broker shows of all its orders, as anybody may ask it. */
async function anyLiveOrders(desk: TradingDesk): Promise<readonly string[]> {
  const { body } = await byHand(desk, 'GET', '/orders?status=all&limit=500&nested=false');
  return (body as { status: string; id: string }[])
    .filter(({ status }) => !isOrderStatus(status) || isLive(status))
    .map(({ id, status }) => `${id} ${status}`);
}

describe('a closing whose cancels take minutes', () => {
  it('14: raises an alarm while the bracket protects still, and ends when the cancel comes', async () => {
    const desk = await deskWithPosition([]);
    desk.standIn.behaviour.cancelStuckMs = 300_000;
    await close(desk);
    expect(sharesAt(desk)).toBe(10);
    expect(await isShownProtected(desk)).toBe(true);
    expect(await lastClosing(desk)).toMatchObject({
      progress: {
        phase: 'stuck',
        why: 'the broker does not confirm the cancels',
        stopPrice: parseUsd('98.00'),
      },
    });
    const [alarm] = await cardsOf(desk, 'alarm');
    expect(alarm?.text).toContain('Its stop is live, but is being cancelled');
    for (let minute = 0; minute < 8; minute += 1) {
      expect(ordersAt(desk).filter(({ type }) => type === 'market')).toEqual([]);
      desk.elapse(60_000);
      await desk.settle();
    }
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await lastClosing(desk)).toMatchObject({ progress: { phase: 'done' } });
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'manual_close' });
    const repeats = (await cardsOf(desk, 'alarm')).map(({ repeat }) => repeat);
    expect(repeats, 'it is told again until it is solved').toEqual(repeats.map((_, n) => n));
  });

  it('14: leaves the exit to the bracket that fills while it is being cancelled', async () => {
    const desk = await deskWithPosition([target]);
    desk.standIn.behaviour.cancelStuckMs = 3_600_000;
    await close(desk);
    desk.nextBar();
    desk.elapse(60_000);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk), exitsAt(desk)]).toEqual([0, 10, [], []]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'take_profit' });
    expect(await lastClosing(desk)).toMatchObject({
      progress: { phase: 'done', proof: { exitQuantity: 0, positionQuantity: 0, liveOrders: 0 } },
    });
    expect(await cardsOf(desk, 'exit')).toHaveLength(1);
  });

  it('14: takes the answer that the order is filled for what it is', async () => {
    const desk = await deskWithPosition([target]);
    const { broker } = desk.context;
    // The target fills just before the cancel gets there.
    const cancelOrder: Broker['cancelOrder'] = async (id) => {
      desk.nextBar();
      const outcome = await broker.cancelOrder(id);
      expect(outcome).toMatchObject({ kind: 'rejected', code: 'already-final' });
      return outcome;
    };
    await close(desk, { context: desk.with({ broker: { ...broker, cancelOrder } }) });
    expect([sharesAt(desk), soldAt(desk), exitsAt(desk)]).toEqual([0, 10, []]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'take_profit' });
    expect(await cardsOf(desk, 'alarm')).toEqual([]);
  });

  it.each(['accepted', 'refused'] as const)(
    '14: ends all the same where a repeated cancel is %s',
    async (repeatCancel) => {
      const desk = await deskWithPosition();
      Object.assign(desk.standIn.behaviour, { repeatCancel, cancelStuckMs: 20_000 });
      await close(desk);
      expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
      expect(await cardsOf(desk, 'alarm')).toEqual([]);
    },
  );
});

describe('a closing whose shares stay reserved', () => {
  it.each([60, 5_000, 30_000])('15: for %i ms sells them once they are free', async (ms) => {
    const desk = await deskWithPosition();
    desk.standIn.behaviour.releaseStuckMs = ms;
    const sent = watchWrites();
    await close(desk);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(sent.map(({ method }) => method)).toEqual(['DELETE', 'POST']);
    expect(await cardsOf(desk, 'alarm')).toEqual([]);
  });

  it('15: although the positions show them as free is told so by a refusal, and asks again', async () => {
    const desk = await deskWithPosition();
    desk.standIn.faults.add({
      method: 'POST',
      path: /^\/v2\/orders$/,
      kind: 'reject',
      status: 403,
      times: 3,
      body: {
        available: '0',
        code: 40_310_000,
        existing_qty: '10',
        held_for_orders: '10',
        message: 'insufficient qty available for order (requested: 10, available: 0)',
        symbol: 'NVDA',
      },
    });
    await close(desk);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await cardsOf(desk, 'alarm')).toEqual([]);
  });

  it('15: for much longer raises an alarm, and ends as soon as they are free', async () => {
    const desk = await deskWithPosition();
    desk.standIn.behaviour.releaseStuckMs = 120_000;
    await close(desk);
    expect(sharesAt(desk)).toBe(10);
    expect((await cardsOf(desk, 'alarm')).length).toBeGreaterThan(0);
    for (let minute = 0; minute < 5; minute += 1) {
      desk.elapse(60_000);
      await desk.settle();
    }
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await lastClosing(desk)).toMatchObject({ progress: { phase: 'done' } });
  });
});

/** A broker that takes no exit. */
const refuseExit: Broker['submitExit'] = async () => ({
  kind: 'rejected',
  code: 'unknown',
  httpStatus: 403,
  message: 'no sale today',
  details: {},
});

describe('a closing whose list of positions is late', () => {
  it('sells nothing twice, though the list shows its shares as free for long', async () => {
    const desk = await deskWithPosition([quiet]);
    await follow(desk);
    const { broker, systemClock } = desk.context;
    let seen: Awaited<ReturnType<Broker['position']>> = null;
    let lateUntil = 0;
    const position: Broker['position'] = async (symbol) => {
      if (systemClock.now() < lateUntil) return seen;
      seen = await broker.urgent.position(symbol);
      return seen;
    };
    const submitExit: Broker['submitExit'] = async (order) => {
      lateUntil = systemClock.now() + 10_000;
      return broker.submitExit(order);
    };
    const urgent = { ...broker.urgent, position };
    await close(desk, { context: desk.with({ broker: { ...broker, submitExit, urgent } }) });
    expect([sharesAt(desk), exitsAt(desk)]).toEqual([0, ['sell limit 10 filled']]);
    expect(await lastClosing(desk)).toMatchObject({ progress: { phase: 'done' } });
  });
});

describe('a closing of a part', () => {
  it.each([
    [25, 75],
    [50, 50],
  ])('16: of %i shares first protects the other %i, then sells', async (part, rest) => {
    const desk = await deskWithPosition([], { quantity: 100 });
    const before = ordersAt(desk).length;
    await close(desk, { quantity: part });
    expect(
      ordersAt(desk)
        .slice(before)
        .map(({ side, type, quantity }) => [side, type, quantity]),
    ).toEqual([
      ['sell', 'limit', rest],
      ['sell', 'stop', rest],
      ['sell', 'limit', part],
    ]);
    expect(sharesAt(desk)).toBe(rest);
    expect(liveAt(desk)).toEqual([`sell limit ${rest} new`, `sell stop ${rest} held`]);
    expect(legAt(desk, 'stop-loss').stopPrice).toBe(parseUsd('98.00'));
    expect(legAt(desk, 'take-profit').limitPrice).toBe(parseUsd('105.00'));
    expect(await isShownProtected(desk)).toBe(true);
    expect(await tradeOf(desk)).toMatchObject({ status: 'open', exitQuantity: part });
    expect(await lastClosing(desk)).toMatchObject({
      quantity: part,
      keep: rest,
      progress: { phase: 'done', proof: { positionQuantity: rest, exitQuantity: part } },
    });
  });

  it('16: asks no broker for shares that its legs still hold', async () => {
    const desk = await deskWithPosition([], { quantity: 100 });
    desk.standIn.behaviour.releaseStuckMs = 10_000;
    const sent = watchWrites();
    await close(desk, { quantity: 50 });
    expect(
      sent.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/, 'id')}`),
    ).toEqual(['DELETE /v2/orders/id', 'POST /v2/orders', 'POST /v2/orders']);
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([50, true]);
  });

  it('16: whose sale the broker refuses leaves every share protected, and is heard of', async () => {
    const desk = await deskWithPosition([], { quantity: 100 });
    const { broker } = desk.context;
    const context = desk.with({ broker: { ...broker, submitExit: refuseExit } });
    await close(desk, { quantity: 25, context });
    expect(sharesAt(desk)).toBe(100);
    expect(await lastClosing(desk)).toMatchObject({ progress: { phase: 'stuck' } });
    expect(await isShownProtected(desk), 'all of them, not only those that were to stay').toBe(
      true,
    );
    desk.elapse(60_000);
    await desk.settle();
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([75, true]);
  });

  it('16: twice leaves a quarter under its own stop', async () => {
    const desk = await deskWithPosition([], { quantity: 100 });
    await close(desk, { quantity: 50 });
    await close(desk, { quantity: 25 });
    expect([sharesAt(desk), soldAt(desk), await isShownProtected(desk)]).toEqual([25, 75, true]);
    expect(liveAt(desk)).toEqual(['sell limit 25 new', 'sell stop 25 held']);
    expect((await reconcile(desk.context)).isClean).toBe(true);
  });
});

describe('a closing of everything', () => {
  it('is not flat because something on the way to the broker knows no positions', async () => {
    const desk = await deskWithPosition();
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'GET',
      path: /positions\/NVDA$/,
      status: 404,
      body: { message: 'no Route matched with those values' },
      times: 40,
    });
    const position = (await desk.context.broker.positions())[0]!;
    await requestClose(desk.context, closeWish(desk, position));
    await desk.settle();
    expect(sharesAt(desk)).toBe(10);
    expect((await lastClosing(desk))?.progress.phase).not.toBe('done');
    desk.standIn.faults.clear();
    desk.elapse(60_000);
    await desk.settle();
    expect([sharesAt(desk), await lastClosing(desk)]).toMatchObject([
      0,
      { progress: { phase: 'done' } },
    ]);
  });

  it('17: ends flat without a live order, foreign ones of its symbols included', async () => {
    const desk = await deskWithPosition();
    await restingBuy(desk);
    await close(desk);
    expect(sharesAt(desk)).toBe(0);
    expect(await anyLiveOrders(desk)).toEqual([]);
    expect(await lastClosing(desk)).toMatchObject({
      progress: { phase: 'done', proof: { positionQuantity: 0, liveOrders: 0 } },
    });
  });

  it('17: of two symbols ends flat in both, the one not waiting for the other', async () => {
    const AAPL = ticker('AAPL');
    const desk = await openDesk([quiet, BARS.entry], {
      others: { AAPL: [quiet, BARS.entry] },
      delays: REALISTIC_DELAYS,
    });
    const barEnd = desk.nextBar();
    const { tradeId: id } = await desk.plan();
    const other = entryTradeId(FIRST.date, barEnd, AAPL);
    await desk.plan({ symbol: AAPL, tradeId: other, clientOrderId: entryClientOrderId(other) });
    await submitPlannedEntries(desk.context, barEnd);
    desk.nextBar();
    await desk.settle();
    const { broker } = desk.context;
    // The one symbol's exits are refused for now.
    const submitExit: Broker['submitExit'] = async (order) =>
      order.symbol === AAPL
        ? { kind: 'rejected', code: 'unknown', httpStatus: 403, message: 'no', details: {} }
        : broker.submitExit(order);
    const context = desk.with({ broker: { ...broker, submitExit } });
    for (const [tradeId, symbol] of [
      [other, AAPL],
      [id, NVDA],
    ] as const) {
      const position = (await broker.position(symbol))!;
      const wish = { reason: 'risk_limit', atMarket: false, requestedBy: 'somebody' } as const;
      await requestClose(context, { ...wish, tradeId, position, quantity: position.quantity });
    }
    await desk.settle(context);
    expect(desk.standIn.inspect().positions.map(({ symbol }) => symbol)).toEqual([AAPL]);
    desk.elapse(60_000);
    await desk.settle();
    expect(desk.standIn.inspect().positions).toEqual([]);
    expect(await anyLiveOrders({ ...desk, id })).toEqual([]);
    expect(await desk.context.ledger.unfinishedTrades()).toEqual([]);
  });

  it('17: takes the rest of an entry along that is still filling', async () => {
    const desk = await deskWithBracket([BARS.entry, quiet]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    await close(desk);
    desk.standIn.behaviour.fillAtMost = null;
    desk.nextBar();
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
    expect(await anyLiveOrders(desk)).toEqual([]);
    expect(await desk.context.ledger.unfinishedTrades()).toEqual([]);
  });

  it('17: asked for twice sells once', async () => {
    const desk = await deskWithPosition();
    const position = (await desk.context.broker.position(NVDA))!;
    const wish = closeWish(desk, position);
    const requests = await Promise.all([
      requestClose(desk.context, wish),
      requestClose(desk.context, wish),
    ]);
    expect(requests.map(({ kind }) => kind).toSorted()).toEqual(['begun', 'under-way']);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });
});

/** The first requests are taken by a gateway that gives up on them and hands them over later. */
async function closeOverStalledLine() {
  const desk = await deskWithPosition([quiet, quiet, quiet]);
  const { broker } = desk.context;
  const late: Parameters<Broker['submitExit']>[0][] = [];
  let lowest = sharesAt(desk);
  const submitExit: Broker['submitExit'] = async (order) => {
    if (late.length >= 4) return broker.submitExit(order);
    late.push(order);
    if (late.length === 4) {
      for (const one of new Map(late.map((each) => [each.clientOrderId, each])).values()) {
        await broker.submitExit(one);
        desk.elapse(2_000);
        desk.nextBar();
        lowest = Math.min(lowest, sharesAt(desk));
      }
    }
    return { kind: 'unknown', message: '504 Gateway Timeout' };
  };
  await close(desk, { context: desk.with({ broker: { ...broker, submitExit } }) });
  return { desk, late, lowest: () => lowest };
}

describe('a closing whose orders nobody answers', () => {
  it('19: sends no other one beside an exit that may still get there', async () => {
    const { desk, late, lowest } = await closeOverStalledLine();
    expect(new Set(late.map(({ clientOrderId }) => clientOrderId)).size).toBe(1);
    expect(lowest()).toBe(10);
    expect(await isShownProtected(desk)).toBe(true);
    expect(await lastClosing(desk)).toMatchObject({ progress: { phase: 'stuck' } });
  });

  it('19: asks a broker that takes no orders a few times and not without end', async () => {
    let requests = 0;
    const desk = await deskWithPosition([quiet], { onRequest: () => (requests += 1) });
    const body = { message: 'unavailable' };
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'POST',
      path: /orders$/,
      status: 503,
      body,
      times: 100_000,
    });
    requests = 0;
    await close(desk);
    expect(requests).toBeLessThan(40);
    expect(await lastClosing(desk)).toMatchObject({
      progress: { phase: 'stuck', stopPrice: null },
    });
  });
});
