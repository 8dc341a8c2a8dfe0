import { describe, expect, it } from 'vitest';

import { holeNotes, minuteNotes, timeNotes } from '#core/bar-notes.ts';
import type { BarColumns } from '#core/bars.ts';
import { sessionsOfBars } from '#core/exchange-calendar.ts';
import { ticker } from '#core/ids.ts';
import { asSessionDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { barStarts } from '#test/support/bar-files.ts';
import { barsAt } from '#test/support/bars.ts';

/** Four sessions, of which the last is a half-day, and the two before them. */
const [BEFORE, FROM, TO] = ['2025-11-20', '2025-11-24', '2025-11-28'].map(asSessionDate);
const DAYS = ['2025-11-20', '2025-11-21', '2025-11-24', '2025-11-25', '2025-11-26', '2025-11-28'];
const ASKED = { from: FROM!, to: TO!, warmUp: 2 };
const WHOLE = barStarts(BEFORE!, TO!);

/** A market of these bars of each symbol. */
function marketOf(starts: Readonly<Record<string, readonly EpochMs[]>>) {
  const bars = new Map(
    Object.entries(starts).map(([symbol, each]) => [ticker(symbol), barsAt(each)] as const),
  );
  return { barMinutes: 5, bars, sessions: sessionsOfBars(bars.values()) };
}

const on = (...days: readonly number[]): readonly EpochMs[] =>
  days.flatMap((day) => barStarts(DAYS[day]!, DAYS[day]!));

const without = (...rows: readonly number[]): readonly EpochMs[] =>
  WHOLE.filter((_, row) => !rows.includes(row));

describe('what is to be known about the time of the bars', () => {
  it('is nothing where all of it is there', () => {
    expect(timeNotes(marketOf({ AAPL: WHOLE, MSFT: WHOLE }), ASKED)).toEqual([]);
    expect(timeNotes(marketOf({ AAPL: on(3) }), { from: null, to: null, warmUp: 71 })).toEqual([]);
  });

  it('is what of the asked sessions is missing at an end', () => {
    expect(timeNotes(marketOf({ AAPL: on(0, 1, 2) }), ASKED)).toEqual([
      'only 1 of the 4 sessions from 2025-11-24 to 2025-11-28 have bars: those from 2025-11-24 to 2025-11-24',
    ]);
  });

  it('is a warm-up that is too short', () => {
    expect(timeNotes(marketOf({ AAPL: WHOLE }), { ...ASKED, warmUp: 3 })).toEqual([
      'only 2 of the 3 sessions before 2025-11-24 that warm up are there: the first days are decided on less; begin later, or add bars from 2025-11-19 on',
    ]);
  });

  it('is which symbols begin later than the others, and which end earlier', () => {
    const late = Object.fromEntries('ABCDEFG'.split('').map((name) => [name, on(2, 3, 4, 5)]));
    const market = marketOf({ AAPL: WHOLE, MSFT: on(1, 2, 3, 4), ...late });
    expect(timeNotes(market, ASKED)).toEqual([
      'no bars before 2025-11-21 of MSFT',
      'no bars before 2025-11-24 of A, B, C, D, E and 2 more',
      'no bars after 2025-11-26 of MSFT',
    ]);
  });
});

describe('what is to be known about holes in the bars', () => {
  it('is nothing where there are none', () => {
    expect(holeNotes(marketOf({ AAPL: WHOLE, MSFT: on(2) }))).toEqual([]);
  });

  it('is how many bars of each symbol are missing, and how long at most', () => {
    const market = marketOf({ AAPL: WHOLE, MSFT: without(10, 11, 100), NVDA: without(200) });
    expect(holeNotes(market)).toEqual([
      'missing bars: MSFT (3 in 2 sessions, the longest hole 10 minutes), NVDA (1 in 1 session, the longest hole 5 minutes)',
    ]);
  });

  it('is as much of a stock that is seldom traded', () => {
    const seldom = WHOLE.filter((_, row) => row % 3 === 0);
    expect(holeNotes(marketOf({ AAPL: WHOLE, TPL: seldom }))).toEqual([
      'missing bars: TPL (286 in 6 sessions, the longest hole 10 minutes)',
    ]);
  });

  it('is which whole sessions are missing between the first bar and the last one', () => {
    expect(holeNotes(marketOf({ AAPL: WHOLE, MSFT: on(0, 3, 5), NVDA: on(2, 3) }))).toEqual([
      'sessions without bars: MSFT (2025-11-21 to 2025-11-24, 2025-11-26)',
    ]);
  });

  it('is how many bars have no volume', () => {
    const market = marketOf({ AAPL: on(2, 3) });
    const [[symbol, columns]] = [...market.bars] as [[ReturnType<typeof ticker>, BarColumns]];
    const volume = columns.volume.map((shares, row) => (row < 3 ? 0 : shares));
    const bars = new Map([[symbol, { ...columns, volume }]]);
    expect(holeNotes({ ...market, bars })).toEqual(['bars without volume: AAPL (3 of 156)']);
  });
});

describe('what is to be known about 1-minute bars', () => {
  const minutes = (...days: readonly number[]) => marketOf({ SPY: on(...days) }).bars;
  const { sessions } = marketOf({ SPY: WHOLE });

  it('is nothing where each session has some', () => {
    expect(minuteNotes(minutes(0, 1, 2, 3, 4, 5), sessions)).toEqual([]);
  });

  it('is in how many of the sessions they tell nothing', () => {
    expect(minuteNotes(minutes(0, 3), sessions.slice(2))).toEqual([
      'sessions without 1-minute bars, in which the stop counts first: SPY (3 of 4)',
    ]);
  });
});
