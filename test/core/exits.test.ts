import { describe, expect, it } from 'vitest';

import type { OpenTrade } from '#core/decision.ts';
import { closesFrom, decideExits, flattenRule, isFlattenDue } from '#core/exits.ts';
import type { ExitIntent, ExitView } from '#core/exits.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { formatUsd, parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';

import { DATE, SESSION, snapshot } from './support/snapshots.ts';

const at = (time: string, date: string = DATE) => newYorkInstant(asSessionDate(date), time);

interface Shape extends Partial<Pick<OpenTrade, 'side' | 'openedAt'>> {
  readonly entry?: string;
  readonly stop?: string;
  readonly best?: string;
  readonly close?: string | null;
}

/** Entered at 100.00 at ten, with R at $2.00; price has not moved, unless told otherwise. */
function openTrade(shape: Shape = {}): OpenTrade {
  const { side = 'long', openedAt = at('10:00'), entry = '100.00' } = shape;
  const { stop = side === 'long' ? '98.00' : '102.00', best = entry, close = best } = shape;
  return {
    id: tradeId('t1'),
    symbol: ticker('NVDA'),
    side,
    openedAt,
    entryPrice: parseUsd(entry),
    riskPerShare: parseUsd('2.00'),
    stopPrice: parseUsd(stop),
    bestPrice: parseUsd(best),
    lastClose: close === null ? null : parseUsd(close),
  };
}

interface Moment {
  readonly time?: string;
  readonly parameters?: Partial<StrategyParameters>;
  readonly status?: ExitView['control']['status'];
}

function exitsOf(trade: OpenTrade, { time = '10:30', parameters, status }: Moment = {}) {
  const view = snapshot({ barEnd: at(time), openTrades: [trade] });
  return decideExits({
    ...view,
    control: { ...view.control, status: status ?? 'active' },
    parameters: { ...DEFAULT_PARAMETERS, ...parameters },
  });
}

/** In short: why it is closed, or where the stop is moved. */
function told(intents: readonly ExitIntent[]): string {
  const [intent, ...more] = intents;
  expect(more).toEqual([]);
  if (intent === undefined) return 'nothing';
  return intent.kind === 'close' ? intent.reason : `stop to ${formatUsd(intent.to)}`;
}

describe('the trailing stop', () => {
  it.each([
    // side, best price, stop, what is done
    ['long', '102.99', '98.00', 'nothing', 'a cent short of 1.5 R'],
    ['long', '103.00', '98.00', 'stop to 101.00', 'at 1.5 R it follows, 1 R behind'],
    ['long', '104.50', '101.00', 'stop to 102.50', 'and goes on following'],
    ['long', '103.19', '101.00', 'nothing', 'by less than a tenth of R it is not moved'],
    ['long', '103.20', '101.00', 'stop to 101.20', 'by a tenth it is'],
    ['long', '103.00', '101.00', 'nothing', 'nor where it stands already'],
    ['long', '103.00', '101.50', 'nothing', 'it never loosens'],
    ['short', '97.01', '102.00', 'nothing', 'mirrored for a short'],
    ['short', '97.00', '102.00', 'stop to 99.00', 'it follows from above'],
    ['short', '96.81', '99.00', 'nothing', 'by no less than a step'],
    ['short', '96.80', '99.00', 'stop to 98.80', 'of a tenth of R'],
    ['short', '97.00', '98.50', 'nothing', 'and never loosens either'],
  ] as const)('of a %s whose best price is %s and stop %s: %s (%s)', (...row) => {
    const [side, best, stop, expected] = row;
    expect(told(exitsOf(openTrade({ side, best, stop })))).toBe(expected);
  });

  it.each([
    ['long', '103.00', '101.01', 'stop to 101.00', 'while the bar closes beyond it'],
    ['long', '103.00', '101.000001', 'stop to 101.00', 'by however little'],
    ['long', '103.00', '101.00', 'nothing', 'but not at the close'],
    ['long', '103.00', '100.50', 'nothing', 'and not on its wrong side'],
    ['short', '97.00', '98.99', 'stop to 99.00', 'likewise for a short'],
    ['short', '97.00', '99.00', 'nothing', 'whose stop at the close is none'],
    ['short', '97.00', '99.50', 'nothing', 'nor one below it'],
    ['long', '103.00', null, 'nothing', 'and nothing is known of a bar that is missing'],
    ['short', '97.00', null, 'nothing', 'on either side'],
  ] as const)('of a %s from %s, after a close of %s: %s (%s)', (...row) => {
    const [side, best, close, expected] = row;
    expect(told(exitsOf(openTrade({ side, best, close })))).toBe(expected);
  });

  it.each([
    ['long', '103.0149', 'stop to 101.01'],
    ['long', '103.0199', 'stop to 101.01'],
    ['short', '96.9851', 'stop to 98.99'],
    ['short', '96.9801', 'stop to 98.99'],
  ] as const)('of a %s behind %s is rounded away from the price: %s', (side, best, expected) => {
    expect(told(exitsOf(openTrade({ side, best })))).toBe(expected);
  });

  it('is rounded to hundredths of a cent below a dollar', () => {
    const trade = {
      ...openTrade({ entry: '0.9000', stop: '0.8000', best: '1.05', close: '1.05' }),
      riskPerShare: parseUsd('0.10005'),
    };
    const figures = { trailFromR: 1, trailBehindR: 1 };
    expect(told(exitsOf(trade, { parameters: figures }))).toBe('stop to 0.9499');
  });

  it.each([
    [{ trailFromR: 1 }, '102.00', 'stop to 100.00'],
    [{ trailFromR: 2 }, '103.99', 'nothing'],
    [{ trailBehindR: 0.5 }, '103.00', 'stop to 102.00'],
    [{ trailMinStepR: 1.6 }, '103.00', 'nothing'],
    [{ trailMinStepR: 0 }, '103.00', 'stop to 101.00'],
  ])('follows the figures %j: behind %s, %s', (parameters, best, expected) => {
    expect(told(exitsOf(openTrade({ best }), { parameters }))).toBe(expected);
  });

  it('moves by a step of nothing only where it gets nearer', () => {
    const parameters = { trailMinStepR: 0 };
    const there = openTrade({ best: '103.00', stop: '101.00' });
    expect(told(exitsOf(there, { parameters }))).toBe('nothing');
    const nearly = openTrade({ best: '103.00', stop: '100.999999' });
    expect(told(exitsOf(nearly, { parameters }))).toBe('stop to 101.00');
  });

  it('follows however little was at risk', () => {
    const trade = { ...openTrade({ best: '103.00' }), riskPerShare: parseUsd('0.000001') };
    expect(told(exitsOf(trade))).toBe('stop to 102.99');
  });

  it('has nothing to follow where nothing was at risk, or it would be no price', () => {
    const trade = openTrade({ best: '103.0050' });
    expect(told(exitsOf({ ...trade, riskPerShare: parseUsd('0') }))).toBe('nothing');
    const far = { trailBehindR: 60 };
    expect(told(exitsOf(trade, { parameters: far }))).toBe('nothing');
  });

  it('says what it stands on', () => {
    expect(exitsOf(openTrade({ best: '104.00', close: '103.50' }))).toEqual([
      {
        kind: 'move-stop',
        tradeId: 't1',
        symbol: 'NVDA',
        from: parseUsd('98.00'),
        to: parseUsd('102.00'),
        numbers: { bestPrice: 104, bestR: 2, riskPerShare: 2, close: 103.5, lockedInR: 1 },
      },
    ]);
  });
});

describe('the time exit', () => {
  it.each([
    // opened at, close, what is done at noon
    ['10:00', '100.00', 'time_exit', 'after two hours without a move'],
    ['10:01', '100.00', 'nothing', 'not a minute earlier'],
    ['09:45', '100.49', 'time_exit', 'also later, up to half a per cent'],
    ['09:45', '100.50', 'nothing', 'at half a per cent it has moved'],
    ['09:45', '99.51', 'time_exit', 'down as well as up'],
    ['09:45', '99.50', 'nothing', 'likewise'],
    ['09:45', null, 'nothing', 'and without the bar nothing is known'],
  ])('of a trade opened at %s, at noon and %s: %s (%s)', (...row) => {
    const [opened, close, expected] = row;
    for (const side of ['long', 'short'] as const) {
      const trade = openTrade({ side, openedAt: at(opened), close });
      expect(told(exitsOf(trade, { time: '12:00' }))).toBe(expected);
    }
  });

  it.each([
    [{ timeExitMinutes: 30 }, '10:30', '100.00', 'time_exit'],
    [{ timeExitMinutes: 35 }, '10:30', '100.00', 'nothing'],
    [{ timeExitMinutes: 0 }, '15:00', '100.00', 'nothing'],
    [{ timeExitPercent: 1 }, '12:00', '100.99', 'time_exit'],
    [{ timeExitPercent: 0.4 }, '12:00', '100.40', 'nothing'],
  ])('follows the figures %j: at %s and %s, %s', (parameters, time, close, expected) => {
    expect(told(exitsOf(openTrade({ close }), { time, parameters }))).toBe(expected);
  });

  it('says what it stands on, a loss as a loss', () => {
    const trade = openTrade({ side: 'short', close: '100.25' });
    expect(exitsOf(trade, { time: '12:30' })).toEqual([
      {
        kind: 'close',
        tradeId: 't1',
        symbol: 'NVDA',
        reason: 'time_exit',
        numbers: { ageMinutes: 150, timeExitMinutes: 120, pnlPercent: -0.25, timeExitPercent: 0.5 },
      },
    ]);
  });
});

describe('the end of the day', () => {
  const FULL = '16:00';
  const HALF = '13:00';
  it.each([
    // close, bar length, minutes before it, the first bar end that is due
    [FULL, 5, 5, '15:55'],
    [FULL, 15, 5, '15:45'],
    [HALF, 5, 5, '12:55'],
    [HALF, 15, 5, '12:45'],
    ['12:30', 5, 5, '12:25'],
    ['12:30', 15, 5, '12:15'],
    [FULL, 5, 1, '15:55'],
    [FULL, 5, 6, '15:50'],
    [FULL, 5, 10, '15:50'],
    [FULL, 15, 15, '15:45'],
    [FULL, 15, 16, '15:30'],
  ] as const)('at %s, by %i-minute bars and %i minutes before it, is due from %s', (...row) => {
    const [close, barMinutes, flattenMinutes, expected] = row;
    const session = { ...SESSION, close: at(close) };
    const figures = { endOfDay: 'flatten', barMinutes, flattenMinutes } as const;
    const barMs = barMinutes * MINUTE_MS;
    const ends: number[] = [];
    for (let end = session.open + barMs; end <= session.close; end += barMs) ends.push(end);
    const due = ends.filter((end) => isFlattenDue(session, end, figures));
    expect(due).toEqual(ends.filter((end) => end >= at(expected)));
    // Between two bar ends, where the guard looks, what the last one was holds.
    expect(isFlattenDue(session, at(expected) - 1, figures)).toBe(false);
    expect(isFlattenDue(session, at(expected) + 1, figures)).toBe(true);
    expect(isFlattenDue(session, session.close + 180 * MINUTE_MS, figures)).toBe(true);
  });

  it.each([
    ['2026-03-06', '20:55'],
    ['2026-03-09', '19:55'],
    ['2026-10-30', '19:55'],
    ['2026-11-02', '20:55'],
  ])('of %s, beside a change of the clocks, is due at %s UTC', (date, utc) => {
    const session = { date: asSessionDate(date), open: at('09:30', date), close: at(FULL, date) };
    const due = Date.parse(`${date}T${utc}:00Z`);
    expect(isFlattenDue(session, due - 1, DEFAULT_PARAMETERS)).toBe(false);
    expect(isFlattenDue(session, due, DEFAULT_PARAMETERS)).toBe(true);
  });

  it('is never due where positions are held', () => {
    const figures = { ...DEFAULT_PARAMETERS, endOfDay: 'hold' } as const;
    expect(isFlattenDue(SESSION, SESSION.close, figures)).toBe(false);
    expect(flattenRule(SESSION, SESSION.close, figures)(openTrade())).toBe(false);
  });

  it('closes at the first look what an earlier day has left', () => {
    const rule = flattenRule(SESSION, at('09:35'), DEFAULT_PARAMETERS);
    expect(rule({ openedAt: at('15:50', '2025-11-24') })).toBe(true);
    expect(rule({ openedAt: at('23:59', '2025-11-24') })).toBe(true);
    expect(rule({ openedAt: at('00:00') })).toBe(false);
    expect(rule({ openedAt: at('09:34') })).toBe(false);
  });

  it.each([
    ['15:50', {}, 'nothing'],
    ['15:55', {}, 'end_of_day'],
    ['16:00', {}, 'end_of_day'],
    ['15:55', { endOfDay: 'hold' }, 'nothing'],
    ['15:45', { barMinutes: 15 }, 'end_of_day'],
    ['15:40', { flattenMinutes: 20 }, 'end_of_day'],
  ] as const)('at %s with %j: %s, whatever the price', (time, parameters, expected) => {
    // At 0.6 per cent the time exit has nothing to say.
    expect(told(exitsOf(openTrade({ close: '100.60' }), { time, parameters }))).toBe(expected);
    const missing = openTrade({ close: null });
    expect(told(exitsOf(missing, { time, parameters }))).toBe(expected);
  });

  it('says what it stands on', () => {
    expect(exitsOf(openTrade(), { time: '15:55' })).toEqual([
      {
        kind: 'close',
        tradeId: 't1',
        symbol: 'NVDA',
        reason: 'end_of_day',
        numbers: { minutesToClose: 5, flattenMinutes: 5, ageMinutes: 355 },
      },
    ]);
  });
});

describe('of several rules that apply', () => {
  /** Half a per cent of 1,000 is $5: room for a best price of 1.5 R behind which the stop would move. */
  const flat = openTrade({ entry: '1000.00', stop: '998.00', best: '1003.00', close: '1002.00' });

  it.each([
    // time, control, what is done
    ['10:05', 'active', 'stop to 1001.00', 'alone, the stop trails'],
    ['12:00', 'active', 'time_exit', 'a trade that is closed needs no other stop'],
    ['15:55', 'active', 'end_of_day', 'the end of the day comes before the time exit'],
    ['10:05', 'halted', 'stop to 1001.00', 'a halt keeps entries away, not exits'],
    ['12:00', 'halted', 'time_exit', 'likewise'],
    ['15:55', 'halted', 'end_of_day', 'likewise'],
    ['10:05', 'flattening', 'nothing', 'what closes everything comes before the trailing stop'],
    ['12:00', 'flattening', 'nothing', 'before the time exit'],
    ['15:55', 'flattening', 'nothing', 'and before the end of the day'],
  ] as const)('at %s while %s: %s (%s)', (...row) => {
    const [time, status, expected] = row;
    expect(told(exitsOf(flat, { time, status }))).toBe(expected);
  });

  it('each trade gets its own, in the order of the trades', () => {
    const trades = [
      { ...openTrade({ best: '103.00' }), id: tradeId('t1') },
      { ...openTrade({ best: '101.00' }), id: tradeId('t2') },
      { ...openTrade({ openedAt: at('09:35'), close: '100.10' }), id: tradeId('t3') },
    ];
    const intents = decideExits(snapshot({ barEnd: at('11:55'), openTrades: trades }));
    expect(intents.map(({ tradeId: id, kind }) => `${id} ${kind}`)).toEqual([
      't1 move-stop',
      't3 close',
    ]);
  });
});

describe('the rules that go by time', () => {
  const SPANS = [
    [{}, {}],
    [{ timeExitMinutes: 0 }, {}],
    [{ timeExitMinutes: 0, endOfDay: 'hold' }, {}],
    [{ timeExitMinutes: 45, flattenMinutes: 17 }, {}],
    [{ barMinutes: 15 }, {}],
    [{}, { openedAt: at('15:30', '2025-11-21') }],
  ] as const satisfies readonly (readonly [Partial<StrategyParameters>, Shape])[];

  it.each(SPANS)(
    'close nothing before the first bar end at which they may: %j of %j',
    (...span) => {
      const [changes, shape] = span;
      const parameters = { ...DEFAULT_PARAMETERS, ...changes };
      const trade = openTrade(shape);
      const from = closesFrom(trade, SESSION, parameters);
      const isClosed = (barEnd: number): boolean => {
        const view = snapshot({ barEnd, openTrades: [trade] });
        return decideExits({ ...view, parameters }).some(({ kind }) => kind === 'close');
      };
      const barMs = parameters.barMinutes * MINUTE_MS;
      const ends: number[] = [];
      for (let end = SESSION.open + barMs; end <= SESSION.close; end += barMs) ends.push(end);
      expect(ends.filter((end) => end < from).some(isClosed)).toBe(false);
      // From then on they do: price has not moved.
      expect(ends.filter((end) => end >= from).every(isClosed)).toBe(true);
    },
  );
});
