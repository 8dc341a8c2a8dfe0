import { expect, it } from 'vitest';

import { pruneDecisions } from '#app/prune-decisions.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { MINUTE_MS } from '#core/session.ts';
import { LeaseLostError } from '#ports/lease.ts';

import { FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A desk with one cycle behind it, so many days ago, and decisions kept for ten. */
async function deskAfter(
  days: number,
): Promise<{ readonly desk: Desk; readonly prune: () => Promise<number> }> {
  const desk = await openDesk([QUIET]);
  const at = desk.nextBar();
  await runTradingCycle(desk.context, at);
  const context = desk.with({ keepDecisionsDays: 10, clock: { now: () => at + days * DAY_MS } });
  return { desk, prune: () => pruneDecisions(context) };
}

it('keeps decisions for as many days as the settings say', async () => {
  const { desk, prune } = await deskAfter(10);
  expect(await prune()).toBe(0);
  expect(await desk.context.ledger.storedCycles(FIRST.date)).toHaveLength(1);
});

it('deletes them the day after, with their inputs, and leaves the cycle and the trades', async () => {
  const { desk, prune } = await deskAfter(11);
  expect(await prune()).toBeGreaterThan(2);
  expect(await desk.context.ledger.storedCycles(FIRST.date)).toEqual([]);
  expect(await desk.query('SELECT FROM session_inputs')).toEqual([]);
  expect(await desk.context.ledger.cycleCount()).toBe(1);
  expect(await prune()).toBe(0);
});

it('goes on piece by piece until nothing old is left', async () => {
  const { desk } = await deskAfter(0);
  const pieces = [5_000, 5_000, 12, 0].values();
  const asked: unknown[] = [];
  const { ledger } = desk.context;
  const context = desk.with({
    ledger: {
      ...ledger,
      transaction: (work) =>
        ledger.transaction((tx) =>
          work({
            ...tx,
            pruneDecisions: async (before, limit) => {
              asked.push([before, limit]);
              return pieces.next().value ?? 0;
            },
          }),
        ),
    },
  });
  expect(await pruneDecisions(context)).toBe(10_012);
  expect(asked).toEqual(Array.from({ length: 4 }, () => ['2024-10-21', 5_000]));
});

it('does not go on for ever', async () => {
  const { desk } = await deskAfter(0);
  const endless = { ...desk.context.ledger, transaction: async () => 1 as never };
  const context = desk.with({ ledger: endless });
  expect(await pruneDecisions(context)).toBe(200);
});

it('deletes nothing once another process trades the account', async () => {
  const { desk, prune } = await deskAfter(11);
  await desk.query('UPDATE trader_lease SET token = token + 1');
  await expect(prune()).rejects.toThrow(LeaseLostError);
  expect(await desk.context.ledger.storedCycles(FIRST.date)).toHaveLength(1);
});
