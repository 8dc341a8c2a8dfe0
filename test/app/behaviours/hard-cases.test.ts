import { describe, expect, it } from 'vitest';

import { runClose } from '#app/close/run-close.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { BracketOrder, Broker, ExitOrder, ProtectiveOrder, Rejection } from '#ports/broker.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { openDesk } from '../desk.ts';
import {
  BARS,
  byHand,
  cardsOf,
  close,
  deskWithBracket,
  deskWithPosition,
  haltedAfterExit,
  HELD,
  isShownProtected,
  legAt,
  liveAt,
  NVDA,
  ordersAt,
  sharesAt,
  soldAt,
  tradeOf,
  watchWrites,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

/** Of reads that the broker does not answer for as long as it lasts. */
const UNAVAILABLE = {
  kind: 'reject',
  method: 'GET',
  status: 500,
  body: { message: 'unavailable' },
  times: 100_000,
} as const;

const notSent = async (): Promise<never> => {
  throw new BrokerError('not sent: no request was to be had', { retryable: true });
};

describe('shares without a stop', () => {
  it('are told of when the rest of their entry will not be cancelled', async () => {
    const desk = await deskWithBracket([BARS.entry, BARS.quiet]);
    Object.assign(desk.standIn.behaviour, { fillAtMost: 4, cancelStuckMs: 30 * MINUTE_MS });
    desk.nextBar();
    await desk.settle();
    expect(await cardsOf(desk, 'alarm')).toMatchObject([{ title: 'NVDA: long 4 NOT protected' }]);
  });

  it('of a stuck closing get one within a minute after the cancel has taken theirs', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    desk.standIn.behaviour.cancelStuckMs = 400_000;
    await close(desk);
    let naked = 0;
    let longest = 0;
    for (let look = 0; look < 60 && sharesAt(desk) > 0; look += 1) {
      desk.elapse(10_000);
      await desk.settle();
      const isNaked = sharesAt(desk) > 0 && !(await isShownProtected(desk));
      naked = isNaked ? naked + 10 : 0;
      longest = Math.max(longest, naked);
    }
    expect(longest, 'seconds').toBeLessThanOrEqual(60);
  });

  it('are protected also while their fills cannot be read', async () => {
    const desk = await deskWithBracket([BARS.entry, BARS.quiet]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'GET',
      path: /activities/,
      status: 500,
      body: { message: 'unavailable' },
      times: 10_000,
    });
    for (let minute = 0; minute < 3; minute += 1) {
      await guardPositions(desk.context);
      desk.elapse(MINUTE_MS);
    }
    expect(liveAt(desk)).toEqual(['sell limit 4 new', 'sell stop 4 held']);
  });

  it('are protected, and told of, also when the fill of their cancelled entry is listed late', async () => {
    const desk = await deskWithBracket([BARS.entry, BARS.quiet]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    const broker: Broker = { ...desk.context.broker, executionsSince: async () => [] };
    await desk.settle(desk.with({ broker }));
    expect(liveAt(desk)).toEqual(['sell limit 4 new', 'sell stop 4 held']);
    expect(await cardsOf(desk, 'entry')).toMatchObject([{ progress: { status: 'submitted' } }]);
    await desk.settle();
    expect(await cardsOf(desk, 'entry')).toMatchObject([
      { progress: { status: 'filled', quantity: 4 } },
    ]);
  });

  it('are protected also when the fill of one part of their entry is listed late', async () => {
    const desk = await openDesk([BARS.quiet, BARS.entry, BARS.quiet], { delays: REALISTIC_DELAYS });
    const barEnd = desk.nextBar();
    const { tradeId } = await desk.plan({
      scaleOut: { quantity: 6, targetPrice: parseUsd('104.00') },
    });
    await submitPlannedEntries(desk.context, barEnd);
    // The runner's 4 fill whole; of the other 6, those 4 whose execution nobody lists yet.
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    const runner = ordersAt(desk).find(({ clientOrderId }) => clientOrderId.endsWith('-entry'))!;
    const { broker } = desk.context;
    const executionsSince: Broker['executionsSince'] = async (after) =>
      (await broker.executionsSince(after)).filter(({ orderId }) => orderId === runner.id);
    await desk.settle(desk.with({ broker: { ...broker, executionsSince } }));
    expect(await desk.context.ledger.trade(tradeId)).toMatchObject({ entryQuantity: 4 });
    expect(liveAt(desk).filter((order) => order.includes('stop'))).toEqual([
      'sell stop 4 held',
      'sell stop 4 held',
    ]);
    expect(await isShownProtected(desk)).toBe(true);
  });

  it('are protected also while no request is to be had but those that are kept for it', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const { broker } = desk.context;
    const usual = { positions: notSent, ordersSince: notSent, executionsSince: notSent };
    await desk.settle(desk.with({ broker: { ...broker, ...usual } }));
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
  });

  it('and whose price leaves no room for it at its place are closed, not left under a farther one', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const { broker } = desk.context;
    const positions = async () =>
      (await broker.positions()).map((one) => ({ ...one, currentPrice: parseUsd('98.01') }));
    const urgent = { ...broker.urgent, positions };
    await desk.settle(desk.with({ broker: { ...broker, positions, urgent } }));
    expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
    expect(await cardsOf(desk, 'closing')).toMatchObject([{ reason: 'emergency_stop' }]);
  });

  it('are protected by a stop alone where price is beyond the target, and the broker takes none', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const { broker } = desk.context;
    const noTarget: Rejection = {
      kind: 'rejected',
      code: 'base-price',
      httpStatus: 422,
      message: 'take_profit.limit_price must be >= base_price + 0.01',
      details: { base_price: '106' },
    };
    const submitProtection: Broker['submitProtection'] = async (order) =>
      order.targetPrice === null ? broker.submitProtection(order) : noTarget;
    await desk.settle(desk.with({ broker: { ...broker, submitProtection } }));
    expect(liveAt(desk)).toEqual(['sell stop 10 new']);
    expect(await cardsOf(desk, 'repaired')).toMatchObject([
      { stopPrice: parseUsd('98.00'), targetPrice: null },
    ]);
  });

  it('are protected also while nobody knows whether the exchange trades', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const next = await desk.restart();
    desk.standIn.faults.add({ ...UNAVAILABLE, path: /calendar/ });
    await desk.settle(next);
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
  });

  it('of a closing are too, until it can go on', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    const dying = desk.with({
      reached: async (step) => {
        if (step === 'close.cleared') throw new Error('killed');
      },
    });
    await close(desk, { context: dying });
    const next = await desk.restart();
    desk.standIn.faults.add({ ...UNAVAILABLE, path: /calendar/ });
    await desk.settle(next);
    expect([liveAt(desk), await isShownProtected(desk)]).toEqual([['sell stop 10 new'], true]);
    desk.standIn.faults.clear();
    desk.elapse(MINUTE_MS);
    await desk.settle(next);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });
});

describe('a bracket that is whole', () => {
  it('is left alone wherever the last price is', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    const { broker } = desk.context;
    const positions = async () =>
      (await broker.positions()).map((one) => ({ ...one, currentPrice: parseUsd('97.99') }));
    const urgent = { ...broker.urgent, positions };
    const context = desk.with({ broker: { ...broker, positions, urgent } });
    for (let minute = 0; minute < 3; minute += 1) {
      await desk.settle(context);
      desk.elapse(MINUTE_MS);
    }
    expect([sharesAt(desk), await cardsOf(desk, 'closing')]).toEqual([10, []]);
  });
});

describe('shares that are none of the bot’s', () => {
  const buy = { symbol: 'NVDA', side: 'buy', type: 'market', time_in_force: 'day' };

  it('beside a trade get no protection, and do not change what it earned', async () => {
    const desk = await deskWithPosition([BARS.quiet, BARS.quiet]);
    await byHand(desk, 'POST', '/orders', { ...buy, qty: '5' });
    desk.nextBar();
    desk.elapse(1_000);
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([
      15,
      ['sell limit 10 new', 'sell stop 10 held'],
    ]);
    await close(desk);
    desk.elapse(5_000);
    await desk.settle();
    const { pnl, entryQuantity } = await tradeOf(desk);
    expect([sharesAt(desk), entryQuantity]).toEqual([0, 10]);
    expect(Math.abs(pnl ?? Number.NaN), 'a trade that went nowhere').toBeLessThan(parseUsd('10'));
  });

  it('beside a trade have no part in its early profit', async () => {
    const early = [103, 104.5, 103, 104.2] as const;
    const opened = await openDesk([BARS.quiet, BARS.entry, BARS.quiet, early, BARS.quiet], {
      delays: REALISTIC_DELAYS,
    });
    opened.standIn.behaviour.secondBracket = 'refused';
    const barEnd = opened.nextBar();
    const scaleOut = { quantity: 5, targetPrice: parseUsd('104.00') };
    const { tradeId: id } = await opened.plan({ scaleOut });
    const desk = { ...opened, id };
    await submitPlannedEntries(desk.context, barEnd);
    desk.nextBar();
    await desk.settle();
    await byHand(desk, 'POST', '/orders', { ...buy, qty: '5' });
    desk.nextBar();
    desk.elapse(1_000);
    desk.nextBar();
    await desk.settle();
    await desk.settle();
    // The runner alone was entered, of which a half is to leave early.
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'scale_out', quantity: 2, keep: 8, progress: { phase: 'done' } },
    ]);
  });

  it('are adopted without what an exit had sold of them before', async () => {
    const desk = await openDesk([BARS.quiet, BARS.quiet, BARS.target, BARS.quiet]);
    desk.nextBar();
    await byHand(desk, 'POST', '/orders', { ...buy, qty: '10' });
    desk.nextBar();
    desk.elapse(1_000);
    const target = { symbol: 'NVDA', side: 'sell', type: 'limit', time_in_force: 'gtc' };
    await byHand(desk, 'POST', '/orders', { ...target, qty: '10', limit_price: '104' });
    desk.standIn.behaviour.fillAtMost = 3;
    desk.nextBar();
    desk.elapse(1_000);
    await reconcile(desk.context);
    await decideForeign(desk.context, 'NVDA +7', { decision: 'adopt', by: 'Ada' });
    expect((await desk.context.ledger.netQuantities()).get(NVDA)).toBe(7);
  });
});

describe('an order in doubt', () => {
  it('that a second try brought to the broker is found, and its fill booked', async () => {
    const desk = await deskWithPosition([BARS.stop, BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const message = 'oco orders must be exit orders';
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'POST',
      path: /orders$/,
      status: 422,
      body: { code: 42210000, message },
    });
    let sent = 0;
    const dying = desk.with({
      reached: async (step) => {
        if (step !== 'guard.sent') return;
        sent += 1;
        if (sent === 2) throw new Error('killed');
      },
    });
    await guardPositions(dying);
    const next = await desk.restart();
    desk.elapse(5_000);
    await desk.settle(next);
    desk.nextBar();
    desk.elapse(5_000);
    await desk.settle(next);
    expect([sent, sharesAt(desk), (await tradeOf(desk)).status]).toEqual([2, 0, 'closed']);
  });

  it('of a closing costs few requests, however long nobody answers', async () => {
    let requests = 0;
    const onRequest = (): void => {
      requests += 1;
    };
    const desk = await deskWithPosition([BARS.quiet], { onRequest });
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'POST',
      path: /orders$/,
      status: 503,
      body: { message: 'unavailable' },
      times: 100_000,
    });
    requests = 0;
    await close(desk);
    expect(requests).toBeLessThan(60);
    expect(ordersAt(desk).filter(({ role }) => role === 'single')).toEqual([]);
  });
});

/** The first try stalls on its way, and arrives just before the second one, which finds the shares taken. */
function overtaken(desk: TradingDesk): Broker {
  const { broker } = desk.context;
  let stalled: ExitOrder | null = null;
  const submitExit: Broker['submitExit'] = async (order) => {
    if (stalled === null) {
      stalled = order;
      return { kind: 'unknown', message: '504 Gateway Timeout' };
    }
    await broker.submitExit(stalled);
    desk.elapse(1_000);
    return HELD;
  };
  return { ...broker, submitExit };
}

describe('an order that got there late', () => {
  it('is not taken for refused because its second try was', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await close(desk, { context: desk.with({ broker: overtaken(desk) }) });
    expect([sharesAt(desk), soldAt(desk)]).toEqual([0, 10]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'manual_close' });
    expect((await reconcile(desk.context)).findings).toEqual([]);
  });

  it('between the look and the lookup is not sent a second time', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    const { broker } = desk.context;
    let stalled = null as ExitOrder | null;
    const dying = desk.with({
      broker: {
        ...broker,
        submitExit: async (order) => {
          stalled = order;
          throw new Error('killed');
        },
      },
    });
    await close(desk, { context: dying });
    const orderByClientId: Broker['orderByClientId'] = async (id) => {
      await broker.submitExit(stalled!);
      desk.elapse(1_000);
      return broker.orderByClientId(id);
    };
    const next = await desk.restart();
    const sent = watchWrites();
    const urgent = { ...broker.urgent, orderByClientId };
    const { id, symbol } = (await next.ledger.openCloses())[0]!;
    await runClose({ ...next, broker: { ...broker, urgent } }, id, symbol);
    expect(sent.map(({ body }) => body['client_order_id'])).toEqual([stalled!.clientOrderId]);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });

  it('after everybody had given it up, and filled while nobody listened, is found by its shares', async () => {
    const desk = await deskWithPosition([BARS.quiet, BARS.stop, BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const { broker } = desk.context;
    const stalled: ProtectiveOrder[] = [];
    const submitProtection: Broker['submitProtection'] = async (order) => {
      stalled.push(order);
      return { kind: 'unknown', message: '504 Gateway Timeout' };
    };
    await desk.settle(desk.with({ broker: { ...broker, submitProtection } }));
    desk.elapse(5_000);
    await guardPositions(desk.with({ broker: { ...broker, submitProtection } }));
    expect(await desk.context.ledger.ordersOfTrade(desk.id)).toHaveLength(3);
    await broker.submitProtection(stalled[0]!);
    desk.nextBar();
    desk.nextBar();
    desk.elapse(1_000);
    expect(sharesAt(desk)).toBe(0);
    await desk.settle();
    expect((await reconcile(desk.context)).findings).toEqual([]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' });
  });

  it('as the second bracket takes the early profit alone, and the bot sells nothing beside it', async () => {
    const { quiet, entry } = BARS;
    const opened = await openDesk([quiet, entry, [103, 104.5, 103, 104.2], quiet], {
      delays: REALISTIC_DELAYS,
    });
    const barEnd = opened.nextBar();
    const scaleOut = { quantity: 5, targetPrice: parseUsd('104.00') };
    const { tradeId: id } = await opened.plan({ scaleOut });
    const desk = { ...opened, id };
    const { broker } = desk.context;
    const stalled: BracketOrder[] = [];
    const submitBracket: Broker['submitBracket'] = async (order) => {
      if (!order.clientOrderId.endsWith('scale')) return broker.submitBracket(order);
      stalled.push(order);
      return { kind: 'unknown', message: '504 Gateway Timeout' };
    };
    await submitPlannedEntries(desk.with({ broker: { ...broker, submitBracket } }), barEnd);
    desk.elapse(5_000);
    await desk.settle();
    expect((await tradeOf(desk)).scaleOut, 'given up').toBe('watched');
    await broker.submitBracket(stalled[0]!);
    await reconcile(desk.context);
    desk.nextBar();
    await desk.settle();
    desk.nextBar();
    desk.elapse(1_000);
    await desk.settle();
    expect([sharesAt(desk), await cardsOf(desk, 'closing')]).toEqual([5, []]);
    expect((await cardsOf(desk, 'entry')).at(-1)).toMatchObject({ scaleOut: 'resting' });
  });

  it('and cannot be looked up keeps the stop where it is, and the alarm going', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    const { faults } = desk.standIn;
    faults.add({ method: 'POST', path: /orders$/, kind: 'gateway-timeout-before' });
    faults.add({ ...UNAVAILABLE, path: /by_client_order_id/ });
    await close(desk);
    for (let minute = 0; minute < 3; minute += 1) {
      expect([liveAt(desk), await isShownProtected(desk)]).toEqual([['sell stop 10 new'], true]);
      desk.elapse(MINUTE_MS);
      await desk.settle();
    }
    expect((await cardsOf(desk, 'alarm')).map(({ repeat }) => repeat)).toEqual([0, 1, 2, 3]);
    faults.clear();
    desk.elapse(5 * MINUTE_MS);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });

  it('and whose process died, while it cannot be looked up, is waited for under a stop', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    const dying = desk.with({
      reached: async (step) => {
        if (step === 'exit.written') throw new Error('killed');
      },
    });
    await close(desk, { context: dying });
    expect(liveAt(desk)).toEqual([]);
    desk.standIn.faults.add({ ...UNAVAILABLE, path: /by_client_order_id/ });
    await desk.settle(await desk.restart());
    expect([liveAt(desk), await isShownProtected(desk)]).toEqual([['sell stop 10 new'], true]);
  });
});

describe('a closing that is not done', () => {
  it('lets nobody enter the symbol anew: it would take the next trade’s bracket and shares along', async () => {
    const { target, quiet, entry } = BARS;
    const desk = await deskWithPosition([target, quiet, entry, quiet]);
    desk.standIn.behaviour.cancelStuckMs = 3_600_000;
    await close(desk);
    for (let failure = 0; failure < 3; failure += 1) {
      desk.elapse(5 * MINUTE_MS);
      await desk.settle();
    }
    // The target acts while the closing rests.
    desk.nextBar();
    await desk.settle();
    expect([(await tradeOf(desk)).status, sharesAt(desk)]).toEqual(['closed', 0]);
    expect(await desk.context.ledger.openCloses()).toMatchObject([{ phase: 'stuck' }]);
    await runTradingCycle(desk.context, desk.nextBar());
    expect(liveAt(desk)).toEqual([]);
    expect((await cardsOf(desk, 'entry')).at(-1)).toMatchObject({
      progress: { status: 'abandoned', reason: 'a closing of NVDA is not done yet' },
    });
    desk.elapse(5 * MINUTE_MS);
    await desk.settle();
    expect(await desk.context.ledger.openCloses()).toEqual([]);
    await runTradingCycle(desk.context, desk.nextBar());
    expect(liveAt(desk)).toContain('buy limit 125 new');
  });

  it('for hours counts what it has sold before', async () => {
    const bars = Array.from({ length: 14 }, () => BARS.quiet);
    const desk = await deskWithPosition(bars);
    const { behaviour } = desk.standIn;
    behaviour.fillAtMost = 4;
    await close(desk, { context: haltedAfterExit(desk) });
    expect([sharesAt(desk), soldAt(desk)]).toEqual([6, 4]);
    for (let bar = 0; bar < 13; bar += 1) desk.nextBar();
    behaviour.haltedSymbols.clear();
    desk.elapse(5 * MINUTE_MS);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk)]).toEqual([0, 10]);
    expect((await cardsOf(desk, 'closing')).at(-1)).toMatchObject({
      progress: { phase: 'done', proof: { exitQuantity: 10 } },
    });
  });
});
