import { describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { halt } from '#app/control.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { cancelStaleEntries, submitPlannedEntries } from '#app/enter.ts';
import { syncOrders } from '#app/sync-orders.ts';
import type { EntryIntent } from '#core/decision.ts';
import type { TradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import positionGuard from '#jobs/position-guard.ts';
import type { Broker, SubmitOutcome } from '#ports/broker.ts';

import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const FLAT = [[100, 100.1, 99.9, 100]] as const;
const LOST: SubmitOutcome = { kind: 'unknown', message: 'the connection was lost' };
const NO_MONEY: SubmitOutcome = {
  kind: 'rejected',
  code: 'insufficient-buying-power',
  httpStatus: 403,
  message: 'insufficient buying power',
  details: {},
};

/** Plans an entry at the end of the first bar. */
async function deskWithPlan(
  changes: Partial<EntryIntent> = {},
): Promise<{ desk: Desk; id: TradeId; barEnd: number }> {
  const desk = await openDesk(FLAT);
  const barEnd = desk.nextBar();
  const { tradeId } = await desk.plan(changes);
  return { desk, id: tradeId, barEnd };
}

/** The next process after one that has stored the entry's orders and told nobody; the reply was lost on top. */
async function diedAfterSending(desk: Desk, barEnd: number): Promise<AppContext> {
  desk.standIn.faults.add({ method: 'POST', path: /orders$/, kind: 'lost-reply' });
  const dying = desk.with({
    reached: async (step) => {
      if (step === 'entry.stored') throw new Error('killed');
    },
  });
  await expect(submitPlannedEntries(dying, barEnd)).rejects.toThrow('killed');
  return desk.restart();
}

const statusOf = async ({ context }: Desk, id: TradeId) => (await context.ledger.trade(id))?.status;
const parents = ({ standIn }: Desk) =>
  standIn.inspect().orders.filter(({ clientOrderId }) => clientOrderId.startsWith('brk-'));
const submissions = ({ standIn }: Desk) =>
  [...standIn.inspect().submissions]
    .filter(([id]) => id.startsWith('brk-'))
    .map(([, count]) => count);

/** The stand-in behind a line on which submitting goes as told. */
const brokerThat = (
  desk: Desk,
  submitBracket: (real: Broker['submitBracket']) => Broker['submitBracket'],
): Broker => ({
  ...desk.context.broker,
  submitBracket: submitBracket((order) => desk.context.broker.submitBracket(order)),
});

describe('entering', () => {
  it('stores the three ids of the bracket and tells the channel', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    await submitPlannedEntries(desk.context, barEnd);
    await deliverOutbox(desk.context);
    const orders = await desk.context.ledger.unsettledOrders();
    expect(orders.map(({ role }) => role).toSorted()).toEqual([
      'entry',
      'stop_loss',
      'take_profit',
    ]);
    expect(new Set(orders.map(({ brokerOrderId }) => brokerOrderId)).size).toBe(3);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(desk.told).toMatchObject([
      { kind: 'posted', card: { kind: 'entry', progress: { status: 'submitted' } } },
    ]);
  });

  it('adopts the order when only the reply was lost', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const broker = brokerThat(desk, (real) => async (order) => {
      await real(order);
      return LOST;
    });
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(submissions(desk)).toEqual([1]);
    expect(await desk.context.ledger.unsettledOrders()).toHaveLength(3);
  });

  it('sends once more, under the same id, when the request never arrived', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    let attempts = 0;
    const broker = brokerThat(desk, (real) => async (order) => {
      attempts += 1;
      return attempts === 1 ? LOST : real(order);
    });
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(submissions(desk)).toEqual([1]);
  });

  it('does not send once more when somebody has halted since the first try', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    let attempts = 0;
    const broker = brokerThat(desk, (real) => async (order) => {
      attempts += 1;
      if (attempts > 1) return real(order);
      await halt(desk.context, { by: 'Ada', reason: 'news', until: null, flatten: false });
      return LOST;
    });
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect([attempts, submissions(desk)]).toEqual([1, []]);
    // The first try may get there yet: it is looked up before the entry is given up.
    expect(await statusOf(desk, id)).toBe('planned');
    await submitPlannedEntries(desk.context, desk.nextBar());
    expect([await statusOf(desk, id), submissions(desk)]).toEqual(['abandoned', []]);
  });

  it('adopts the order when the broker says that it has the id already', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const broker = brokerThat(desk, (real) => async (order) => {
      await real(order);
      return real(order);
    });
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(parents(desk)).toHaveLength(1);
  });

  it('leaves the entry planned while nobody knows, and looks it up in the next cycle', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const broker = brokerThat(desk, () => async () => LOST);
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect(await statusOf(desk, id)).toBe('planned');
    await submitPlannedEntries(desk.context, barEnd);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(submissions(desk)).toEqual([1]);
  });

  it('adopts what a process that died had sent', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const dying = desk.with({
      reached: async (step) => {
        if (step === 'entry.sent') throw new Error('killed');
      },
    });
    await expect(submitPlannedEntries(dying, barEnd)).rejects.toThrow('killed');
    await submitPlannedEntries(await desk.restart(), barEnd);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(submissions(desk)).toEqual([1]);
  });

  it('abandons a plan that never reached the broker once its bar is over', async () => {
    const { desk, id } = await deskWithPlan();
    await submitPlannedEntries(desk.context, desk.nextBar());
    await deliverOutbox(desk.context);
    expect(await statusOf(desk, id)).toBe('abandoned');
    expect(submissions(desk)).toEqual([]);
    expect(desk.told).toMatchObject([{ card: { progress: { status: 'abandoned' } } }]);
  });

  it.each(['blind', 'unclean'] as const)(
    'sends no entry that was decided by a process that died, when the bot is %s by now',
    async (why) => {
      const { desk, id, barEnd } = await deskWithPlan();
      const at = desk.standIn.now();
      const isClean = why !== 'unclean';
      await desk.context.ledger.transaction((tx) =>
        tx.saveReconciliation({ at, isClean, findings: isClean ? [] : ['a'], lateFills: 0 }),
      );
      const blindness = () => (why === 'blind' ? 'The order stream is down.' : null);
      const context = desk.with({ sight: { ...desk.context.sight, blindness } });
      await submitPlannedEntries(context, barEnd);
      expect(parents(desk)).toEqual([]);
      expect(await statusOf(desk, id)).toBe('abandoned');
    },
  );

  it('is not told as given up when it was halted after a process that died had sent it, and is cancelled', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const next = await diedAfterSending(desk, barEnd);
    await halt(next, { by: 'Ada', reason: 'test', until: null, flatten: false });
    await submitPlannedEntries(next, barEnd);
    await deliverOutbox(next);
    expect(await statusOf(desk, id)).toBe('submitted');
    const entries = desk.channel().filter(({ kind }) => kind === 'entry');
    expect(entries).toMatchObject([{ progress: { status: 'submitted' } }]);
    await desk.settle(next);
    expect(parents(desk)).toMatchObject([{ status: 'canceled' }]);
  });

  it('that was refused is not sent again by a run that was waiting for it', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    let sent = 0;
    const broker = brokerThat(desk, (real) => async (order) => {
      sent += 1;
      return sent > 1 ? real(order) : NO_MONEY;
    });
    const context = desk.with({ broker });
    await Promise.all([
      submitPlannedEntries(context, barEnd),
      submitPlannedEntries(context, barEnd),
    ]);
    expect([sent, parents(desk), await statusOf(desk, id)]).toEqual([1, [], 'rejected']);
  });

  it('gets no second bracket once its bar is over', async () => {
    const { desk, id, barEnd } = await deskWithPlan({
      scaleOut: { quantity: 5, targetPrice: parseUsd('104.00') },
    });
    const next = await diedAfterSending(desk, barEnd);
    await submitPlannedEntries(next, barEnd + 5 * MINUTE_MS);
    expect(parents(desk)).toHaveLength(1);
    expect(await desk.context.ledger.trade(id)).toMatchObject({ scaleOut: 'watched' });
  });

  it('does not tell of a rejection while the broker works on the first attempt', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const real = desk.context.broker;
    let sent = 0;
    let looked = 0;
    const broker: Broker = {
      ...real,
      // The first request arrives, but its reply is lost, and the order is not to be found at first.
      submitBracket: async (order) => {
        const outcome = await real.submitBracket(order);
        sent += 1;
        return sent === 1 ? LOST : outcome;
      },
      orderByClientId: async (clientId) => {
        looked += 1;
        return looked === 1 ? null : real.orderByClientId(clientId);
      },
    };
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect(await statusOf(desk, id)).toBe('submitted');
    expect(parents(desk)).toHaveLength(1);
  });

  it('stays planned when the broker knows the id but does not show the order', async () => {
    const { desk, id, barEnd } = await deskWithPlan();
    const broker: Broker = {
      ...desk.context.broker,
      submitBracket: async () => ({
        kind: 'rejected',
        code: 'duplicate-client-order-id',
        httpStatus: 422,
        message: 'client_order_id must be unique',
        details: {},
      }),
    };
    await submitPlannedEntries(desk.with({ broker }), barEnd);
    expect(await statusOf(desk, id)).toBe('planned');
  });

  it("tells of the broker's no with its class and words", async () => {
    const desk = await openDesk(FLAT);
    const barEnd = desk.nextBar();
    const { tradeId } = await desk.plan({ quantity: 100_000 });
    await submitPlannedEntries(desk.context, barEnd);
    await deliverOutbox(desk.context);
    expect(await statusOf(desk, tradeId)).toBe('rejected');
    expect(desk.told).toMatchObject([
      { card: { progress: { status: 'rejected', code: 'insufficient-buying-power' } } },
    ]);
  });
});

describe('an entry that did not fill within one bar', () => {
  const AWAY = [
    [100, 100.1, 99.9, 100],
    [101, 101.2, 100.9, 101],
    [101, 101.2, 100.9, 101],
  ] as const;

  it('is cancelled, and its message says so', async () => {
    const desk = await openDesk(AWAY);
    const first = desk.nextBar();
    const { tradeId } = await desk.plan();
    await submitPlannedEntries(desk.context, first);
    await deliverOutbox(desk.context);
    const second = desk.nextBar();
    await syncOrders(desk.context);
    await cancelStaleEntries(desk.context, second);
    await syncOrders(desk.context);
    await deliverOutbox(desk.context);
    expect(await statusOf(desk, tradeId)).toBe('cancelled');
    expect(desk.told.map(({ kind }) => kind)).toEqual(['posted', 'edited']);
    expect(desk.told.at(-1)).toMatchObject({ card: { progress: { status: 'cancelled' } } });
    expect(await desk.context.ledger.unsettledOrders()).toEqual([]);
  });

  it('is cancelled by the look between the cycles too, when no cycle runs', async () => {
    const desk = await openDesk(AWAY);
    const first = desk.nextBar();
    const { tradeId } = await desk.plan();
    await submitPlannedEntries(desk.context, first);
    desk.nextBar();
    await positionGuard.run(desk.context);
    await positionGuard.run(desk.context);
    expect(await statusOf(desk, tradeId)).toBe('cancelled');
  });

  it('is left alone within its bar', async () => {
    const desk = await openDesk(AWAY);
    const first = desk.nextBar();
    const { tradeId } = await desk.plan();
    await submitPlannedEntries(desk.context, first);
    await cancelStaleEntries(desk.context, first);
    await syncOrders(desk.context);
    expect(await statusOf(desk, tradeId)).toBe('submitted');
  });
});
