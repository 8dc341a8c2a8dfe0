/** A closing that got stuck: what is told of it, what protects its shares, and when it is tried again. */
import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { runClose } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { halt } from '#app/control.ts';
import { moveStop } from '#app/move-stop.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS, newYorkInstant } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { Broker } from '#ports/broker.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import {
  auditOf,
  BARS,
  cancelByHand,
  cardsOf,
  close,
  deskWithPosition,
  haltedAfterExit,
  HELD,
  isShownProtected,
  legAt,
  liveAt,
  noSale,
  NVDA,
  openClose,
  ordersAt,
  restingBuy,
  sharesAt,
  soldAt,
  withoutSales,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

const { quiet } = BARS;
const at = (time: string) => newYorkInstant(FIRST.date, time);
const FLATTEN = { by: 'Ada', reason: 'news', until: null, flatten: true } as const;

const away = () => Promise.reject(new BrokerError('away', { retryable: true }));
const lastClosing = async (desk: TradingDesk) => (await cardsOf(desk, 'closing')).at(-1)!;

async function askFor(desk: TradingDesk, quantity: number) {
  const position = (await desk.context.broker.position(NVDA))!;
  const wish = { reason: 'manual_close', atMarket: false, requestedBy: 'Bob' } as const;
  return requestClose(desk.context, { ...wish, tradeId: desk.id, position, quantity });
}

/** A desk whose closing has sold four shares when trading is halted. */
async function stuckAfterFour(quantity: number): Promise<TradingDesk> {
  const desk = await deskWithPosition([quiet, quiet, quiet], { quantity: 10 });
  const { behaviour } = desk.standIn;
  behaviour.fillAtMost = 4;
  await close(desk, { context: haltedAfterExit(desk), quantity });
  expect([sharesAt(desk), soldAt(desk), (await openClose(desk)).phase]).toEqual([6, 4, 'stuck']);
  behaviour.haltedSymbols.clear();
  behaviour.fillAtMost = null;
  desk.elapse(5 * MINUTE_MS);
  return desk;
}

describe('what protects the shares of a closing that got stuck', () => {
  it('is not called missing while the broker cannot be read', async () => {
    const desk = await deskWithPosition([quiet]);
    const { broker } = desk.context;
    await askFor(desk, 10);
    const { id } = await openClose(desk);
    const urgent = { ...broker.urgent, ordersSince: away };
    const context = desk.with({ broker: { ...broker, urgent } });
    expect(await runClose(context, id, NVDA)).toBe('stuck');
    expect((await lastClosing(desk)).progress).toMatchObject({ stopPrice: null, doubt: 'unseen' });
  });
});

const withABug: Broker['submitExit'] = async () => {
  throw new TypeError('a bug');
};

describe('a closing that an error of the bot’s own breaks off', () => {
  it('has its stop back at the next look, is heard of, and goes on later', async () => {
    const desk = await deskWithPosition([quiet, quiet]);
    const context = desk.with({ broker: { ...desk.context.broker, submitExit: withABug } });
    await close(desk, { context });
    expect([sharesAt(desk), liveAt(desk)], 'broken off').toEqual([10, []]);
    await desk.settle(context);
    expect([sharesAt(desk), liveAt(desk)]).toEqual([10, ['sell stop 10 new']]);
    const why = 'an error in the bot itself, of which its log tells more';
    expect((await lastClosing(desk)).progress).toMatchObject({ phase: 'stuck', why });
    expect(await cardsOf(desk, 'alarm')).toHaveLength(1);
    desk.elapse(MINUTE_MS);
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
  });
});

describe('the stop of a closing that got stuck', () => {
  it('is back within a minute, and told of, also where the broker only ever puts the sale off', async () => {
    const desk = await deskWithPosition([quiet]);
    const { context } = desk;
    const since = context.systemClock.now();
    let backAt = Number.POSITIVE_INFINITY;
    const broker: Broker = {
      ...context.broker,
      submitExit: async () => HELD,
      submitProtection: async (order) => {
        backAt = context.systemClock.now();
        return context.broker.submitProtection(order);
      },
    };
    await close(desk, { context: desk.with({ broker }) });
    expect(await isShownProtected(desk)).toBe(true);
    expect(backAt - since).toBeLessThan(MINUTE_MS);
    expect((await lastClosing(desk)).progress).toMatchObject({ phase: 'stuck', failures: 1 });
  });

  it('is not moved by a trailing stop that had to wait for its turn in the symbol', async () => {
    const desk = await deskWithPosition([quiet]);
    await close(desk, { context: withoutSales(desk) });
    expect((await openClose(desk)).phase).toBe('stuck');
    const outcome = await moveStop(desk.context, desk.id, parseUsd('99.00'));
    expect(outcome).toEqual({ kind: 'not-moved', why: 'a closing of it is under way' });
    expect([liveAt(desk), legAt(desk, 'single').stopPrice]).toEqual([
      ['sell stop 10 new'],
      parseUsd('98.00'),
    ]);
  });

  it('is named in its message as soon as it is in, when none could be placed before', async () => {
    const desk = await deskWithPosition([quiet, quiet]);
    const context = withoutSales(desk);
    const broker = { ...context.broker, submitProtection: noSale };
    await close(desk, { context: { ...context, broker } });
    expect((await lastClosing(desk)).progress).toMatchObject({ phase: 'stuck', stopPrice: null });
    await desk.settle(context);
    expect(await isShownProtected(desk)).toBe(true);
    const { progress } = await lastClosing(desk);
    expect(progress).toMatchObject({ phase: 'stuck', failures: 1 });
    expect(progress).toHaveProperty('stopPrice', expect.any(Number));
  });
});

describe('what a closing has sold before it got stuck', () => {
  it('is part of what it was asked for, and not more than that', async () => {
    const desk = await stuckAfterFour(10);
    await desk.settle();
    expect(await lastClosing(desk)).toMatchObject({
      quantity: 10,
      progress: { phase: 'done', proof: { exitQuantity: 10, positionQuantity: 0 } },
    });
  });

  it('is part of it as well when a part has become everything', async () => {
    const desk = await stuckAfterFour(5);
    await halt(desk.context, FLATTEN);
    await desk.settle();
    expect(await lastClosing(desk)).toMatchObject({
      quantity: 10,
      keep: 0,
      progress: { phase: 'done', proof: { exitQuantity: 10, positionQuantity: 0 } },
    });
    const asked = (await auditOf(desk)).filter(({ action }) => action === 'close NVDA');
    expect(asked.map(({ details }) => details['quantity'])).toEqual(['5', '6']);
  });

  it('leaves a part as many shares as were to stay', async () => {
    const desk = await stuckAfterFour(5);
    await desk.settle();
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([5, true]);
    expect(await lastClosing(desk)).toMatchObject({ quantity: 5, keep: 5 });
  });
});

describe('a closing that is stuck', () => {
  it('protects shares that have turned around on their own side', async () => {
    const desk = await deskWithPosition([[100, 106, 97, 100], quiet]);
    await restingBuy(desk);
    Object.assign(desk.standIn.behaviour, { cancelStuckMs: 3_600_000, doubleExit: true });
    const context = desk.with({
      reached: async (step) => {
        if (step === 'cancel.stored' && sharesAt(desk) === 10) desk.nextBar();
      },
    });
    await close(desk, { context });
    expect(sharesAt(desk)).toBe(-10);
    expect(liveAt(desk)).toContain('buy stop 10 new');
  });

  it('is told as over also while its fills cannot be read', async () => {
    const desk = await deskWithPosition([quiet]);
    const fault = { method: 'GET', path: /activities/, kind: 'reject', status: 503 } as const;
    desk.standIn.faults.add({ ...fault, body: { message: 'unavailable' }, times: 1_000 });
    await close(desk);
    expect(await lastClosing(desk)).toMatchObject({
      progress: { phase: 'done', proof: { positionQuantity: 0, exitQuantity: 10 } },
    });
    desk.standIn.faults.clear();
    await desk.settle();
    expect((await reconcile(desk.context)).isClean).toBe(true);
    expect(await cardsOf(desk, 'exit')).toHaveLength(1);
  });

  it('as a part is not tried once more before everything that is asked for', async () => {
    const desk = await deskWithPosition([quiet], { quantity: 100 });
    await close(desk, { quantity: 25, context: withoutSales(desk) });
    desk.elapse(5 * MINUTE_MS);
    await halt(desk.context, FLATTEN);
    const { broker } = desk.context;
    const sent: number[] = [];
    const submitExit: Broker['submitExit'] = async (order) => {
      sent.push(order.quantity);
      return broker.submitExit(order);
    };
    await desk.settle(desk.with({ broker: { ...broker, submitExit } }));
    expect([sent, sharesAt(desk)]).toEqual([[100], 0]);
  });

  it('as a part that rests for another moment lets everything take its place at once', async () => {
    const desk = await deskWithPosition([quiet], { quantity: 100 });
    await close(desk, { quantity: 25, context: withoutSales(desk) });
    const { id } = await openClose(desk);
    desk.elapse(13_000);
    const asked: string[] = [];
    const pause = async (ms: number) => {
      if (asked.length === 0) asked.push((await askFor(desk, 100)).kind);
      return desk.context.pause(ms);
    };
    expect(await runClose(desk.with({ pause }), id, NVDA)).toBe('done');
    expect([asked, sharesAt(desk)]).toEqual([['widened'], 0]);
    const sold = ordersAt(desk).filter(
      ({ filledQuantity, side }) => side === 'sell' && filledQuantity > 0,
    );
    expect(sold.map(({ quantity }) => quantity)).toEqual([100]);
  });

  it('and was taken over begins again by itself, without another look of the guard', async () => {
    const desk = await deskWithPosition([quiet], { quantity: 100 });
    await close(desk, { quantity: 25, context: withoutSales(desk) });
    expect(await askFor(desk, 100)).toMatchObject({ kind: 'widened' });
    const { id } = await openClose(desk);
    expect(await runClose(desk.context, id, NVDA)).toBe('done');
    expect(sharesAt(desk)).toBe(0);
  });

  it('is tried each minute between 15:55 and the close', async () => {
    const desk = await deskWithPosition([quiet], { parameters: { timeExitMinutes: 0 } });
    const context = withoutSales(desk);
    desk.standIn.advanceTo(at('15:50'));
    await close(desk, { context });
    while ((await openClose(desk)).failures < 6) {
      desk.elapse(5 * MINUTE_MS);
      await desk.settle(context);
    }
    desk.standIn.advanceTo(at('15:55'));
    for (let minute = 1; minute <= 5; minute += 1) {
      desk.elapse(MINUTE_MS);
      await desk.settle(context);
      expect((await openClose(desk)).failures).toBe(6 + minute);
    }
    expect(await isShownProtected(desk)).toBe(true);
    expect(await lastClosing(desk)).toMatchObject({ progress: { retryInMs: 30_000 } });
  });
});

/** The broker's list of positions has an old price, while its orders are measured against a newer one. */
async function withOldPrice(desk: TradingDesk): Promise<AppContext> {
  const { broker } = desk.context;
  const position: Broker['position'] = async (symbol) => {
    const found = await broker.position(symbol);
    return found && { ...found, currentPrice: parseUsd('100.00') };
  };
  const positions = async () => [await position(NVDA)].filter((one) => one !== null);
  const urgent = { ...broker.urgent, position, positions };
  return desk.with({ broker: { ...broker, position, positions, urgent } });
}

describe('shares without a stop, whose price has left its place behind unseen', () => {
  it('are closed, and have a stop until then', async () => {
    const desk = await deskWithPosition([BARS.stop, quiet]);
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    desk.nextBar();
    const protectedAt: unknown[] = [];
    const context = await withOldPrice(desk);
    const reached = async (step: string) => {
      if (step === 'close.requested') protectedAt.push(liveAt(desk));
    };
    await desk.settle({ ...context, reached });
    expect(protectedAt).toEqual([['sell limit 10 new', 'sell stop 10 held']]);
    expect([sharesAt(desk), await cardsOf(desk, 'alarm')]).toEqual([0, []]);
    expect(await lastClosing(desk)).toMatchObject({ reason: 'emergency_stop' });
  });

  it('have one also while their closing is stuck', async () => {
    const desk = await deskWithPosition([BARS.stop, quiet]);
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    desk.nextBar();
    const { broker } = await withOldPrice(desk);
    const context = withoutSales(desk, broker);
    await close(desk, { context });
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([10, true]);
  });
});
