import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { runClose } from '#app/close/run-close.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { applyOrder } from '#app/order-updates.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { ticker } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { isLive } from '#core/order.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const NVDA = ticker('NVDA');
const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const ENTRY: Ohlc = [100, 100.5, 99.5, 100];

/** A desk that holds ten NVDA, whose bracket somebody has cancelled at the broker. */
async function deskWithNakedPosition(): Promise<{ desk: Desk; id: TradeId }> {
  const desk = await openDesk([QUIET, ENTRY, QUIET]);
  const { tradeId, decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
  await submitPlannedEntries(desk.context, decidedAt);
  desk.nextBar();
  await desk.settle();
  const hand = byHand(desk.standIn);
  await hand.cancel(hand.live('stop-loss').id);
  return { desk, id: tradeId };
}

const live = ({ standIn }: Desk) => standIn.inspect().orders.filter(({ status }) => isLive(status));
const guardOrders = ({ standIn }: Desk) =>
  [...standIn.inspect().submissions].filter(([id]) => /-guard\d+$/.test(id));
const cards = async (desk: Desk, kind: string) => {
  await deliverOutbox(desk.context);
  return desk.channel().filter((card) => card.kind === kind);
};

interface Wish {
  readonly requestedBy?: string;
  /** All shares when left out. */
  readonly quantity?: number;
}

async function askForClosing(context: AppContext, tradeId: TradeId, wish: Wish = {}) {
  const position = (await context.broker.positions()).find(({ symbol }) => symbol === NVDA);
  if (position === undefined) throw new Error('there is no position');
  return requestClose(context, {
    tradeId,
    position,
    reason: 'manual_close',
    quantity: wish.quantity ?? position.quantity,
    atMarket: false,
    requestedBy: wish.requestedBy ?? 'Ada',
  });
}

describe('a position without a stop', () => {
  it('gets one protection from two guards at once', async () => {
    const { desk } = await deskWithNakedPosition();
    await Promise.all([guardPositions(desk.context), guardPositions(desk.context)]);
    expect(guardOrders(desk)).toEqual([[expect.any(String), 1]]);
    expect(live(desk)).toHaveLength(2);
    expect(await cards(desk, 'repaired')).toHaveLength(1);
  });

  it('gets one from the guard while the news of the cancel comes in again and again', async () => {
    const { desk } = await deskWithNakedPosition();
    const { context } = desk;
    const orders = await context.broker.ordersSince(0);
    const news = orders.flatMap((order) => [order, ...order.legs]);
    await Promise.all([
      ...news.map((order) => applyOrder(context, order, [])),
      guardPositions(context),
      ...news.map((order) => applyOrder(context, order, [])),
      reconcile(context),
      syncOrders(context),
    ]);
    expect(guardOrders(desk)).toEqual([[expect.any(String), 1]]);
    expect(live(desk)).toHaveLength(2);
  });

  it('gets one from a guard that is woken by the news of its own repair', async () => {
    const { desk } = await deskWithNakedPosition();
    const { context } = desk;
    const isUp = Promise.withResolvers<void>();
    const guards: Promise<void>[] = [];
    const stream = await context.broker.subscribeTradeUpdates({
      onUpdate: async ({ order, execution }) => {
        await applyOrder(context, order, execution === null ? [] : [execution]);
        guards.push(guardPositions(context));
      },
      onSubscribed: async () => isUp.resolve(),
      onDown: () => {},
    });
    await isUp.promise;
    await guardPositions(context);
    await expect.poll(() => guards.length).toBeGreaterThan(0);
    await Promise.all(guards);
    await stream.close();
    expect(guardOrders(desk)).toEqual([[expect.any(String), 1]]);
  });

  it('that is sold while the guard waits for its turn gets none, and raises no alarm', async () => {
    const { desk } = await deskWithNakedPosition();
    const mayGoOn = Promise.withResolvers<void>();
    const isWaiting = Promise.withResolvers<void>();
    const { bySymbol } = desk.context;
    const busy = bySymbol.run(NVDA, () => mayGoOn.promise);
    const context = desk.with({
      bySymbol: {
        run: (key, work) => {
          if (key === NVDA) isWaiting.resolve();
          return bySymbol.run(key, work);
        },
      },
    });
    const guarding = guardPositions(context);
    await isWaiting.promise;
    await byHand(desk.standIn).order({ side: 'sell', qty: 10 });
    mayGoOn.resolve();
    await Promise.all([busy, guarding]);
    expect(guardOrders(desk)).toEqual([]);
    expect(await cards(desk, 'alarm')).toEqual([]);
  });
});

describe('a closing', () => {
  it('that is asked for twice at once is one', async () => {
    const { desk, id } = await deskWithNakedPosition();
    const asked = await Promise.all([
      askForClosing(desk.context, id, { requestedBy: 'Ada' }),
      askForClosing(desk.context, id, { requestedBy: 'Bob' }),
    ]);
    expect(asked.map(({ kind }) => kind).toSorted()).toEqual(['begun', 'under-way']);
    expect(await desk.context.ledger.openCloses()).toHaveLength(1);
    expect(await cards(desk, 'closing')).toHaveLength(1);
  });

  it('may be asked for again once it is done', async () => {
    const { desk, id } = await deskWithNakedPosition();
    await askForClosing(desk.context, id, { quantity: 4 });
    await desk.settle();
    expect(desk.standIn.inspect().positions).toMatchObject([{ quantity: 6 }]);
    expect(await askForClosing(desk.context, id)).toMatchObject({
      kind: 'begun',
      close: { quantity: 6 },
    });
  });

  it('that is carried on twice at once sells the shares once', async () => {
    const { desk, id } = await deskWithNakedPosition();
    const request = await askForClosing(desk.context, id);
    if (request.kind !== 'begun') throw new Error('another one is under way');
    const { id: closeId } = request.close;
    await Promise.all([
      runClose(desk.context, closeId, NVDA),
      runClose(desk.context, closeId, NVDA),
      guardPositions(desk.context),
    ]);
    await desk.context.background.idle();
    const sold = desk.standIn
      .inspect()
      .orders.filter(({ side }) => side === 'sell')
      .reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);
    expect(sold).toBe(10);
    expect(desk.standIn.inspect().positions).toEqual([]);
  });

  it('is not disturbed by a guard that finds the shares without a stop', async () => {
    const { desk, id } = await deskWithNakedPosition();
    await askForClosing(desk.context, id);
    const guards: Promise<void>[] = [];
    const context = desk.with({
      // The guard looks at every step of it.
      reached: async (step) => {
        if (step.startsWith('exit.') || step === 'close.cleared') {
          guards.push(guardPositions(desk.context));
        }
      },
    });
    await desk.settle(context);
    expect(guards.length).toBeGreaterThan(0);
    await Promise.all(guards);
    await desk.context.background.idle();
    expect(guardOrders(desk)).toEqual([]);
    expect(desk.standIn.inspect().positions).toEqual([]);
    expect(await cards(desk, 'alarm')).toEqual([]);
  });
});
