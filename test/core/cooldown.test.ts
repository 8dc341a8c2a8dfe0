import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { cooldownAt, isCoolingDown } from '#core/cooldown.ts';
import type { PastTrade } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { ExitReason } from '#core/trade.ts';

import { pastTrade } from './support/snapshots.ts';

const NOW = Date.parse('2025-11-25T15:30:00Z');
const NVDA = ticker('NVDA');

const ago = (minutes: number): number => NOW - minutes * MINUTE_MS;

/** Stop-outs of one symbol, so many minutes ago. */
const stopOuts = (symbol: string, ...minutes: readonly number[]): readonly PastTrade[] =>
  minutes.map((each) => pastTrade({ symbol: ticker(symbol), closedAt: ago(each) }));

const at = (pastTrades: readonly PastTrade[], changes: Partial<StrategyParameters> = {}) =>
  cooldownAt(NOW, NVDA, pastTrades, { ...DEFAULT_PARAMETERS, ...changes });

const NOTHING = { cooldownUntil: null, streakUntil: null, stopOuts: 0, minutesLeft: 0 };

describe('the cooldown of a symbol', () => {
  it.each(
    // oxfmt-ignore
    [
      // minutes ago, symbol, minutes left
      [0,      'NVDA', 30, 'just now'],
      [10,     'NVDA', 20, 'ten minutes ago'],
      [29,     'NVDA', 1,  'a minute before it ends'],
      [29.999, 'NVDA', 1,  'a moment before it ends'],
      [30,     'NVDA', 0,  'at its end'],
      [45,     'NVDA', 0,  'after it'],
      [-2,     'NVDA', 32, 'after the bar that is decided on'],
      [5,      'AMD',  0,  'in another symbol'],
    ] as const,
  )('a stop-out %d minutes ago of %s leaves %d (%s)', (...[minutes, symbol, minutesLeft]) => {
    const { cooldownUntil, ...cooldown } = at(stopOuts(symbol, minutes));
    const ends = minutesLeft === 0 ? null : ago(minutes) + 30 * MINUTE_MS;
    expect(cooldownUntil).toBe(ends);
    expect(cooldown).toEqual({ streakUntil: null, stopOuts: 1, minutesLeft });
  });

  it.each<[ExitReason, number, boolean]>([
    ['stop_loss', -1, true],
    ['stop_loss', 0, true],
    // A stop that had trailed.
    ['stop_loss', 1, false],
    ['emergency_stop', -1, true],
    ['emergency_stop', 1, false],
    ['take_profit', 1, false],
    ['manual_close', -1, false],
    ['risk_limit', -1, false],
    ['time_exit', -1, false],
    ['end_of_day', -1, false],
    ['scale_out', -1, false],
    ['other', -1, false],
  ])('a trade that ended by %s with %d cools it down: %s', (exitReason, pnl, isStopOut) => {
    const trade = pastTrade({ exitReason, pnl: micros(pnl), closedAt: ago(1) });
    expect(at([trade]).cooldownUntil !== null).toBe(isStopOut);
    expect(at([trade]).stopOuts).toBe(isStopOut ? 1 : 0);
  });

  it('runs from the last of several stop-outs, in whichever order they come', () => {
    const until = ago(5) + 30 * MINUTE_MS;
    expect(at(stopOuts('NVDA', 25, 5)).cooldownUntil).toBe(until);
    expect(at(stopOuts('NVDA', 5, 25)).cooldownUntil).toBe(until);
  });

  it('is as long as the parameters say, and none at zero', () => {
    expect(at(stopOuts('NVDA', 30), { cooldownMinutes: 45 })).toMatchObject({ minutesLeft: 15 });
    expect(at(stopOuts('NVDA', 0), { cooldownMinutes: 1 })).toMatchObject({ minutesLeft: 1 });
    expect(at(stopOuts('NVDA', -5), { cooldownMinutes: 0 }).cooldownUntil).toBeNull();
  });

  it('is nothing without a trade', () => {
    expect(at([])).toEqual(NOTHING);
  });
});

describe('the pause after a streak of stop-outs', () => {
  it.each<[string, readonly PastTrade[], number | null, number]>([
    // How many minutes are left; how many stop-outs there were in the last hour.
    ['four within the hour', stopOuts('AMD', 60, 40, 20, 10), 50, 4],
    ['four within the hour, in whichever order', stopOuts('AMD', 10, 40, 20, 60), 50, 4],
    ['four in exactly an hour', stopOuts('AMD', 65, 40, 20, 5), 55, 3],
    ['four in a little more than an hour', stopOuts('AMD', 65.1, 40, 20, 5), null, 3],
    ['only three', stopOuts('AMD', 40, 20, 10), null, 3],
    ['four at once', stopOuts('AMD', 10, 10, 10, 10), 50, 4],
    ['four of several symbols', [...stopOuts('AMD', 40, 30), ...stopOuts('KO', 20, 10)], 50, 4],
    ['five, the first long ago', stopOuts('AMD', 300, 40, 30, 20, 10), 50, 4],
    ['four whose pause is over', stopOuts('AMD', 100, 80, 70, 60), null, 1],
    ['four whose pause ends in a moment', stopOuts('AMD', 100, 80, 70, 59.99), 1, 1],
  ])('holds after %s', (_, trades, minutesLeft, count) => {
    const found = at(trades);
    expect(found).toMatchObject({
      minutesLeft: minutesLeft ?? 0,
      stopOuts: count,
      cooldownUntil: null,
    });
    const last = Math.max(...trades.map(({ closedAt }) => closedAt));
    expect(found.streakUntil).toBe(minutesLeft === null ? null : last + 60 * MINUTE_MS);
  });

  it('is not cut short by one more stop-out that makes no streak of its own', () => {
    const four = stopOuts('AMD', 65, 62, 10, 8);
    expect(at(four).streakUntil).toBe(ago(8 - 60));
    expect(at([...four, ...stopOuts('KO', 0)]).streakUntil).toBe(ago(8 - 60));
  });

  it('is prolonged by one more that does', () => {
    expect(at(stopOuts('AMD', 40, 30, 20, 10, 2)).streakUntil).toBe(ago(2 - 60));
  });

  it('counts no stop that had trailed into a profit', () => {
    const trailed = pastTrade({ pnl: micros(1), closedAt: ago(5) });
    expect(at([...stopOuts('AMD', 40, 30, 20), trailed]).streakUntil).toBeNull();
  });

  it.each<[string, Partial<StrategyParameters>, number | null]>([
    ['three stop-outs', { streakStopOuts: 3 }, -50],
    ['a window of 19 minutes', { streakStopOuts: 3, streakWindowMinutes: 19 }, null],
    ['a pause of 30 minutes', { streakStopOuts: 3, streakPauseMinutes: 30 }, -20],
    ['no pause', { streakStopOuts: 3, streakPauseMinutes: 0 }, null],
  ])('heeds the parameters: %s', (_, changes, until) => {
    const trades = stopOuts('AMD', 30, 20, 10);
    expect(at(trades, changes).streakUntil).toBe(until === null ? null : ago(until));
  });

  it('leaves as many minutes as the longer of the two pauses', () => {
    const trades = [...stopOuts('AMD', 50, 45, 42), ...stopOuts('NVDA', 40)];
    expect(at(trades)).toMatchObject({ cooldownUntil: null, minutesLeft: 20 });
    expect(at([...trades, ...stopOuts('NVDA', 1)])).toMatchObject({ minutesLeft: 59 });
    expect(at(stopOuts('NVDA', 1, 50, 50, 50), { streakPauseMinutes: 10 })).toMatchObject({
      minutesLeft: 29,
    });
  });
});

describe('whatever was closed', () => {
  const trades = fc.array(
    fc.record({
      symbol: fc.constantFrom(ticker('NVDA'), ticker('AMD')),
      exitReason: fc.constantFrom<ExitReason>('stop_loss', 'emergency_stop', 'take_profit'),
      closedAt: fc.integer({ min: 0, max: 180 }).map(ago),
      pnl: fc.integer({ min: -3, max: 1 }).map(micros),
    }),
    { maxLength: 12 },
  );

  it('one more stop-out never shortens a pause', () => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 0, max: 180 }), (past, minutes) => {
        const before = at(past);
        const after = at([...past, ...stopOuts('AMD', minutes)]);
        expect(after.streakUntil ?? 0).toBeGreaterThanOrEqual(before.streakUntil ?? 0);
        expect(after.minutesLeft).toBeGreaterThanOrEqual(before.minutesLeft);
      }),
    );
  });

  it('an instant that is none is never over', () => {
    expect(at([pastTrade({ closedAt: Number.NaN })]).cooldownUntil).toBeNaN();
  });
});

it('says that there is a pause exactly where one of its ends lies ahead', () => {
  const trades = fc.array(
    fc
      .record({
        symbol: fc.constantFrom(NVDA, ticker('AMD')),
        exitReason: fc.constantFrom<ExitReason>('stop_loss', 'emergency_stop', 'take_profit'),
        closedAt: fc.oneof(fc.integer({ min: -5, max: 200 }).map(ago), fc.constant(Number.NaN)),
        pnl: fc.constantFrom(-1, 0, 1).map(micros),
      })
      .map(pastTrade),
    { maxLength: 12 },
  );
  let pauses = 0;
  fc.assert(
    fc.property(trades, (past) => {
      const { cooldownUntil, streakUntil } = at(past);
      const isPaused = cooldownUntil !== null || streakUntil !== null;
      if (isPaused) pauses += 1;
      expect(isCoolingDown(NOW, NVDA, past, DEFAULT_PARAMETERS)).toBe(isPaused);
    }),
    { numRuns: 1_000 },
  );
  expect(pauses).toBeGreaterThan(100);
});
