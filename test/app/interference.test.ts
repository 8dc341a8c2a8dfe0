import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { cancelStaleEntries, submitPlannedEntries } from '#app/enter.ts';
import { moveStop } from '#app/move-stop.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { writeDueDigests } from '#app/reports/digest.ts';
import { statusReport } from '#app/reports/status.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { ticker } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { Behaviour } from '#sandbox/alpaca/behaviour.ts';

import { FIRST, SECOND } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const NVDA = ticker('NVDA');
const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const ENTRY: Ohlc = [100, 100.5, 99.5, 100];
const AWAY: Ohlc = [105, 105.1, 104.9, 105];

/** A desk that holds ten NVDA under their bracket. */
async function deskWithPosition(bars: readonly Ohlc[] = []): Promise<{ desk: Desk; id: TradeId }> {
  const desk = await openDesk([QUIET, ENTRY, ...bars]);
  const { tradeId, decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
  await submitPlannedEntries(desk.context, decidedAt);
  desk.nextBar();
  await desk.settle();
  return { desk, id: tradeId };
}

/** The guard, then, a bar later, the comparison: as the jobs would. */
async function goOn(desk: Desk): Promise<void> {
  await desk.settle();
  desk.nextBar();
  await reconcile(desk.context);
}

const count = ({ context }: Desk) => context.ledger.interferenceCount(FIRST.date);
const alarms = async (desk: Desk) => {
  await deliverOutbox(desk.context);
  return desk.channel().filter(({ kind }) => kind === 'alarm');
};
const live = (desk: Desk) => desk.standIn.inspect().orders.filter(({ status }) => isLive(status));

describe('somebody who cancels a leg at the broker', () => {
  it.each(['take-profit', 'stop-loss'] as const)(
    'counts as one interference by the %s, although the broker takes both legs',
    async (role) => {
      const { desk } = await deskWithPosition();
      const hand = byHand(desk.standIn);
      await hand.cancel(hand.live(role).id);
      expect(live(desk)).toEqual([]);
      await goOn(desk);
      expect(await count(desk)).toBe(1);
    },
  );

  it('is told of in one alarm, and not again', async () => {
    const { desk } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    await hand.cancel(hand.live('stop-loss').id);
    await goOn(desk);
    await goOn(desk);
    await reconcile(await desk.restart());
    expect(await alarms(desk)).toMatchObject([
      {
        title: 'NVDA: a bracket was interfered with',
        text: expect.stringMatching(/canceled.* To do: find out who else acts on this account\.$/),
      },
    ]);
    expect(await count(desk)).toBe(1);
  });

  it('has the position protected anew by the guard, where it was before', async () => {
    const { desk } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    await hand.cancel(hand.live('stop-loss').id);
    await goOn(desk);
    expect(live(desk)).toMatchObject([
      { quantity: 10, limitPrice: parseUsd('105') },
      { quantity: 10, stopPrice: parseUsd('98') },
    ]);
    expect((await desk.context.ledger.lastReconciliation())?.isClean).toBe(true);
  });

  it('counts each time', async () => {
    const { desk } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    for (let times = 0; times < 3; times += 1) {
      await hand.cancel(hand.live('stop-loss').id);
      await goOn(desk);
    }
    expect(await count(desk)).toBe(3);
    expect(await alarms(desk)).toHaveLength(3);
  });

  it('counts also after the bot has moved the stop of the same bracket', async () => {
    const { desk, id } = await deskWithPosition();
    await moveStop(desk.context, id, parseUsd('99'));
    const hand = byHand(desk.standIn);
    await hand.cancel(hand.live('stop-loss').id);
    await goOn(desk);
    expect(await count(desk)).toBe(1);
  });

  it('counts also when the bot has tried in vain to move that stop', async () => {
    const { desk, id } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    const body = { code: 42210000, message: 'order chain not fully replaced' };
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'PATCH',
      path: /orders/,
      status: 422,
      body,
      times: 10,
    });
    await moveStop(desk.context, id, parseUsd('99'));
    desk.standIn.faults.clear();
    await hand.cancel(hand.live('take-profit').id);
    await goOn(desk);
    expect(await count(desk)).toBe(1);
  });
});

describe('somebody who moves a leg at the broker', () => {
  it('counts as an interference, and the bracket stays as it is', async () => {
    const { desk } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    await hand.replace(hand.live('take-profit').id, { limit_price: '107' });
    await goOn(desk);
    expect(await count(desk)).toBe(1);
    expect(await alarms(desk)).toMatchObject([{ text: expect.stringContaining('take-profit') }]);
    expect(live(desk)).toHaveLength(2);
  });

  it('and cancels it later has interfered twice', async () => {
    const { desk } = await deskWithPosition();
    const hand = byHand(desk.standIn);
    await hand.replace(hand.live('stop-loss').id, { stop_price: '97' });
    await goOn(desk);
    await hand.cancel(hand.live('stop-loss').id);
    await goOn(desk);
    expect(await count(desk)).toBe(2);
  });
});

/** Somebody has cancelled a leg, and the ledger has it so. */
async function afterCancel(): Promise<Desk> {
  const { desk } = await deskWithPosition();
  await runTradingCycle(desk.context, desk.nextBar());
  const hand = byHand(desk.standIn);
  await hand.cancel(hand.live('stop-loss').id);
  await desk.settle();
  return desk;
}

/** What the session's digest tells of interferences. */
async function inTheDigest(desk: Desk): Promise<unknown> {
  desk.standIn.advanceTo(FIRST.close);
  await writeDueDigests(desk.context, FIRST.close);
  await deliverOutbox(desk.context);
  return desk.channel().findLast(({ kind }) => kind === 'digest');
}

describe('the count of interferences', () => {
  it('is in /status and in the digest', async () => {
    const desk = await afterCancel();
    await goOn(desk);
    expect(await statusReport(desk.context)).toMatchObject({ interferenceToday: 1 });
    expect(await inTheDigest(desk)).toMatchObject({ session: { interference: { value: 1 } } });
  });
});

describe('an interference that nobody has looked for yet', () => {
  it('is in the digest of its session all the same', async () => {
    const desk = await afterCancel();
    expect(await inTheDigest(desk)).toMatchObject({ session: { interference: { value: 1 } } });
  });

  it('counts for the session in which it was done, also when it is found in the next', async () => {
    const desk = await afterCancel();
    const { ledger } = desk.context;
    const nextDay = { ...desk.context.clock, now: () => SECOND.open + MINUTE_MS };
    await reconcile(desk.with({ clock: nextDay }));
    expect(await ledger.interferenceCount(FIRST.date)).toBe(1);
    expect(await ledger.interferenceCount(SECOND.date)).toBe(0);
  });
});

/** What is counted and told as interference some bars later, or is still looked at again and again. */
async function interferencesOf(desk: Desk): Promise<readonly unknown[]> {
  await goOn(desk);
  await reconcile(desk.context);
  const counted = await count(desk);
  const told = (await alarms(desk)).filter(
    (card) => card.kind === 'alarm' && card.title.includes('interfered'),
  );
  const open = await desk.context.ledger.unexplainedLegs(desk.standIn.now() + MINUTE_MS);
  return [...(counted === 0 ? [] : [counted]), ...told, ...open];
}

describe('no interference is', () => {
  it.each([
    ['a closing of the bot', 10],
    ['a closing of a part of it', 5],
  ])('%s', async (_, quantity) => {
    const { desk, id } = await deskWithPosition();
    const [position] = await desk.context.broker.positions();
    await requestClose(desk.context, {
      tradeId: id,
      position: position!,
      reason: 'manual_close',
      quantity,
      atMarket: false,
      requestedBy: 'Ada',
    });
    await desk.settle();
    expect(desk.standIn.inspect().positions).toHaveLength(quantity === 10 ? 0 : 1);
    expect(await interferencesOf(desk)).toEqual([]);
  });

  it('a stop that the bot has moved, once and again', async () => {
    const { desk, id } = await deskWithPosition();
    await moveStop(desk.context, id, parseUsd('98.5'));
    await moveStop(desk.context, id, parseUsd('99'));
    expect(await interferencesOf(desk)).toEqual([]);
  });

  it('an entry that the bot has cancelled since it was stale', async () => {
    const desk = await openDesk([QUIET, AWAY, AWAY]);
    const { decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
    await submitPlannedEntries(desk.context, decidedAt);
    const second = desk.nextBar();
    await syncOrders(desk.context);
    await cancelStaleEntries(desk.context, second);
    await syncOrders(desk.context);
    expect(await interferencesOf(desk)).toEqual([]);
  });

  it('an entry that somebody has cancelled: no bracket was at work yet', async () => {
    const desk = await openDesk([QUIET, AWAY, AWAY]);
    const { decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
    await submitPlannedEntries(desk.context, decidedAt);
    const hand = byHand(desk.standIn);
    await hand.cancel(hand.live('entry').id);
    expect(await interferencesOf(desk)).toEqual([]);
  });

  it('the rest of an entry that was filled in part, and its legs', async () => {
    const desk = await openDesk([QUIET, ENTRY, QUIET]);
    desk.standIn.behaviour.fillAtMost = 4;
    const { decidedAt } = await desk.plan({ decidedAt: desk.nextBar() });
    await submitPlannedEntries(desk.context, decidedAt);
    desk.nextBar();
    desk.standIn.behaviour.fillAtMost = null;
    await desk.settle();
    expect(live(desk)).toMatchObject([{ quantity: 4 }, { quantity: 4 }]);
    expect(await interferencesOf(desk)).toEqual([]);
  });

  const TARGET: Ohlc = [101, 106, 100.9, 105.5];
  const STOP: Ohlc = [99, 99.2, 97, 97.5];
  it.each<[string, Ohlc, Partial<Behaviour>]>([
    ['the stop whose take-profit filled', TARGET, {}],
    ['such a stop of which nobody has told', TARGET, { muteSiblingEvent: true }],
    ['the take-profit whose stop filled', STOP, {}],
    ['such a take-profit that is shown as replaced', STOP, { takeProfitEndsAs: 'replaced' }],
    ['a stop that fills under another id', STOP, { stopFillsUnderNewId: true }],
  ])('%s', async (_, bar, behaviour) => {
    const { desk } = await deskWithPosition([bar]);
    Object.assign(desk.standIn.behaviour, behaviour);
    desk.nextBar();
    await desk.settle();
    expect(desk.standIn.inspect().positions).toEqual([]);
    expect(await interferencesOf(desk)).toEqual([]);
  });

  it('a bracket whose cancel was asked for by a process that died before it heard the answer', async () => {
    const { desk, id } = await deskWithPosition();
    const [position] = await desk.context.broker.positions();
    const dies = desk.with({
      reached: (step) =>
        step === 'cancel.sent' ? Promise.reject(new Error('dead')) : Promise.resolve(),
    });
    await requestClose(dies, {
      tradeId: id,
      position: position!,
      reason: 'manual_close',
      quantity: 10,
      atMarket: false,
      requestedBy: 'Ada',
    });
    await desk.settle(dies);
    const next = await desk.restart();
    await desk.settle(next);
    desk.nextBar();
    await reconcile(next);
    expect(desk.standIn.inspect().positions.filter(({ symbol }) => symbol === NVDA)).toEqual([]);
    expect(await count(desk)).toBe(0);
  });
});
