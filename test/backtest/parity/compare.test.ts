import { describe, expect, it } from 'vitest';

import { compareDays } from '#backtest/parity/compare.ts';
import type { DayBook, DaySignal, RecordedBook } from '#backtest/parity/compare.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';
import type { DayFill, ParityDifference } from '#ports/parity.ts';
import { anIntent } from '#test/support/intents.ts';

const NVDA = ticker('NVDA');
const date = asSessionDate('2025-11-26');
const at = (time: string): number => newYorkInstant(date, time);

const entered: DaySignal = {
  barEnd: at('10:30'),
  symbol: NVDA,
  outcome: 'entered',
  intent: anIntent(),
};
const refused: DaySignal = { ...entered, barEnd: at('11:00'), outcome: 'cooldown', intent: null };
const entry: DayFill = {
  tradeId: tradeId('2025-11-26-1030-NVDA'),
  symbol: NVDA,
  side: 'buy',
  as: 'entry',
  quantity: 10,
  price: parseUsd('100'),
  at: at('10:35'),
};
const exit: DayFill = { ...entry, side: 'sell', as: 'take_profit', at: at('11:20') };
const day: DayBook = { signals: [entered, refused], fills: [entry, exit] };

const recordedAs = (changes: Partial<RecordedBook>): RecordedBook => ({
  ...day,
  session: { date, open: at('09:30'), close: at('16:00') },
  barMinutes: 5,
  barEnds: new Set([entered.barEnd, refused.barEnd]),
  byHand: [],
  statuses: new Map(),
  ...changes,
});

const differencesOf = (
  recorded: Partial<RecordedBook>,
  replayed: Partial<DayBook> = {},
): readonly ParityDifference[] =>
  compareDays(recordedAs(recorded), { ...day, ...replayed }).differences;

const withFill = (changes: Partial<DayFill>) => ({ fills: [{ ...entry, ...changes }, exit] });

const verdictAt = (price: string) =>
  compareDays(recordedAs(withFill({ price: parseUsd(price) })), day).verdict;

describe('two days', () => {
  it('that are the same are identical, and say what they have in common', () => {
    expect(compareDays(recordedAs({}), day)).toEqual({
      date,
      verdict: 'identical',
      signals: 2,
      fills: 2,
      slippage: { bps: 0, usd: 0 },
      barsWithoutCycle: 76,
      differences: [],
      byHand: [],
    });
  });

  it.each<[string, Partial<RecordedBook>, Partial<DayBook>, object]>([
    [
      'a signal that the bot refused',
      { signals: [{ ...entered, outcome: 'control', intent: null }, refused] },
      {},
      { kind: 'signal-missed', recorded: 'control' },
    ],
    [
      'a signal at a bar that no cycle looked at',
      { signals: [refused], barEnds: new Set([refused.barEnd]) },
      {},
      { kind: 'signal-missed', recorded: 'no-cycle' },
    ],
    [
      'a signal that the backtest refuses',
      {},
      { signals: [{ ...entered, outcome: 'drawdown', intent: null }, refused] },
      { kind: 'signal-extra', replayed: 'drawdown' },
    ],
    [
      'an entry at a bar that the backtest does not have',
      {},
      { signals: [refused] },
      { kind: 'signal-extra', replayed: 'freshness' },
    ],
    [
      'a signal refused for another reason',
      {},
      { signals: [entered, { ...refused, outcome: 'sector' }] },
      { kind: 'signal-refused', recorded: 'cooldown', replayed: 'sector' },
    ],
    [
      'an entry with other numbers',
      { signals: [{ ...entered, intent: anIntent({ quantity: 12 }) }, refused] },
      {},
      { kind: 'signal-numbers', numbers: [{ name: 'shares', recorded: '12', replayed: '10' }] },
    ],
    ['a fill that the bot has not', { fills: [exit] }, {}, { kind: 'fill-missed', fill: entry }],
    ['a fill that the backtest has not', {}, { fills: [exit] }, { kind: 'fill-extra' }],
    ['a fill a bar late', withFill({ at: at('10:40') }), {}, { kind: 'fill-late', bars: 1 }],
    ['a fill two bars early', withFill({ at: at('10:25') }), {}, { kind: 'fill-late', bars: -2 }],
    ['fewer shares', withFill({ quantity: 7 }), {}, { kind: 'fill-quantity', replayed: 10 }],
    [
      'a dearer purchase',
      withFill({ price: parseUsd('100.10') }),
      {},
      { kind: 'fill-price', bps: 10, usd: parseUsd('1') },
    ],
    [
      'a dearer sale',
      { fills: [entry, { ...exit, price: parseUsd('100.10') }] },
      {},
      { kind: 'fill-price', bps: -10, usd: parseUsd('-1') },
    ],
  ])('differ by %s', (_, recorded, replayed, difference) => {
    expect(differencesOf(recorded, replayed)).toMatchObject([difference]);
  });

  it('do not differ by an instant within the same bar', () => {
    expect(differencesOf(withFill({ at: at('10:31') }))).toEqual([]);
  });

  it('do not differ by what bad data kept either from looking at', () => {
    const cold: DaySignal = { ...refused, outcome: 'warm-up' };
    expect(differencesOf({ signals: [entered, cold] }, { signals: [entered] })).toEqual([]);
  });

  it('match a trade’s two targets by their bars, so that one that is missing names itself', () => {
    const later: DayFill = { ...exit, at: at('12:00'), price: parseUsd('105') };
    const recorded = { fills: [entry, later] };
    expect(differencesOf(recorded, { fills: [entry, exit, later] })).toMatchObject([
      { kind: 'fill-missed', fill: exit },
    ]);
  });

  it('are as tested while prices alone differ, by no more than slippage', () => {
    expect([verdictAt('100.05'), verdictAt('100.06')]).toEqual(['as-tested', 'different']);
  });

  it('sum slippage up over all fills, in dollars and of their value', () => {
    const { slippage } = compareDays(recordedAs(withFill({ price: parseUsd('100.10') })), day);
    expect(slippage).toEqual({ usd: parseUsd('1'), bps: 5 });
  });

  it('do not differ by what was closed by hand', () => {
    const fill: DayFill = { ...exit, as: 'manual_close', at: at('11:00') };
    const byHand = [{ kind: 'closed', fill }] as const;
    const fills = [entry, fill];
    expect(differencesOf({ fills, byHand }, { fills: [entry] })).toEqual([]);
  });
});
