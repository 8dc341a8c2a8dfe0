import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { DailyMetrics, Figure } from '#core/daily-metrics.ts';
import { dailyMetrics } from '#core/daily-metrics.ts';
import type { Decision, EntryFilterName } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import { asSessionDate, MINUTE_MS } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { TradeStatus } from '#core/trade.ts';
import type { Ledger } from '#ports/ledger.ts';

import { SESSION, snapshot, symbolSnapshot } from '../../core/support/snapshots.ts';
import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';
import { BAR_END, DATE, enter, id, intentOf, noSignal } from './facts.ts';

let desk: LedgerDesk;
let ledger: Ledger;

beforeAll(async () => {
  desk = await openDesk();
  ledger = desk.ledger;
});
beforeEach(() => desk.clear());
afterAll(() => desk.close());

const OTHER_DAY = asSessionDate('2025-11-28');

const session: DailyMetrics = {
  wins: 3,
  pnl: parseUsd('412.300001'),
  winRate: { value: 0.75, count: 4, interval: [0.3006, 0.9544] },
  profitFactor: { value: 2.5, count: 4, interval: null },
  averageR: { value: 0.625, count: 3, interval: [-2.0828, 3.3328] },
  drawdownPercent: { value: 0.8, count: 1, interval: null },
  slippageBps: { value: -1.25, count: 5, interval: [-2.5, 0.1] },
  interference: { value: 1, count: 6, interval: null },
};

const save = (metrics: DailyMetrics, sessionDate: SessionDate = DATE, computedAt = BAR_END) =>
  ledger.transaction((tx) => tx.saveSessionMetrics({ sessionDate, metrics, computedAt }));

const dates = async (newest?: number) =>
  (await ledger.sessionMetrics(newest)).map(({ sessionDate }) => sessionDate);

describe('the metrics of a session', () => {
  it('are kept as they were measured', async () => {
    await save(session);
    expect(await ledger.sessionMetrics()).toEqual([
      { sessionDate: DATE, metrics: session, computedAt: BAR_END },
    ]);
  });

  it('may all be unknown', async () => {
    const none = dailyMetrics({ closed: [], entered: [], drawdowns: [], interference: 0 });
    await save(none);
    expect((await ledger.sessionMetrics())[0]?.metrics).toEqual(none);
  });

  it('are kept to the last digit', async () => {
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
    const figure: fc.Arbitrary<Figure> = fc.record({
      value: number,
      count: fc.nat(),
      interval: fc.tuple(number, number),
    });
    await fc.assert(
      fc.asyncProperty(figure, figure, number, async (averageR, slippageBps, profitFactor) => {
        await desk.clear();
        const metrics = {
          ...session,
          pnl: micros(9e15),
          averageR,
          slippageBps,
          profitFactor: { ...session.profitFactor, value: profitFactor },
        };
        await save(metrics);
        expect((await ledger.sessionMetrics())[0]?.metrics).toEqual(metrics);
      }),
      { numRuns: 30 },
    );
  });

  it('stay as they are when nothing of their trades has changed', async () => {
    await save(session);
    await save({ ...session, drawdownPercent: { value: 9, count: 1, interval: null } }, DATE, 7);
    expect(await ledger.sessionMetrics()).toEqual([
      { sessionDate: DATE, metrics: session, computedAt: BAR_END },
    ]);
  });

  it.each<[string, Partial<DailyMetrics>]>([
    ['result', { pnl: parseUsd('400') }],
    ['number of wins', { wins: 2 }],
    ['average R', { averageR: { value: 0.6, count: 3, interval: [-2.0828, 3.3328] } }],
    ['slippage', { slippageBps: { value: null, count: 0, interval: null } }],
    ['interference', { interference: { value: 2, count: 6, interval: null } }],
    ['profit factor', { profitFactor: { value: null, count: 4, interval: null } }],
  ])('follow a change of their %s, but for the drawdown of the day', async (_, changes) => {
    await save(session);
    const drawdownPercent = { value: 9, count: 1, interval: null };
    await save({ ...session, ...changes, drawdownPercent }, DATE, BAR_END + 1);
    expect(await ledger.sessionMetrics()).toEqual([
      { sessionDate: DATE, metrics: { ...session, ...changes }, computedAt: BAR_END + 1 },
    ]);
  });

  it('are read newest first, as many as are asked for', async () => {
    await save(session, OTHER_DAY);
    await save(session, DATE);
    expect(await dates()).toEqual([OTHER_DAY, DATE]);
    expect(await dates(1)).toEqual([OTHER_DAY]);
    expect(await dates(5)).toEqual([OTHER_DAY, DATE]);
  });
});

const enterAt = (name: string, price: string, status: TradeStatus = 'closed') =>
  ledger.transaction(async (tx) => {
    await tx.insertTrade(intentOf(name));
    const trade = await tx.lockTrade(id(name));
    const entryValue = micros(parseUsd(price) * 10);
    await tx.saveTrade({ ...trade!, status, entryQuantity: 10, entryValue });
  });

const within = async (from: number, until: number) =>
  (await ledger.enteredTrades({ from, until })).length;

describe('the entries', () => {
  it('tell their slippage against the price that was decided on, oldest first', async () => {
    await enterAt('t1', '100.05');
    await enterAt('t2', '99.99', 'open');
    const [first, second, ...more] = await ledger.enteredTrades();
    expect(more).toEqual([]);
    expect(first).toMatchObject({ tradeId: 't1', slippageBps: expect.closeTo(5, 9) });
    expect(second).toMatchObject({ tradeId: 't2', slippageBps: expect.closeTo(-1, 9) });
  });

  it.each<TradeStatus>(['planned', 'submitted', 'cancelled', 'rejected', 'abandoned'])(
    'leave out a trade that never held a share: %s',
    async (status) => {
      await enterAt('t1', '100', status);
      expect(await ledger.enteredTrades()).toEqual([]);
    },
  );

  it('leave out what an admin adopted', async () => {
    await enterAt('t1', '100.05');
    const adopted = (await ledger.trade(id('t1')))!;
    const intent = intentOf('t2');
    await ledger.transaction((tx) =>
      tx.insertAdopted({ ...adopted, id: id('t2'), intent, origin: 'adopted' }),
    );
    expect((await ledger.enteredTrades()).map(({ tradeId }) => tradeId)).toEqual(['t1']);
  });

  it('are those decided from an instant until before another', async () => {
    await enterAt('t1', '100');
    expect(await within(BAR_END, BAR_END + 1)).toBe(1);
    expect(await within(BAR_END + 1, BAR_END + 2)).toBe(0);
    expect(await within(BAR_END - 1, BAR_END)).toBe(0);
  });
});

const refused = (symbol: string, by: EntryFilterName): Decision => ({
  ...noSignal(symbol),
  kind: 'refused',
  symbol: ticker(symbol),
  by,
});
const decide = (sessionDate: SessionDate, bar: number, decisions: readonly Decision[]) =>
  ledger.transaction((tx) =>
    tx.recordCycle({
      snapshot: snapshot({
        session: { ...SESSION, date: sessionDate },
        barEnd: BAR_END + bar * 5 * MINUTE_MS,
        symbols: decisions.map(({ symbol }) => symbolSnapshot(symbol)),
      }),
      decisions,
      intents: { entries: [], exits: [] },
    }),
  );

describe('the counts of signals', () => {
  it('are of all sessions, or of those between two dates, both included', async () => {
    await decide(DATE, 0, [
      noSignal('AAPL'),
      refused('AMD', 'confidence'),
      refused('JPM', 'warm-up'),
      enter(intentOf('t1')),
    ]);
    await decide(DATE, 1, [refused('AMD', 'confidence'), refused('JPM', 'size')]);
    await decide(OTHER_DAY, 600, [refused('AMD', 'freshness'), noSignal('JPM')]);
    const shown = async (from?: SessionDate, until = from) => {
      const range = from && until && { from, until };
      const counts = await ledger.signalCounts(range);
      const { decisions, noSignal: none, signals, entries } = counts;
      return [decisions, none, signals, entries];
    };
    expect(await shown()).toEqual([8, 2, 4, 1]);
    expect(await shown(DATE)).toEqual([6, 1, 4, 1]);
    expect(await shown(OTHER_DAY)).toEqual([2, 1, 0, 0]);
    expect(await shown(DATE, OTHER_DAY)).toEqual([8, 2, 4, 1]);
    const { removed, unjudged } = await ledger.signalCounts();
    expect([...unjudged, ...removed].filter(({ count }) => count > 0)).toEqual([
      { filter: 'warm-up', count: 1 },
      { filter: 'freshness', count: 1 },
      { filter: 'confidence', count: 2 },
      { filter: 'size', count: 1 },
    ]);
  });
});
