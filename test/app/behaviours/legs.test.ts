/** Behaviours 4 to 8: how a bracket ends, and the ways in which a real broker gets that wrong. */
import { describe, expect, it } from 'vitest';

import { readPositions } from '#app/positions.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { parseUsd } from '#core/money.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import type { Ohlc } from '../../sandbox/alpaca-market.ts';
import {
  BARS,
  NVDA,
  cancelByHand,
  cardsOf,
  deskWithBracket,
  deskWithPosition,
  follow,
  isShownProtected,
  legAt,
  liveAt,
  ordersAt,
  sharesAt,
  soldAt,
  tradeOf,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

const { quiet, target, stop } = BARS;

/** The trade has ended in the ledger as it has at the broker, and nobody is thought to have interfered. */
async function expectOneExit(desk: TradingDesk, reason: string, price: string): Promise<void> {
  const { ledger } = desk.context;
  const record = await reconcile(desk.context);
  expect(record).toMatchObject({ isClean: true, findings: [] });
  const [closed, ...others] = await ledger.closedTrades();
  expect(others).toEqual([]);
  expect(closed).toMatchObject({
    exitReason: reason,
    quantity: 10,
    exitPrice: parseUsd(price),
  });
  expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  expect(await ledger.netQuantities()).toEqual(new Map());
  expect(await ledger.unsettledOrders(), 'the whole group is over').toEqual([]);
  // Legs are looked at again a while after they ended.
  await reconcile(desk.with({ clock: { now: () => desk.standIn.now() + 60_000 } }));
  expect(await ledger.interferenceCount(FIRST.date)).toBe(0);
  expect(await cardsOf(desk, 'exit')).toHaveLength(1);
  expect(await cardsOf(desk, 'alarm')).toEqual([]);
}

async function untilClosed(desk: TradingDesk): Promise<void> {
  await expect.poll(async () => (await tradeOf(desk)).status).toBe('closed');
}

describe('a bracket that ends by itself', () => {
  it('4: is over with its target, though nobody tells of the stop’s end', async () => {
    const desk = await deskWithPosition([target]);
    desk.standIn.behaviour.muteSiblingEvent = true;
    await follow(desk);
    desk.nextBar();
    await untilClosed(desk);
    const live = (await desk.context.ledger.unsettledOrders()).filter(({ isLive }) => isLive);
    expect(
      live.map(({ role }) => role),
      'all that the stream has told',
    ).toEqual(['stop_loss']);
    await expectOneExit(desk, 'take_profit', '105.00');
  });

  describe.each(['the stream', 'looking'])('5: is booked with one exit by %s', (how) => {
    it.each([
      ['canceled', false],
      ['replaced', false],
      ['canceled', true],
      ['replaced', true],
    ] as const)(
      'when its stop is triggered, its target ends as %s, and a new id fills: %s',
      async (takeProfitEndsAs, stopFillsUnderNewId) => {
        const desk = await deskWithPosition([stop]);
        Object.assign(desk.standIn.behaviour, { takeProfitEndsAs, stopFillsUnderNewId });
        if (how === 'the stream') await follow(desk);
        desk.nextBar();
        if (how === 'looking') await desk.settle();
        await untilClosed(desk);
        expect((await tradeOf(desk)).exitReason).toBe('stop_loss');
        await expectOneExit(desk, 'stop_loss', '98.00');
      },
    );
  });

  it('5: is booked with one exit when everything happened while the bot was away', async () => {
    const desk = await deskWithBracket([BARS.entry, stop, quiet]);
    Object.assign(desk.standIn.behaviour, {
      takeProfitEndsAs: 'replaced',
      stopFillsUnderNewId: true,
    });
    for (let bar = 0; bar < 3; bar += 1) desk.nextBar();
    await desk.settle();
    await expectOneExit(desk, 'stop_loss', '98.00');
    expect(await cardsOf(desk, 'exit')).toMatchObject([{ lateMs: expect.any(Number) }]);
  });
});

/** The target has filled for 4 shares of 10, and neither leg will ever act again. */
async function deskInDeadlock(bars: readonly Ohlc[]): Promise<TradingDesk> {
  const desk = await deskWithPosition(bars);
  Object.assign(desk.standIn.behaviour, { fillAtMost: 4, legDeadlock: true });
  desk.nextBar();
  Object.assign(desk.standIn.behaviour, { fillAtMost: null, legDeadlock: false });
  return desk;
}

describe('a bracket whose legs do not act any more', () => {
  it('6: is left alone after a part of its target, while price is where nothing has to act', async () => {
    const desk = await deskInDeadlock([target, quiet]);
    desk.nextBar();
    for (const _ of [1, 2, 3]) {
      await desk.settle();
      desk.elapse(60_000);
    }
    expect(liveAt(desk)).toEqual(['sell limit 10 partially_filled', 'sell stop 6 held']);
    expect(await readPositions(desk.context)).toMatchObject([{ quantity: 6, isProtected: true }]);
  });

  it('6: is found out half a minute after its stop should have acted, and the rest is closed', async () => {
    const desk = await deskInDeadlock([target, stop]);
    desk.nextBar();
    await desk.settle();
    desk.elapse(20_000);
    await desk.settle();
    expect(sharesAt(desk), 'it may still act').toBe(6);
    desk.elapse(20_000);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitQuantity: 10 });
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'emergency_stop', quantity: 6, progress: { phase: 'done' } },
    ]);
  });

  it('6: is found out as soon when its part-filled target should have filled the rest', async () => {
    const desk = await deskInDeadlock([target, target]);
    desk.nextBar();
    await desk.settle();
    desk.elapse(40_000);
    await desk.settle();
    desk.elapse(40_000);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });

  it('6: that recovers by itself is not touched', async () => {
    const desk = await deskWithPosition([target, stop]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
    desk.standIn.behaviour.fillAtMost = null;
    desk.nextBar();
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await cardsOf(desk, 'closing')).toEqual([]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitQuantity: 10 });
  });
});

describe('a bracket of which both exits fill', () => {
  it.each([
    ['target', target],
    ['stop', stop],
  ] as const)('7: at its %s: flattens the accidental short once and alarms', async (_, bar) => {
    const desk = await deskWithPosition([bar, quiet]);
    desk.standIn.behaviour.doubleExit = true;
    desk.nextBar();
    expect(sharesAt(desk)).toBe(-10);
    desk.standIn.behaviour.doubleExit = false;
    for (let look = 0; look < 3; look += 1) {
      await desk.settle();
      desk.elapse(60_000);
    }
    expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
    const buys = ordersAt(desk).filter(({ side, role }) => side === 'buy' && role === 'single');
    expect(buys.map(({ filledQuantity }) => filledQuantity)).toEqual([10]);
    expect(await cardsOf(desk, 'alarm')).toMatchObject([
      { title: 'NVDA: 10 more shares filled after the trade was flat' },
    ]);
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'emergency_stop', side: 'short', quantity: 10, progress: { phase: 'done' } },
    ]);
    const closed = await desk.context.ledger.closedTrades();
    expect(closed, 'its figures are those of the trade alone').toMatchObject([{ quantity: 10 }]);
    expect(await desk.context.ledger.netQuantities()).toEqual(new Map());
    expect((await reconcile(desk.context)).isClean).toBe(true);
  });

  it('7: does not trade on until the accident is over', async () => {
    const desk = await deskWithPosition([stop]);
    desk.standIn.behaviour.doubleExit = true;
    const outcome = await runTradingCycle(desk.context, desk.nextBar());
    expect(outcome).toMatchObject({ kind: 'done', entries: 0 });
    expect((await desk.context.broker.position(NVDA))?.side).toBe('short');
    expect(await desk.context.ledger.netQuantities()).toEqual(new Map([[NVDA, -10]]));
  });
});

describe('a bracket that somebody cancels', () => {
  it.each(['entry', 'take-profit', 'stop-loss'] as const)(
    '8: by its %s is over as a whole before its entry has filled',
    async (member) => {
      const desk = await deskWithBracket([[101, 101.5, 100.5, 101]]);
      await cancelByHand(desk, legAt(desk, member));
      await desk.settle();
      const known = await desk.context.ledger.unsettledOrders();
      expect(known.filter(({ isLive }) => isLive)).toEqual([]);
      expect((await tradeOf(desk)).status).toBe('cancelled');
      expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
    },
  );

  it.each(['take-profit', 'stop-loss'] as const)(
    '8: by its %s protects nothing any more, and both exits are put back in',
    async (member) => {
      const desk = await deskWithPosition();
      await cancelByHand(desk, legAt(desk, member));
      expect(await isShownProtected(desk)).toBe(false);
      await desk.settle();
      expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
      expect(legAt(desk, 'stop-loss').stopPrice).toBe(parseUsd('98.00'));
      expect(legAt(desk, 'take-profit').limitPrice).toBe(parseUsd('105.00'));
      expect(await isShownProtected(desk)).toBe(true);
      expect(await cardsOf(desk, 'repaired')).toMatchObject([
        { cause: 'no-live-stop', quantity: 10, stopPrice: parseUsd('98.00') },
      ]);
    },
  );

  it('8: is told as interference by name', async () => {
    const desk = await deskWithPosition();
    await cancelByHand(desk, legAt(desk, 'stop-loss'));
    await desk.settle();
    await reconcile(desk.with({ clock: { now: () => desk.standIn.now() + 60_000 } }));
    const alarms = await cardsOf(desk, 'alarm');
    // The stop took its take-profit along: that was one act.
    expect(alarms.map(({ title }) => title)).toEqual(['NVDA: a bracket was interfered with']);
    expect(await desk.context.ledger.interferenceCount(FIRST.date)).toBe(1);
  });
});
