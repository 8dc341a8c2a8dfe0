/** Behaviours 1 to 3 and 9: from the acceptance of a bracket until its shares are protected. */
import { describe, expect, it } from 'vitest';

import { submitPlannedEntries } from '#app/enter.ts';
import { readPositions } from '#app/positions.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { syncOrders } from '#app/sync-orders.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import { openDesk } from '../desk.ts';
import {
  BARS,
  auditOf,
  cancelByHand,
  cardsOf,
  channelOf,
  deskWithBracket,
  deskWithPosition,
  isShownProtected,
  legAt,
  liveAt,
  ordersAt,
  sharesAt,
  tradeOf,
} from './a-desk.ts';

const { entry, quiet } = BARS;

describe('an entry on its way', () => {
  it('1: has its three ids in the ledger before anything else is done about it', async () => {
    const desk = await openDesk([quiet]);
    const barEnd = desk.nextBar();
    await desk.plan();
    const known: Record<string, readonly LedgerOrder[]> = {};
    const reached = async (step: string): Promise<void> => {
      known[step] = await desk.context.ledger.unsettledOrders();
    };
    await submitPlannedEntries(desk.with({ reached }), barEnd);
    expect(Object.keys(known)).toEqual([
      'entry.written',
      'entry.sent',
      'entry.stored',
      'entry.told',
    ]);
    const [, , stored = []] = Object.values(known);
    const ids = stored.map(({ brokerOrderId }) => brokerOrderId);
    expect(ids.toSorted()).toEqual(
      ordersAt(desk)
        .map(({ id }) => id)
        .toSorted(),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('1: is followed under its ids when it had to wait for the open', async () => {
    const desk = await openDesk([]);
    desk.standIn.advanceTo(FIRST.close);
    const { tradeId, decidedAt } = await desk.plan();
    await submitPlannedEntries(desk.context, decidedAt);
    expect(liveAt(desk)).toEqual([
      'buy limit 10 accepted',
      'sell limit 10 held',
      'sell stop 10 held',
    ]);
    expect(await desk.context.ledger.unsettledOrders()).toHaveLength(3);
    expect((await desk.context.ledger.trade(tradeId))?.status).toBe('submitted');
  });

  it('2: is told as unprotected for as long as it has filled in part only', async () => {
    const desk = await deskWithBracket([entry, quiet, quiet]);
    desk.standIn.behaviour.fillAtMost = 4;
    const shown: (readonly [number | undefined, boolean | null])[] = [];
    for (const _ of [1, 2, 3]) {
      desk.nextBar();
      await syncOrders(desk.context);
      const [line] = await readPositions(desk.context);
      shown.push([line?.quantity, line?.isProtected ?? null]);
    }
    expect(shown).toEqual([
      [4, false],
      [8, false],
      [10, true],
    ]);
  });

  it('2: that has filled in part loses its rest, and its shares get their exits at once', async () => {
    const desk = await deskWithBracket([entry]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    await desk.settle();
    expect(sharesAt(desk)).toBe(4);
    expect(liveAt(desk)).toEqual(['sell limit 4 new', 'sell stop 4 held']);
    expect(await isShownProtected(desk)).toBe(true);
    expect(await tradeOf(desk)).toMatchObject({ status: 'open', entryQuantity: 4 });
    expect(await channelOf(desk)).toMatchObject([
      { kind: 'entry', progress: { status: 'filled', quantity: 4 } },
      { kind: 'repaired', cause: 'part-filled-entry', quantity: 4, forTheDay: false },
    ]);
    expect(await auditOf(desk)).toMatchObject([
      { actor: 'strategy', action: 'enter NVDA', outcome: 'done' },
      { actor: 'position guard', action: 'cancel order NVDA', outcome: 'done' },
      {
        actor: 'position guard',
        action: 'protect NVDA',
        outcome: 'done',
        details: { quantity: '4', why: 'part_filled_entry', trade: desk.id },
      },
    ]);
  });

  it('2: whose rest fills while it is being cancelled keeps its bracket, which covers all shares then', async () => {
    const desk = await deskWithBracket([entry, quiet]);
    Object.assign(desk.standIn.behaviour, { fillAtMost: 4, cancelStuckMs: 600_000 });
    desk.nextBar();
    await desk.settle();
    desk.standIn.behaviour.fillAtMost = null;
    desk.nextBar();
    await desk.settle();
    expect(sharesAt(desk)).toBe(10);
    expect(await isShownProtected(desk)).toBe(true);
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
  });

  it('2: its shares are protected within seconds of the guard’s look, not at the next one', async () => {
    const desk = await deskWithBracket([entry]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    const before = desk.context.systemClock.now();
    await desk.settle();
    expect(desk.context.systemClock.now() - before).toBeLessThan(2_000);
    expect(await isShownProtected(desk)).toBe(true);
  });

  it('3: is shown as protected once it is whole and both its legs stand', async () => {
    const desk = await deskWithPosition();
    expect(await isShownProtected(desk)).toBe(true);
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
    const legs = (await desk.context.ledger.unsettledOrders()).filter(({ isLive }) => isLive);
    expect(legs.map(({ role, status }) => `${role} ${status}`).toSorted()).toEqual([
      'stop_loss held',
      'take_profit new',
    ]);
    expect(await cardsOf(desk, 'repaired'), 'hands off').toEqual([]);
  });

  it.each(['entry', 'stop-loss'] as const)(
    '9: of which somebody has cancelled the %s after a part of it leaves shares that are protected at once',
    async (member) => {
      const desk = await deskWithBracket([entry]);
      desk.standIn.behaviour.fillAtMost = 4;
      desk.nextBar();
      await syncOrders(desk.context);
      await cancelByHand(desk, legAt(desk, member));
      expect(liveAt(desk)).toEqual([]);
      expect(await isShownProtected(desk)).toBe(false);
      await desk.settle();
      expect(liveAt(desk)).toEqual(['sell limit 4 new', 'sell stop 4 held']);
      expect(legAt(desk, 'stop-loss').stopPrice).toBe(98_000_000);
      expect(await cardsOf(desk, 'repaired')).toMatchObject([{ quantity: 4 }]);
      expect((await reconcile(desk.context)).isClean).toBe(true);
    },
  );
});
