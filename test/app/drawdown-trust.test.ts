import { describe, expect, it } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { impedimentsOf } from '#app/impediments.ts';
import { statusReport } from '#app/reports/status.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd, usdFromNumber } from '#core/money.ts';
import { asSessionDate, newYorkInstant } from '#core/session.ts';

import { FIRST, SECOND } from '../sandbox/alpaca-market.ts';
import { cardsOf, deskWithPosition, sharesAt } from './behaviours/a-desk.ts';
import { byHand } from './by-hand.ts';
import { openDesk } from './desk.ts';
import { activity, lookAt, QUIET, steer, told } from './steered-desk.ts';
import type { Steered } from './steered-desk.ts';

const titles = async ({ desk }: Steered) =>
  (await cardsOf(desk, 'notice')).map(({ title }) => title);

describe('money that the broker lists late', () => {
  const WAITING = 'cash moved by +$10,000.00 that the broker has not explained yet';

  it.each([
    ['a deposit', 10_000],
    ['a withdrawal', -6_000],
  ])('as %s is no gain and no fall', async (_, amount) => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    steered.unlisted = amount;
    await lookAt(steered, 100_000 + amount, 100_000 + amount);
    expect(await steered.context.ledger.drawdownState()).toMatchObject({
      equity: parseUsd('100000'),
      cash: { movedSince: FIRST.open + 2 * 300_000 },
    });
    steered.unlisted = 0;
    steered.activities.push(activity(amount > 0 ? 'CSD' : 'CSW', amount));
    expect(await steered.look()).toMatchObject({ dailyPercent: 0, peakPercent: 0 });
    expect(await steered.context.ledger.drawdownState()).toMatchObject({
      equity: usdFromNumber(100_000 + amount),
      peakEquity: usdFromNumber(100_000 + amount),
      flows: usdFromNumber(amount),
      cash: { assumed: 0, movedSince: null },
    });
    expect(await told(steered.desk)).toEqual([]);
  });

  it.each([
    ['a deposit', 10_000],
    ['a withdrawal', -6_000],
  ])('or ahead of time, as %s, is none either', async (_, amount) => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    steered.activities.push(activity(amount > 0 ? 'CSD' : 'CSW', amount));
    steered.unlisted = -amount;
    await lookAt(steered, 100_000, 100_000);
    steered.unlisted = 0;
    steered.equity = 100_000 + amount;
    expect(await steered.look()).toMatchObject({ dailyPercent: 0, peakPercent: 0 });
    expect(await told(steered.desk)).toEqual([]);
  });

  it('is a flow after half an hour, with a notice, and no second time when it is listed', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000, 99_000);
    steered.unlisted = 10_000;
    await lookAt(steered, ...Array.from({ length: 6 }, () => 109_000));
    expect(steered.context.drawdownMemory.why).toBe(WAITING);
    expect(await steered.look()).toMatchObject({ dailyPercent: -1, peakPercent: -1 });
    expect(await titles(steered)).toEqual([
      'The drawdown cannot be measured: no entries until it can',
      'The drawdown is measured again: entries are not closed for it any more',
      'Cash moved by +$10,000.00, and the broker does not say why',
    ]);
    steered.unlisted = 0;
    steered.activities.push(activity('CSD', 10_000));
    expect(await steered.look()).toMatchObject({ dailyPercent: -1, peakPercent: -1 });
    expect(await steered.context.ledger.drawdownState()).toMatchObject({
      flows: parseUsd('10000'),
      cash: { assumed: 0 },
    });
  });

  it('waits no longer for a restart', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    steered.unlisted = 10_000;
    await lookAt(steered, 110_000, 110_000, 110_000);
    const { broker } = steered.context;
    const restarted = { ...(await steered.desk.restart()), broker };
    for (let bar = 0; bar < 3; bar += 1) await steered.look(restarted);
    expect(await restarted.ledger.drawdownState()).toMatchObject({ equity: parseUsd('100000') });
    expect(await steered.look(restarted)).toMatchObject({ peakPercent: 0 });
    expect(await restarted.ledger.drawdownState()).toMatchObject({ equity: parseUsd('110000') });
  });

  it('over a night is no fall of the next day', async () => {
    const steered = await steer();
    const { desk } = steered;
    await lookAt(steered, 100_000);
    steered.unlisted = -6_000;
    while (desk.standIn.now() <= SECOND.open) desk.nextBar();
    await lookAt(steered, 94_000);
    steered.unlisted = 0;
    steered.activities.push({ ...activity('CSW', -6_000), date: SECOND.date });
    expect(await steered.look()).toMatchObject({ peakPercent: 0, dailyPercent: 0 });
    expect(await told(desk)).toEqual([]);
  });

  it('is not what a trade of somebody else moves', async () => {
    const desk = await openDesk([QUIET, QUIET, QUIET, QUIET]);
    desk.nextBar();
    await watchDrawdown(desk.context);
    await byHand(desk.standIn).order({ side: 'buy', qty: 100 });
    desk.nextBar();
    await watchDrawdown(desk.context);
    expect(desk.context.drawdownMemory.why).toBeNull();
    expect(await desk.context.ledger.drawdownState()).toMatchObject({
      at: desk.standIn.now(),
      cash: { assumed: 0, movedSince: null },
    });
  });

  it('is not a fill that is not booked yet', async () => {
    const desk = await deskWithPosition([QUIET, [97, 97.05, 96.95, 97], QUIET], { quantity: 500 });
    await watchDrawdown(desk.context);
    desk.nextBar();
    // The stop fills here, and nobody has told the ledger.
    desk.nextBar();
    expect(sharesAt(desk)).toBe(0);
    expect((await desk.context.ledger.netQuantities()).size).toBe(1);
    await watchDrawdown(desk.context);
    expect(await desk.context.ledger.drawdownState()).toMatchObject({
      at: desk.standIn.now(),
      flows: 0,
    });
  });
});

const blindTo = ({ context }: Steered): AppContext => ({
  ...context,
  sight: { ...context.sight, barBlindness: () => 'No bar was heard.' },
});
describe('an outage of the readings', () => {
  const SENTENCE = 'the drawdown cannot be measured since 09:35 New York time: No bar was heard.';

  it('of more than a bar and a minute keeps entries closed, and is told once, and when it is over', async () => {
    const steered = await steer();
    const { context } = steered;
    await lookAt(steered, 100_000);
    const blind = blindTo(steered);
    await steered.look(blind);
    expect(await impedimentsOf(context)).toEqual([]);
    const later = (ms: number) => ({ ...blind, clock: { now: () => FIRST.open + 300_000 + ms } });
    expect(await impedimentsOf(later(360_000))).toEqual([]);
    expect(await impedimentsOf(later(360_001))).toEqual([SENTENCE]);
    await steered.look(blind);
    await steered.look(blind);
    expect((await statusReport(context)).impediments).toEqual([SENTENCE]);
    expect(await titles(steered)).toEqual([
      'The drawdown cannot be measured: no entries until it can',
    ]);
    const [notice] = await cardsOf(steered.desk, 'notice');
    expect(notice?.text).toContain(': No bar was heard. What was measured until then stands');
    await steered.look();
    await steered.look();
    expect(await impedimentsOf(context)).toEqual([]);
    expect(await titles(steered)).toEqual([
      expect.stringContaining('cannot be measured'),
      expect.stringMatching(/^The drawdown is measured again/),
    ]);
  });

  it('counts from the open, or from the start of the bot, before anything was measured', async () => {
    const steered = await steer();
    const { context } = steered;
    const from = (startedAt: number, now: number) => ({
      ...context,
      drawdownMemory: { startedAt, why: null, prices: new Map() },
      clock: { now: () => now },
    });
    const { open } = FIRST;
    expect(await impedimentsOf(from(0, open + 360_000))).toEqual([]);
    expect(await impedimentsOf(from(0, open + 360_001))).toEqual([
      'the drawdown cannot be measured since 09:30 New York time: no reading was made',
    ]);
    expect(await impedimentsOf(from(open + 60_000, open + 420_000))).toEqual([]);
    expect(await impedimentsOf(from(open + 60_000, open + 420_001))).toHaveLength(1);
    expect(await impedimentsOf(from(0, FIRST.close))).toEqual([]);
  });

  it('is not what an outage of the order stream is', async () => {
    const steered = await steer();
    await lookAt(steered, 100_000);
    const { sight } = steered.context;
    const blind = { ...steered.context, sight: { ...sight, blindness: () => 'no order stream' } };
    steered.equity = 99_000;
    expect(await steered.look(blind)).toMatchObject({ dailyPercent: -1 });
  });

  it('keeps no point for the day’s curve', async () => {
    const steered = await steer();
    await runTradingCycle(steered.context, steered.desk.nextBar());
    await runTradingCycle(blindTo(steered), steered.desk.nextBar());
    const points = await steered.context.ledger.equityPoints(FIRST.date);
    expect(points.map(({ at: when }) => when)).toEqual([FIRST.open + 300_000]);
  });
});

const foreign = (price: string) => ({
  symbol: ticker('ZZZ'),
  side: 'long' as const,
  quantity: 10,
  available: 10,
  averageEntryPrice: parseUsd('10'),
  currentPrice: parseUsd(price),
  unrealizedPnl: parseUsd('0'),
});
const seeing = (steered: Steered, price: string): AppContext => ({
  ...steered.context,
  broker: { ...steered.context.broker, positions: async () => [foreign(price)] },
});

describe('shares that are none of ours', () => {
  it('and have no bars are believed once their price has stood for a bar, and then follow it', async () => {
    const steered = await steer();
    const lookWith = async (price: string) => {
      await steered.look(seeing(steered, price));
      return steered.context.drawdownMemory.why;
    };
    const AWAY = 'the price of ZZZ is 100.0 % away from where it was last';
    expect(await lookWith('20')).toBe(AWAY);
    expect(await lookWith('20.5')).toBeNull();
    expect(await lookWith('24')).toBeNull();
    expect(await lookWith('28')).toBeNull();
    expect(await lookWith('4')).toContain('ZZZ is 60.0 % away');
    expect(await lookWith('28')).toBeNull();
    expect(await lookWith('4')).toContain('away');
    expect(await lookWith('6')).toContain('away');
    expect(await lookWith('6')).toBeNull();
  });
});

const saved = ({ context }: Steered, day: string, equity: string, flows: string) =>
  context.ledger.transaction(async (tx) => {
    const date = asSessionDate(day);
    const noon = newYorkInstant(date, '12:00');
    await tx.saveEquity({
      at: noon,
      sessionDate: date,
      equity: parseUsd(equity),
      cash: parseUsd('0'),
      flows: null,
    });
    await tx.insertCashActivity({ id: day, type: 'CSD', date, amount: parseUsd(flows) });
  });

describe('an older ledger', () => {
  it('has its highest equity for a peak, with what was paid in since', async () => {
    const steered = await steer();
    await saved(steered, '2025-11-03', '54000', '50000');
    await saved(steered, '2025-11-10', '103000', '50000');
    expect(await steered.look()).toMatchObject({ peakPercent: -7.407407 });
    expect(await steered.context.ledger.drawdownState()).toMatchObject({
      peakEquity: parseUsd('108000'),
      peakAt: newYorkInstant(asSessionDate('2025-11-03'), '12:00'),
    });
  });
});
