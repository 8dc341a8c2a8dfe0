import { describe, expect, it } from 'vitest';

import { bookCashActivities } from '#app/reconcile/cash-activities.ts';
import { addDays, newYorkDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

import { openDesk } from './desk.ts';
import { lookAt, steer } from './steered-desk.ts';

const DAY_MS = 24 * 3_600_000;

describe('cash activities', () => {
  it.each([
    ['a week back while the bot is there', 1, 7],
    ['also after a weekend', 4, 7],
    ['from three days before the bot was there last, after a longer downtime', 20, 23],
  ])('are asked for %s', async (_, daysLater, daysBack) => {
    const desk = await openDesk([[100, 100, 100, 100]]);
    const now = desk.standIn.now() + daysLater * DAY_MS;
    const asked: SessionDate[] = [];
    const { ledger, broker } = desk.context;
    const cashActivitiesSince = async (from: SessionDate) => {
      asked.push(from);
      return [];
    };
    await bookCashActivities({
      ledger,
      clock: { now: () => now },
      broker: { ...broker, cashActivitiesSince },
    });
    expect(asked).toEqual([addDays(newYorkDate(now), -daysBack)]);
  });

  it('are asked for from the last reading of the drawdown on where that is older', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    const { ledger, broker } = steered.context;
    const now = steered.desk.standIn.now() + 30 * DAY_MS;
    await ledger.transaction((tx) =>
      tx.saveReconciliation({ at: now, isClean: true, findings: [], lateFills: 0 }),
    );
    const asked: SessionDate[] = [];
    const cashActivitiesSince = async (from: SessionDate) => {
      asked.push(from);
      return [];
    };
    await bookCashActivities({
      ledger,
      clock: { now: () => now },
      broker: { ...broker, cashActivitiesSince },
    });
    expect(asked).toEqual([addDays(newYorkDate(now), -33)]);
  });
});
