import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { decideCycle } from '#core/cycle-intents.ts';
import type { Decision, Features, Snapshot } from '#core/decision.ts';
import { exactJson } from '#core/exact-json.ts';
import { ticker } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { readDecisionRecord } from '#core/read-decision-record.ts';
import { addDays, asSessionDate, MINUTE_MS } from '#core/session.ts';
import type { DecidedCycle } from '#ports/decisions.ts';
import type { Ledger } from '#ports/ledger.ts';

import {
  asset,
  BAR_END,
  DATE,
  features,
  position,
  snapshot,
  symbolSnapshot,
} from '../../core/support/snapshots.ts';
import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { enter, intentOf, noSignal } from './facts.ts';

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ledger = desk.ledger;
});
beforeEach(() => desk.clear());
afterAll(() => desk.close());

const NVDA = ticker('NVDA');

/** The cycle of a snapshot, as the application makes it. */
function cycleOf(at: Snapshot): DecidedCycle {
  return { snapshot: at, ...decideCycle(at) };
}

const record = (cycle: DecidedCycle) => ledger.transaction((tx) => tx.recordCycle(cycle));

const watching = (...symbols: readonly string[]): Snapshot =>
  snapshot({ symbols: symbols.map((symbol) => symbolSnapshot(symbol)) });

/** Some bars later, or some sessions. */
const later = (at: Snapshot, bars: number, days = 0): Snapshot => ({
  ...at,
  barEnd: at.barEnd + bars * 5 * MINUTE_MS,
  session: { ...at.session, date: addDays(at.session.date, days) },
});

const BARS = [
  { date: asSessionDate('2025-11-21'), close: 99.123456789, volume: 1_000_000 },
  { date: asSessionDate('2025-11-24'), close: 100.1, volume: 2_000_000 },
];

/** Everything in it that a snapshot may hold. */
const full = (): Snapshot =>
  snapshot({
    symbols: [
      symbolSnapshot('NVDA'),
      symbolSnapshot('AAPL', { features: null }),
      symbolSnapshot('AMD', {
        asset: null,
        features: features({ atr: Number.NaN, barsSinceCrossUp: Number.POSITIVE_INFINITY }),
      }),
      symbolSnapshot('TSLA', { asset: asset('TSLA', { shortable: false, hardToBorrow: true }) }),
    ],
    positions: [position('TSLA')],
    pendingEntries: [{ symbol: ticker('MSFT'), notional: micros(123_456_789) }],
    daily: new Map([
      [ticker('TSLA'), BARS],
      [NVDA, BARS.slice(1)],
      [ticker('AAPL'), []],
    ]),
    sectors: new Map([[NVDA, 'Technology']]),
    pastTrades: [{ symbol: NVDA, exitReason: 'stop_loss', closedAt: BAR_END - 1, pnl: micros(-7) }],
    drawdown: {
      dailyPercent: -0,
      peakPercent: null,
      isDailyBreached: false,
      isPeakBreached: false,
    },
    impediments: [],
  });

const versions = () => desk.query('SELECT FROM session_inputs');

const decisionAt = (minutes: number, symbol = 'NVDA') =>
  ledger.decisionAt(DATE, ticker(symbol), BAR_END + minutes * MINUTE_MS);

const prune = (before: string, limit = 1000) =>
  ledger.transaction((tx) => tx.pruneDecisions(asSessionDate(before), limit));

const rows = async (table: string) => (await desk.query(`SELECT FROM ${table}`)).length;

const sizeOf = async (decision: Decision): Promise<number> => {
  await record({ ...cycleOf(watching('NVDA')), decisions: [decision] });
  const [row] = await desk.query<{ size: number }>(
    'SELECT octet_length(record::text) AS size FROM decisions',
  );
  return row!.size;
};

describe('a cycle', () => {
  it('is recorded once, and tells which symbols were decided just now', async () => {
    expect(await record(cycleOf(watching('NVDA', 'AAPL')))).toEqual(new Set(['AAPL', 'NVDA']));
    expect(await record(cycleOf(watching('NVDA', 'MSFT')))).toEqual(new Set());
    expect(await record(cycleOf(later(watching('NVDA'), 1)))).toEqual(new Set(['NVDA']));
  });

  it('keeps all of its first run: decisions, inputs and intents', async () => {
    const first = cycleOf(watching('NVDA'));
    await record(first);
    await record(cycleOf({ ...watching('NVDA', 'AAPL'), impediments: ['blind'] }));
    const stored = await ledger.storedCycle(DATE, BAR_END);
    expect(stored!.snapshot).toEqual(first.snapshot);
    expect(stored!.decisions.map(({ symbol, kind }) => [symbol, kind])).toEqual([
      ['NVDA', 'enter'],
    ]);
    expect(stored!.intents).toBe(exactJson(first.intents));
  });

  it('of one bar by two processes at once goes to one of them, whole', async () => {
    const symbols = ['AAPL', 'AMD', 'META', 'MSFT', 'NVDA', 'TSLA'];
    const shares = await Promise.all([
      record(cycleOf(watching(...symbols))),
      record(cycleOf(watching(...symbols.toReversed()))),
      record(cycleOf(watching(...symbols))),
    ]);
    expect(shares.map(({ size }) => size)).toContain(6);
    expect(shares.reduce((sum, { size }) => sum + size, 0)).toBe(6);
  });

  it('without a symbol is a cycle too', async () => {
    expect(await record(cycleOf(watching()))).toEqual(new Set());
    expect((await ledger.storedCycle(DATE, BAR_END))!.snapshot).toEqual(watching());
  });

  it('leaves nothing when its transaction fails', async () => {
    const failing = ledger.transaction(async (tx) => {
      await tx.recordCycle(cycleOf(full()));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ledger.storedCycles(DATE)).toEqual([]);
    expect(await desk.query('SELECT FROM decisions')).toEqual([]);
    expect(await desk.query('SELECT FROM session_inputs')).toEqual([]);
  });
});

describe('a stored cycle', () => {
  it('is rebuilt as it was seen, whatever was in it', async () => {
    const at = full();
    await record(cycleOf(at));
    const stored = await ledger.storedCycle(DATE, BAR_END);
    expect(stored!.snapshot).toStrictEqual(at);
    expect([...stored!.snapshot.daily.keys()], 'in the same order').toEqual([...at.daily.keys()]);
  });

  it('has its features bit for bit, whatever they are', async () => {
    const any = fc.record(
      Object.fromEntries(Object.keys(features()).map((name) => [name, fc.double()])),
      { noNullPrototype: true },
    ) as unknown as fc.Arbitrary<Features>;
    let bars = 0;
    await fc.assert(
      fc.asyncProperty(any, async (some) => {
        bars += 1;
        const at = later(snapshot({ symbols: [symbolSnapshot('NVDA', { features: some })] }), bars);
        await record(cycleOf(at));
        const stored = await ledger.storedCycle(DATE, at.barEnd);
        expect(stored!.snapshot.symbols).toStrictEqual(at.symbols);
      }),
      { numRuns: 50 },
    );
  });

  it('has its words as they were, also those that a database would not take as text', async () => {
    const at = snapshot({ control: { ...snapshot().control, reason: 'NUL \0, half \uD83D pair' } });
    await record(cycleOf(at));
    expect((await ledger.storedCycle(DATE, BAR_END))!.snapshot.control).toEqual(at.control);
  });

  it('is listed by its session, oldest first', async () => {
    await record(cycleOf(later(watching('NVDA'), 2)));
    await record(cycleOf(watching('NVDA')));
    await record(cycleOf(later(watching('NVDA'), 0, 1)));
    expect(await ledger.storedCycles(DATE)).toEqual([BAR_END, BAR_END + 10 * MINUTE_MS]);
    expect(await ledger.storedCycles(addDays(DATE, 7))).toEqual([]);
    expect(await ledger.storedCycle(addDays(DATE, 7), BAR_END)).toBeNull();
  });

  it.each([
    ['a decision', 'DELETE FROM decisions'],
    ['a part that cycles share', 'DELETE FROM session_inputs'],
    ['an exact record', `UPDATE decisions SET record = '{"features": null, "filters": []}'`],
  ])('is not rebuilt without %s', async (_, change) => {
    await record(cycleOf(full()));
    await desk.query(change);
    expect(await ledger.storedCycle(DATE, BAR_END)).toBeNull();
  });

  it('tells the parameters that it was decided by, as long as they are stored', async () => {
    const parameters = { ...DEFAULT_PARAMETERS, crossWithinBars: 5 };
    await record(cycleOf({ ...watching('NVDA'), parameters }));
    expect(await ledger.parametersOf(DATE, BAR_END)).toEqual(parameters);
    expect(await ledger.parametersOf(DATE, BAR_END + 1)).toBeNull();
    await desk.query('DELETE FROM session_inputs');
    expect(await ledger.parametersOf(DATE, BAR_END)).toBeNull();
  });
});

describe('what the cycles of a session share', () => {
  it('is stored once, and a further version of it beside the first', async () => {
    const at = full();
    await record(cycleOf(at));
    const before = (await versions()).length;
    await record(cycleOf(later(at, 1)));
    expect(await versions()).toHaveLength(before);
    // A restart has read the past anew, and found it amended.
    const amended = later({ ...at, daily: new Map([...at.daily, [NVDA, BARS.slice(0, 1)]]) }, 2);
    await record(cycleOf(amended));
    expect(await versions()).toHaveLength(before + 1);
    expect((await ledger.storedCycle(DATE, at.barEnd))!.snapshot).toEqual(at);
    expect((await ledger.storedCycle(DATE, amended.barEnd))!.snapshot).toEqual(amended);
  });

  it('is stored for each session of its own, so that either can be deleted', async () => {
    await record(cycleOf(full()));
    const before = (await versions()).length;
    await record(cycleOf(later(full(), 0, 1)));
    expect(await versions()).toHaveLength(2 * before);
  });
});

describe('the decision at an instant', () => {
  it('is that of the last bar until then, within the session', async () => {
    await record(cycleOf(watching('NVDA')));
    await record(cycleOf(later(watching('NVDA', 'AAPL'), 1)));
    expect(await decisionAt(-1)).toBeNull();
    expect((await decisionAt(0))!.barEnd).toBe(BAR_END);
    expect((await decisionAt(4.9))!.barEnd).toBe(BAR_END);
    expect((await decisionAt(5))!.barEnd).toBe(BAR_END + 5 * MINUTE_MS);
    expect((await decisionAt(600))!.barEnd).toBe(BAR_END + 5 * MINUTE_MS);
    expect(await decisionAt(0, 'AAPL')).toBeNull();
    expect((await decisionAt(5, 'AAPL'))!.symbol).toBe('AAPL');
    expect(await ledger.decisionAt(addDays(DATE, 1), NVDA, BAR_END * 2)).toBeNull();
  });

  it('has kind, filter, trade and record', async () => {
    await record(cycleOf({ ...watching('NVDA'), impediments: ['blind'] }));
    await record(cycleOf(later(watching('NVDA'), 1)));
    expect(await decisionAt(0)).toMatchObject({
      kind: 'refused',
      refusedBy: 'readiness',
      tradeId: null,
    });
    const entered = await decisionAt(5);
    expect(entered).toMatchObject({ kind: 'refused', refusedBy: 'freshness' });
    expect(readDecisionRecord(entered!.record, NVDA)!.features).toEqual(features());
  });
});

describe('the last session with decisions', () => {
  it('is none at first, then the newest, whichever was recorded last', async () => {
    expect(await ledger.lastDecidedSession()).toBeNull();
    for (const days of [1, 2, 0]) await record(cycleOf(later(watching('NVDA'), 0, days)));
    expect(await ledger.lastDecidedSession()).toBe(addDays(DATE, 2));
  });
});

describe('pruning', () => {
  it('deletes what is older than the date, of decisions and both kinds of inputs', async () => {
    for (const days of [0, 1, 2]) await record(cycleOf(later(watching('NVDA', 'AAPL'), 0, days)));
    const all =
      (await rows('decisions')) + (await rows('cycle_inputs')) + (await rows('session_inputs'));
    expect(await prune('2025-11-27')).toBe((all / 3) * 2);
    expect(await ledger.storedCycles(asSessionDate('2025-11-25'))).toEqual([]);
    expect(await ledger.storedCycles(asSessionDate('2025-11-26'))).toEqual([]);
    expect(await ledger.storedCycle(asSessionDate('2025-11-27'), BAR_END)).not.toBeNull();
    expect(await prune('2025-11-27')).toBe(0);
  });

  it('goes on in pieces of a given size', async () => {
    await record(cycleOf(watching('NVDA', 'AAPL', 'AMD', 'TSLA', 'META')));
    const gone: number[] = [];
    do gone.push(await prune('2026-01-01', 2));
    while (gone.at(-1) !== 0);
    // Of three kinds at most two each.
    expect(Math.max(...gone)).toBeLessThanOrEqual(6);
    expect(gone.length).toBeGreaterThan(3);
    for (const table of ['decisions', 'cycle_inputs', 'session_inputs']) {
      expect(await rows(table)).toBe(0);
    }
  });

  it('leaves the cycles themselves, which are counted', async () => {
    await ledger.transaction(async (tx) => {
      await tx.recordCycle(cycleOf(watching('NVDA')));
      await tx.finishCycle({
        sessionDate: DATE,
        barEnd: BAR_END,
        symbols: 1,
        entries: 1,
        finishedAt: BAR_END,
        tookMs: 1,
      });
    });
    await prune('2026-01-01');
    expect(await ledger.cycleCount(DATE)).toBe(1);
    expect(await ledger.hasFinishedCycle({ sessionDate: DATE, barEnd: BAR_END })).toBe(true);
  });
});

describe('the size of a record', () => {
  it('is below 400 bytes without a signal, as nearly all are', async () => {
    expect(await sizeOf(noSignal('NVDA'))).toBeLessThan(400);
  });

  it('is below 900 bytes with nine filters passed', async () => {
    expect(await sizeOf(enter(intentOf('t1')))).toBeLessThan(900);
  });
});
