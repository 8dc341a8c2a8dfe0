import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  afterReply,
  afterSend,
  createRateBudget,
  freshBudget,
  waitOf,
} from '#adapters/alpaca/rate-budget.ts';
import type { BudgetReply, BudgetState, Priority } from '#adapters/alpaca/rate-budget.ts';
import { MINUTE_MS } from '#core/session.ts';

import { virtualTimers } from './virtual-timers.ts';

/** A full minute, as the broker's windows begin. */
const T0 = Date.parse('2025-11-25T14:30:00Z');
const RESET_MARGIN_MS = 1_000;

const reply = (changes: Partial<BudgetReply>): BudgetReply => ({
  isTooMany: false,
  remaining: null,
  resetAt: null,
  ...changes,
});

const sentTimes = (state: BudgetState, count: number, at: number): BudgetState =>
  Array.from({ length: count }).reduce<BudgetState>((before) => afterSend(before, at), state);

const waits = (state: BudgetState, now: number) => ({
  normal: waitOf(state, 'normal', now),
  protective: waitOf(state, 'protective', now),
});

describe('a budget of 10 requests a minute, 4 of them kept', () => {
  const fresh = freshBudget(10, 4);

  it('29: lets six normal requests go, and all ten of what protects', () => {
    expect(waits(sentTimes(fresh, 5, T0), T0)).toEqual({ normal: 0, protective: 0 });
    expect(waits(sentTimes(fresh, 6, T0), T0)).toEqual({ normal: MINUTE_MS, protective: 0 });
    expect(waits(sentTimes(fresh, 9, T0), T0)).toMatchObject({ protective: 0 });
    expect(waits(sentTimes(fresh, 10, T0), T0)).toMatchObject({ protective: MINUTE_MS });
  });

  it('29: waits for just so many as it needs to fall out of the last minute', () => {
    const early = sentTimes(fresh, 5, T0);
    const late = sentTimes(early, 3, T0 + 10_000);
    expect(waits(late, T0 + 20_000)).toEqual({ normal: 40_000, protective: 0 });
    expect(waits(late, T0 + 60_000)).toEqual({ normal: 0, protective: 0 });
  });

  it('29: believes the broker when it has less left than we think', () => {
    const told = afterReply(fresh, reply({ remaining: 4, resetAt: T0 + 30_000 }), 0, T0);
    expect(waits(told, T0)).toEqual({ normal: 30_000, protective: 0 });
    expect(waits(sentTimes(told, 4, T0), T0)).toEqual({ normal: 30_000, protective: 30_000 });
    expect(waits(told, T0 + 30_000)).toEqual({ normal: 0, protective: 0 });
  });

  it('29: counts what is still under way against what the broker says is left', () => {
    const told = afterReply(fresh, reply({ remaining: 6, resetAt: T0 + 30_000 }), 2, T0);
    expect(waits(told, T0)).toEqual({ normal: 30_000, protective: 0 });
  });

  it('29: keeps the lower of two replies of one window, and ignores a late one of the window before', () => {
    const low = afterReply(fresh, reply({ remaining: 1, resetAt: T0 + 30_000 }), 0, T0);
    const high = afterReply(low, reply({ remaining: 9, resetAt: T0 + 30_000 }), 0, T0);
    const late = afterReply(high, reply({ remaining: 9, resetAt: T0 + 1_000 }), 0, T0);
    expect(waits(late, T0)).toMatchObject({ normal: 30_000 });
  });

  it('29: begins afresh with the next window of the broker, whatever was sent in the one before', () => {
    const told = afterReply(fresh, reply({ remaining: 10, resetAt: T0 + 30_000 }), 0, T0);
    const sent = sentTimes(told, 10, T0 + 20_000);
    expect(waits(sent, T0 + 30_000)).toEqual({ normal: 0, protective: 0 });
  });

  it('29: lets nobody go before Reset after a 429', () => {
    const closed = afterReply(fresh, reply({ isTooMany: true, resetAt: T0 + 30_000 }), 0, T0);
    const wait = 30_000 + RESET_MARGIN_MS;
    expect(waits(closed, T0)).toEqual({ normal: wait, protective: wait });
    expect(waits(closed, T0 + wait)).toEqual({ normal: 0, protective: 0 });
  });

  it.each([
    ['without a Reset', null, 10_000],
    ['whose Reset was a moment ago', T0 - 500, RESET_MARGIN_MS],
    ['whose Reset is long over by our clock', T0 - 5_000, 10_000],
    ['whose Reset is hours away by our clock', T0 + 3_600_000, MINUTE_MS + RESET_MARGIN_MS],
  ])('29: waits a while after a 429 %s', (_, resetAt, wait) => {
    const closed = afterReply(fresh, reply({ isTooMany: true, resetAt }), 0, T0);
    expect(waits(closed, T0)).toEqual({ normal: wait, protective: wait });
  });

  it('29: never lets more than ten go within a minute, whoever asks when', () => {
    const ask = fc.record({
      gap: fc.integer({ min: 0, max: 20_000 }),
      priority: fc.constantFrom<Priority>('normal', 'protective'),
    });
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 80 }), (asks) => {
        let state = fresh;
        let now = T0;
        const sent: number[] = [];
        for (const { gap, priority } of asks) {
          now += gap;
          if (waitOf(state, priority, now) > 0) continue;
          state = afterSend(state, now);
          sent.push(now);
          expect(sent.filter((at) => at > now - MINUTE_MS).length).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});

describe('a budget without a limit', () => {
  it('29: takes no notice of what is left, and waits after a 429', () => {
    const fresh = freshBudget(null, 4);
    const told = afterReply(fresh, reply({ remaining: 0, resetAt: T0 + 30_000 }), 0, T0);
    expect(waits(sentTimes(told, 1_000, T0), T0)).toEqual({ normal: 0, protective: 0 });
    const closed = afterReply(told, reply({ isTooMany: true, resetAt: T0 + 30_000 }), 0, T0);
    expect(waits(closed, T0)).toMatchObject({ protective: 30_000 + RESET_MARGIN_MS });
  });
});

/** Three requests a minute, one of them kept, and who got what. */
function aBudget() {
  const timers = virtualTimers(T0);
  const budget = createRateBudget({ limit: 3, reserve: 1, timers });
  const log: string[] = [];
  const ask = (name: string, priority: Priority, patienceMs = 300_000) =>
    void budget
      .take(priority, timers.now() + patienceMs)
      .then((mayGo) => log.push(`${name} ${mayGo ? 'goes' : 'gives up'}`));
  return { timers, budget, log, ask };
}

describe('those who wait for the budget', () => {
  it('29: go in order, and behind what protects', async () => {
    const { timers, log, ask } = aBudget();
    for (const name of ['a', 'b', 'c', 'd']) ask(name, 'normal');
    ask('stop', 'protective');
    await timers.pass(59_999);
    expect(log).toEqual(['a goes', 'b goes', 'stop goes']);
    ask('another stop', 'protective');
    await timers.pass(1);
    expect(log.slice(3)).toEqual(['another stop goes', 'c goes']);
    await timers.pass(MINUTE_MS);
    expect(log.slice(5)).toEqual(['d goes']);
  });

  it('29: give up when their patience ends, and hold nobody else up', async () => {
    const { timers, budget, log, ask } = aBudget();
    budget.heard(reply({ isTooMany: true, resetAt: T0 + 40_000 }));
    ask('entry', 'normal', 20_000);
    ask('stop', 'protective', 65_000);
    ask('late', 'normal', 50_000);
    await timers.pass(20_000);
    expect(log).toEqual(['entry gives up']);
    await timers.pass(20_000 + RESET_MARGIN_MS);
    expect(log.slice(1)).toEqual(['stop goes', 'late goes']);
  });
});
