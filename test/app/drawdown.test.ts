import { describe, expect, it } from 'vitest';

import { halt, resume, tendControl } from '#app/control.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { statusReport } from '#app/reports/status.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { parseUsd, usdFromNumber } from '#core/money.ts';
import { newYorkDate } from '#core/session.ts';
import drawdownJob from '#jobs/drawdown.ts';
import { BrokerError } from '#ports/broker.ts';

import { FIRST, SECOND } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import { auditOf, cardsOf, deskWithPosition, NVDA, sharesAt } from './behaviours/a-desk.ts';
import type { Desk } from './desk.ts';
import { activity, lookAt, rules, steer, told } from './steered-desk.ts';

/** Above the stop at 98. */
const at = (price: number): Ohlc => [price, price + 0.05, price - 0.05, price];

const controlOf = ({ context }: Desk) => context.ledger.controlState();
/** 190,000 of NVDA on an equity of 100,000: a dollar a share is 1.9 % of it. AAPL stands still. */
const deskFalling = (...prices: readonly number[]) =>
  deskWithPosition(prices.map(at), { quantity: 1_900, others: { AAPL: [at(50)] } });

const NO_PEAK = { peakDrawdownPercent: 100 };

describe('a falling price', () => {
  it('warns, then halts at the second reading beyond the limit, and entries are refused', async () => {
    const desk = await deskFalling(99.2, 98.4, 98.4, 98.4, 98.4);
    const context = desk.with(rules(desk, NO_PEAK));
    await watchDrawdown(context);
    desk.nextBar();
    expect(await watchDrawdown(context)).toMatchObject({
      dailyPercent: -1.52,
      isDailyBreached: false,
    });
    expect(await told(desk)).toEqual(['day 50']);
    desk.nextBar();
    expect(await watchDrawdown(context)).toMatchObject({
      dailyPercent: -3.04,
      isDailyBreached: true,
    });
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
    const outcome = await runTradingCycle(context, desk.nextBar());
    expect(outcome).toMatchObject({ kind: 'done', entries: 0 });
    expect(await told(desk)).toEqual(['day 50', 'day 75', 'day breached']);
    expect(await controlOf(desk)).toMatchObject({
      status: 'halted',
      by: 'drawdown watch',
      reason: 'equity fell 3.04 % since the session’s open; the limit is 3 %',
      until: SECOND.open,
    });
    expect(await context.ledger.intentCount()).toBe(1);
    expect(sharesAt(desk)).toBe(1_900);
  });

  it('is told with its figures and what cost most', async () => {
    const desk = await deskFalling(99.2);
    await watchDrawdown(desk.context);
    desk.nextBar();
    await watchDrawdown(desk.context);
    expect(await cardsOf(desk, 'drawdown')).toMatchObject([
      {
        event: { type: 'warning', scope: 'day', ofLimitPercent: 50 },
        equity: parseUsd('98480'),
        baseEquity: parseUsd('100000'),
        baseAt: null,
        percent: -1.52,
        limitPercent: 3,
        contributors: [{ symbol: NVDA, pnl: parseUsd('-1520') }],
        policy: 'keep',
        control: { status: 'active' },
        openPositions: 1,
      },
    ]);
  });

  it('closes everything where that is the policy', async () => {
    const desk = await deskFalling(98.4, 98.4, 98.4, 98.4);
    const context = desk.with(rules(desk, { ...NO_PEAK, drawdownPolicy: 'flatten' }));
    await watchDrawdown(context);
    for (let bar = 0; bar < 2; bar += 1) {
      desk.nextBar();
      await watchDrawdown(context);
    }
    expect(await controlOf(desk)).toMatchObject({ status: 'flattening', until: SECOND.open });
    await desk.settle(context);
    await desk.settle(context);
    expect(sharesAt(desk)).toBe(0);
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'risk_limit', requestedBy: 'drawdown watch', progress: { phase: 'done' } },
    ]);
    expect((await cardsOf(desk, 'control')).map(({ change }) => change)).toEqual(['flat']);
    expect(await controlOf(desk)).toMatchObject({ status: 'halted', until: SECOND.open });
  });

  it('at an absurd price trips nothing', async () => {
    const desk = await deskFalling(100, 100, 100, 100);
    const { broker } = desk.context;
    const context = desk.with({
      broker: {
        ...broker,
        account: async () => ({ ...(await broker.account()), equity: parseUsd('50000') }),
        positions: async () =>
          (await broker.positions()).map((one) => ({ ...one, currentPrice: parseUsd('79.99') })),
      },
    });
    await watchDrawdown(desk.context);
    for (let bar = 0; bar < 3; bar += 1) {
      desk.nextBar();
      expect(await watchDrawdown(context)).toMatchObject({
        dailyPercent: 0,
        isDailyBreached: false,
      });
    }
    expect(await told(desk)).toEqual([]);
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
  });

  it('counts a large move once a bar has settled there', async () => {
    const desk = await deskWithPosition([at(100), at(70), at(70)], { quantity: 100 });
    const { broker } = desk.context;
    // The stop is out of the way: the shares are still there.
    const context = desk.with({
      broker: {
        ...broker,
        account: async () => ({
          ...(await broker.account()),
          equity: parseUsd('97000'),
          cash: parseUsd('90000'),
        }),
        positions: async () => [
          {
            symbol: NVDA,
            side: 'long',
            quantity: 100,
            available: 0,
            averageEntryPrice: parseUsd('100'),
            currentPrice: parseUsd('70'),
            unrealizedPnl: parseUsd('-3000'),
          },
        ],
      },
    });
    await watchDrawdown(desk.context);
    desk.nextBar();
    expect(await watchDrawdown(context), 'nothing has traded there').toMatchObject({
      dailyPercent: 0,
    });
    desk.nextBar();
    expect(await watchDrawdown(context)).toMatchObject({ dailyPercent: -3 });
  });
});

describe('a limit that is reached while it is halted', () => {
  it('is told on the halt’s card too, with whose halt it was', async () => {
    const desk = await deskFalling(98.4, 98.4, 98.4);
    const context = desk.with(rules(desk, NO_PEAK));
    await watchDrawdown(context);
    await halt(context, { by: 'Ada', reason: 'news', until: FIRST.open + 60_000, flatten: false });
    for (const _ of [1, 2, 3]) {
      desk.nextBar();
      await watchDrawdown(context);
    }
    const reason =
      'news · also drawdown watch: equity fell 3.04 % since the session’s open; the limit is 3 %';
    expect((await cardsOf(desk, 'control')).slice(1)).toMatchObject([
      { change: 'prolonged', by: 'drawdown watch', reason, control: { until: SECOND.open } },
    ]);
    expect(await controlOf(desk)).toMatchObject({ status: 'halted', by: 'Ada', reason });
  });
});

describe('the halt for a day', () => {
  it('ends at the next session’s open, whose ladder begins anew', async () => {
    const steered = await steer(NO_PEAK);
    const { desk, context } = steered;
    await lookAt(steered, 100_000, 96_000, 96_000);
    expect(await controlOf(desk)).toMatchObject({ status: 'halted' });
    while (desk.standIn.now() < FIRST.close) desk.nextBar();
    await drawdownJob.run(context);
    expect(await controlOf(desk)).toMatchObject({ status: 'halted' });
    desk.nextBar();
    await drawdownJob.run(context);
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
    expect(await watchDrawdown(context)).toMatchObject({ dailyPercent: 0, isDailyBreached: false });
    expect(await context.ledger.sessionOpen(SECOND.date)).toMatchObject({
      equity: parseUsd('96000'),
    });
  });

  it('is not tripped again in a session in which somebody has resumed', async () => {
    const steered = await steer(NO_PEAK);
    const { desk, context } = steered;
    await lookAt(steered, 100_000, 96_000, 96_000);
    await resume(context, { by: 'Ada', reason: 'seen' });
    await lookAt(steered, 95_500, 95_500);
    expect(await controlOf(desk)).toMatchObject({ status: 'active' });
    expect(await told(desk)).toEqual(['day 75', 'day breached']);
    expect(await cardsOf(desk, 'control')).toMatchObject([
      { change: 'resumed', by: 'Ada', letsDayBe: true, newPeak: null },
    ]);
  });

  it('is on record with who did it', async () => {
    const steered = await steer(NO_PEAK);
    await lookAt(steered, 100_000, 96_000, 96_000);
    expect(await auditOf(steered.desk)).toMatchObject([
      {
        actor: 'drawdown watch',
        action: 'control halt',
        details: { to: 'halted', until: '2025-11-26T14:30:00.000Z' },
      },
    ]);
  });
});

describe('a breach of yesterday', () => {
  it('is not said to be let be today', async () => {
    const steered = await steer(NO_PEAK);
    const { desk, context } = steered;
    await lookAt(steered, 100_000, 96_000, 96_000);
    const early = { ...context, clock: { now: () => SECOND.open - 60_000 } };
    await resume(early, { by: 'Ada', reason: 'seen' });
    expect(await cardsOf(desk, 'control')).toMatchObject([
      { change: 'resumed', letsDayBe: false, isSessionOpen: false },
    ]);
  });
});

describe('the halt from the peak', () => {
  it('lasts until somebody resumes, and is then measured from there', async () => {
    const steered = await steer();
    const { desk, context } = steered;
    await lookAt(steered, 100_000, 94_000, 94_000);
    expect(await told(desk)).toEqual(['day 75', 'peak 75', 'day breached', 'peak breached']);
    expect(await controlOf(desk)).toMatchObject({ status: 'halted', until: null });
    while (desk.standIn.now() <= SECOND.open) desk.nextBar();
    await tendControl(context);
    expect(await watchDrawdown(context)).toMatchObject({ peakPercent: -6, isPeakBreached: true });
    expect(await controlOf(desk)).toMatchObject({ status: 'halted' });
    await resume(context, { by: 'Ada', reason: 'seen' });
    expect(await watchDrawdown(context)).toMatchObject({ peakPercent: 0, isPeakBreached: false });
    expect(await cardsOf(desk, 'control')).toMatchObject([
      { change: 'prolonged', by: 'drawdown watch', control: { until: null } },
      { change: 'resumed', letsDayBe: false, newPeak: parseUsd('94000') },
    ]);
  });

  it('says when the peak was', async () => {
    const steered = await steer({ dailyDrawdownPercent: 100 });
    await lookAt(steered, 100_000, 104_000, 101_000);
    const at104 = FIRST.open + 2 * 300_000;
    expect(await cardsOf(steered.desk, 'drawdown')).toMatchObject([
      { baseEquity: parseUsd('104000'), baseAt: at104, percent: -2.884615 },
    ]);
  });
});

describe('money that comes or goes', () => {
  it.each([
    ['CSD', 50_000],
    ['CSW', -50_000],
    ['JNLC', -20_000],
  ])('as %s of %d moves no percentage', async (type, amount) => {
    const steered = await steer();
    await lookAt(steered, 100_000, 99_000);
    steered.activities.push(activity(type, amount));
    steered.equity = 99_000 + amount;
    expect(await steered.look()).toMatchObject({ dailyPercent: -1, peakPercent: -1 });
    expect(await steered.look()).toMatchObject({ dailyPercent: -1, peakPercent: -1 });
    expect(await told(steered.desk)).toEqual([]);
  });

  it.each([
    ['DIV', 500],
    ['FEE', -500],
    ['INT', -500],
  ])('as %s of %d is a result', async (type, amount) => {
    const steered = await steer();
    await lookAt(steered, 100_000, 99_000);
    steered.activities.push(activity(type, amount));
    steered.equity = 99_000 + amount;
    expect(await steered.look()).toMatchObject({ dailyPercent: -1 + amount / 1_000 });
  });

  it('between two questions to the broker is waited for', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    const { broker } = steered.context;
    let asked = 0;
    const context = {
      ...steered.context,
      broker: {
        ...broker,
        // The withdrawal comes when the account has been read without it.
        account: async () => {
          const before = await broker.account();
          asked += 1;
          if (asked > 1) return before;
          steered.activities.push(activity('CSW', -40_000));
          steered.equity = 60_000;
          return before;
        },
      },
    };
    expect(await steered.look(context)).toMatchObject({ dailyPercent: 0, peakPercent: 0 });
    expect(asked).toBe(2);
  });

  it('all the time leaves the ladder where it was', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    const { broker } = steered.context;
    let n = 0;
    const context = {
      ...steered.context,
      broker: {
        ...broker,
        cashActivitiesSince: async () => [activity('CSD', 1, `deposit ${(n += 1)}`)],
      },
    };
    steered.equity = 10;
    expect(await steered.look(context)).toMatchObject({ dailyPercent: 0 });
  });
});

const gone = () => Promise.reject(new BrokerError('away', { retryable: true }));

describe('a reading that cannot be trusted', () => {
  it.each([
    ['while the bot is blind', { blind: true, away: false }],
    ['while the broker is away', { blind: false, away: true }],
  ])('changes nothing %s', async (_, { blind, away }) => {
    const steered = await steer();
    await lookAt(steered, 100_000, 99_500);
    steered.equity = 10;
    const { broker, sight } = steered.context;
    const context = {
      ...steered.context,
      ...(blind ? { sight: { ...sight, barBlindness: () => 'No bar was heard.' } } : {}),
      ...(away ? { broker: { ...broker, account: gone } } : {}),
    };
    for (let look = 0; look < 3; look += 1) {
      expect(await steered.look(context)).toMatchObject({ dailyPercent: -0.5 });
    }
    expect(await told(steered.desk)).toEqual([]);
  });
});

describe('the opening equity', () => {
  it('is the first reading’s, recorded once and kept over a restart', async () => {
    const steered = await steer();
    const { desk, context } = steered;
    await lookAt(steered, 101_000, 100_000);
    const { broker } = context;
    const restarted = { ...(await desk.restart()), broker };
    steered.equity = 99_000;
    expect(await steered.look(restarted)).toMatchObject({ dailyPercent: -1.980198 });
    expect(await context.ledger.sessionOpen(FIRST.date)).toMatchObject({
      equity: parseUsd('101000'),
      at: FIRST.open + 300_000,
    });
    expect(await desk.query('SELECT session_date FROM session_opens')).toHaveLength(1);
  });

  it('of a bot that comes later is the broker’s close before', async () => {
    const steered = await steer();
    steered.desk.nextBar();
    steered.equity = 98_000;
    expect(await steered.look()).toMatchObject({ dailyPercent: -2, peakPercent: -2 });
    expect(await told(steered.desk)).toEqual(['day 50']);
  });

  it('is not read outside of a session', async () => {
    const steered = await steer();
    const before = { ...steered.context, clock: { now: () => FIRST.open - 1 } };
    expect(await watchDrawdown(before)).toMatchObject({ dailyPercent: null });
    const evening = { ...steered.context, clock: { now: () => FIRST.close + 60_001 } };
    expect(await watchDrawdown(evening)).toMatchObject({ dailyPercent: null });
    expect(await steered.context.ledger.drawdownState()).toBeNull();
    const justOver = { ...steered.context, clock: { now: () => FIRST.close + 60_000 } };
    expect(await watchDrawdown(justOver)).toMatchObject({ dailyPercent: 0 });
  });
});

describe('a position that was held overnight', () => {
  it('contributes what it did since the open', async () => {
    const desk = await deskFalling(99.5);
    while (desk.standIn.now() <= SECOND.open) desk.nextBar();
    const { broker } = desk.context;
    const priced = (price: string, equity: string) =>
      desk.with({
        broker: {
          ...broker,
          account: async () => ({ ...(await broker.account()), equity: parseUsd(equity) }),
          positions: async () =>
            (await broker.positions()).map((one) => ({
              ...one,
              currentPrice: parseUsd(price),
              unrealizedPnl: usdFromNumber((Number(price) - 100) * one.quantity),
            })),
        },
      });
    await watchDrawdown(priced('99.50', '99050'));
    desk.nextBar();
    await watchDrawdown(priced('98.50', '97150'));
    expect(await cardsOf(desk, 'drawdown')).toMatchObject([
      { percent: -1.918223, contributors: [{ symbol: NVDA, pnl: parseUsd('-1900') }] },
    ]);
  });
});

describe('/status', () => {
  it('tells how far equity has fallen, and how far it may', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000, 98_800);
    const { drawdown } = await statusReport(steered.context);
    expect(drawdown).toEqual({
      dailyPercent: -1.2,
      peakPercent: -1.2,
      isDailyBreached: false,
      isPeakBreached: false,
      measuredAt: steered.desk.standIn.now(),
      dailyLimitPercent: 3,
      peakLimitPercent: 5,
    });
    expect(newYorkDate(drawdown.measuredAt ?? 0)).toBe(FIRST.date);
  });

  it('says that nothing was measured before anything was', async () => {
    const steered = await steer();
    const { drawdown } = await statusReport(steered.context);
    expect(drawdown).toMatchObject({ measuredAt: null, dailyPercent: null, peakPercent: null });
  });
});
