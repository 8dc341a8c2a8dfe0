import { describe, expect, it } from 'vitest';

import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { alarmUnprotected } from '#app/protection-watch.ts';
import { syncOrders } from '#app/sync-orders.ts';

import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.5, 99.5, 100];

/** A desk that holds 10 NVDA with both legs of their bracket working, for some bars. */
async function deskWithPosition(): Promise<Desk> {
  const desk = await openDesk([QUIET]);
  const barEnd = desk.nextBar();
  const { tradeId } = await desk.plan();
  await submitPlannedEntries(desk.context, barEnd, new Set([tradeId]));
  desk.nextBar();
  await syncOrders(desk.context);
  desk.nextBar();
  return desk;
}

/** The same after somebody has cancelled the stop. */
async function deskWithoutStop(): Promise<Desk> {
  const desk = await deskWithPosition();
  const stop = desk.standIn.inspect().orders.find(({ type }) => type === 'stop');
  await desk.context.broker.cancelOrder(stop!.id);
  return desk;
}

const alarms = ({ told }: Desk) =>
  told.flatMap(({ card }) => (card.kind === 'alarm' ? [card.title] : []));

describe('the watch over the protection', () => {
  it('says nothing while a live stop covers every share', async () => {
    const desk = await deskWithPosition();
    await alarmUnprotected(desk.context);
    await deliverOutbox(desk.context);
    expect(alarms(desk)).toEqual([]);
  });

  it('tells of a position whose stop is gone, once a session', async () => {
    const desk = await deskWithoutStop();
    await alarmUnprotected(desk.context);
    await alarmUnprotected(desk.context);
    await deliverOutbox(desk.context);
    expect(alarms(desk)).toEqual(['NVDA: long 10 not protected']);
  });

  it('knows the stop of a position that the ledger knows nothing of', async () => {
    const desk = await deskWithPosition();
    const { ledger } = desk.context;
    const context = desk.with({
      ledger: { ...ledger, unfinishedTrades: async () => [], unsettledOrders: async () => [] },
    });
    await alarmUnprotected(context);
    await deliverOutbox(desk.context);
    expect(alarms(desk)).toEqual([]);
  });

  it('gives the legs a moment to wake after a fill', async () => {
    const desk = await deskWithoutStop();
    const [trade] = await desk.context.ledger.unfinishedTrades();
    const clock = { now: () => trade!.openedAt! + 1_000 };
    await alarmUnprotected(desk.with({ clock }));
    await deliverOutbox(desk.context);
    expect(alarms(desk)).toEqual([]);
  });
});
