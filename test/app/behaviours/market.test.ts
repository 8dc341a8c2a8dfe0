/** Behaviours 24, 25 and 30: halts, a lost ledger, nights and half-days. */
import { describe, expect, it } from 'vitest';

import { watchDrawdown } from '#app/drawdown.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { readPositions } from '#app/positions.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { statusReport } from '#app/reports/status.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS, newYorkInstant } from '#core/session.ts';
import positionGuard from '#jobs/position-guard.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { FIRST, HALF_DAY, SECOND } from '../../sandbox/alpaca-market.ts';
import { openDesk } from '../desk.ts';
import {
  BARS,
  NVDA,
  byHand,
  cancelByHand,
  cardsOf,
  close,
  deskWithBracket,
  deskWithPosition,
  isShownProtected,
  legAt,
  liveAt,
  ordersAt,
  restingBuy,
  sharesAt,
  soldAt,
  tradeOf,
  watchWrites,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

const { quiet, stop } = BARS;

/** The guard's looks of so many minutes. */
async function minutes(desk: TradingDesk, count: number): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    desk.elapse(MINUTE_MS);
    await desk.settle();
  }
}

const halt = (desk: TradingDesk) => desk.standIn.behaviour.haltedSymbols.add(NVDA);
const resume = (desk: TradingDesk) => desk.standIn.behaviour.haltedSymbols.delete(NVDA);

describe('while trading is halted', () => {
  it('24: a position under its bracket is left alone, however long it takes', async () => {
    const desk = await deskWithPosition([quiet, stop]);
    halt(desk);
    const sent = watchWrites();
    desk.nextBar();
    await minutes(desk, 60);
    expect(sent).toEqual([]);
    expect(await isShownProtected(desk)).toBe(true);
    resume(desk);
    desk.nextBar();
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' });
  });

  it('24: a closing does not besiege the broker, keeps a stop, and ends when trading resumes', async () => {
    const desk = await deskWithPosition([quiet]);
    halt(desk);
    const sent = watchWrites();
    await close(desk);
    await minutes(desk, 120);
    const market = sent.filter(({ body }) => body['type'] === 'market');
    const submitted = sent.filter(({ method }) => method === 'POST');
    // At first more often, then every five minutes: one market order, two limits and a stop each time.
    expect(market.length).toBeLessThanOrEqual(30);
    expect(submitted.length).toBeLessThanOrEqual(4 * 30);
    expect(sharesAt(desk)).toBe(10);
    expect(await isShownProtected(desk)).toBe(true);
    const alarms = await cardsOf(desk, 'alarm');
    expect(alarms[0]?.title).toBe('NVDA is not closed: trading in it is halted');
    resume(desk);
    desk.nextBar();
    await minutes(desk, 6);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect((await cardsOf(desk, 'closing')).at(-1)).toMatchObject({ progress: { phase: 'done' } });
  });

  it('24: shares that lost their stop get it back, since a stop is taken in a halt', async () => {
    const desk = await deskWithPosition();
    halt(desk);
    await cancelByHand(desk, legAt(desk, 'stop-loss'));
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
  });

  it('24: an entry that does not fill is cancelled after its bar as ever', async () => {
    const desk = await deskWithBracket([quiet, quiet]);
    halt(desk);
    desk.nextBar();
    await positionGuard.run(desk.context);
    desk.elapse(1_000);
    await positionGuard.run(desk.context);
    expect([(await tradeOf(desk)).status, liveAt(desk)]).toEqual(['cancelled', []]);
  });
});

/** An account with a past: more orders than the broker lists at once, one position under a bracket. */
async function anOldAccount(): Promise<TradingDesk> {
  const desk = await deskWithPosition([quiet, quiet]);
  for (let order = 0; order < 520; order += 1) {
    await restingBuy(desk, '50.00');
    const { id } = ordersAt(desk).at(-1)!;
    if (order > 1) await byHand(desk, 'DELETE', `/orders/${id}`);
  }
  desk.elapse(1_000);
  desk.nextBar();
  return desk;
}

describe('a ledger that is new, at an account that is not', () => {
  it('25: is told of every live order and position, and entries wait', async () => {
    const old = await anOldAccount();
    const { broker } = old.context;
    const all = await broker.ordersSince(0);
    expect(all.length, 'more than one page').toBeGreaterThan(500);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.flatMap(({ legs }) => legs)).toHaveLength(2);

    const blank = await openDesk([quiet]);
    const context = blank.with({ broker, clock: old.context.clock });
    const desk = { ...blank, context, id: old.id, standIn: old.standIn };
    const record = await reconcile(context);
    expect(record.isClean).toBe(false);
    const items = await context.ledger.foreignItems();
    expect(
      items.map(({ kind, symbol, quantity }) => `${kind} ${symbol} ${quantity}`).toSorted(),
    ).toEqual([
      // The bracket, under an id of the bot's making, but of a ledger that is lost.
      'order NVDA 10',
      'order NVDA 5',
      'order NVDA 5',
      'position NVDA 10',
    ]);
    await watchDrawdown(context);
    expect((await statusReport(context)).impediments).toEqual(['broker and ledger differ']);
    const sent = watchWrites();
    await desk.settle();
    expect(sent, 'what is foreign is not touched').toEqual([]);
    expect(await readPositions(context)).toMatchObject([
      { tradeId: null, quantity: 10, isProtected: true },
    ]);

    for (const { kind, key } of items.toReversed()) {
      // With the position its bracket is adopted, and foreign no more.
      const isLeft = (await context.ledger.foreignItems()).some((item) => item.key === key);
      if (!isLeft) continue;
      const decision = kind === 'order' ? 'ignore' : 'adopt';
      await decideForeign(context, key, { decision, by: 'an admin' });
    }
    expect(await context.ledger.lastReconciliation()).toMatchObject({ isClean: true });
    await desk.settle();
    expect(sent, 'its bracket is left as it is').toEqual([]);
    const [trade] = await context.ledger.unfinishedTrades();
    expect(trade).toMatchObject({
      status: 'open',
      origin: 'adopted',
      entryQuantity: 10,
      stopPrice: parseUsd('98.00'),
    });
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
  });
});

const atClose = (desk: TradingDesk): void => desk.standIn.advanceTo(FIRST.close);

/** By default nothing is held overnight. */
const OVERNIGHT = { parameters: { endOfDay: 'hold' } } as const;

describe('the night', () => {
  it('30: is spent under a bracket that is good till cancelled', async () => {
    const desk = await deskWithPosition([], OVERNIGHT);
    atClose(desk);
    const sent = watchWrites();
    await minutes(desk, 3);
    expect(sent).toEqual([]);
    expect(await isShownProtected(desk)).toBe(true);
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
  });

  it('30: finds the stops of hard-to-borrow shares gone, and puts them in for the next day', async () => {
    const desk = await deskWithPosition([], OVERNIGHT);
    desk.standIn.behaviour.hardToBorrow.add('NVDA');
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    await desk.settle();
    atClose(desk);
    expect(await isShownProtected(desk), 'its orders were for the day').toBe(false);
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
    const [target, stopLeg] = ordersAt(desk).slice(-2);
    expect([target?.status, stopLeg?.status]).toEqual(['accepted', 'held']);
    expect(stopLeg).toMatchObject({ timeInForce: 'day', expiresAt: SECOND.close });
    expect((await cardsOf(desk, 'repaired')).map(({ forTheDay }) => forTheDay)).toEqual([
      true,
      true,
    ]);
    desk.standIn.advanceTo(SECOND.open + 5 * MINUTE_MS);
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
    desk.standIn.advanceTo(SECOND.close);
    await desk.settle();
    expect(await isShownProtected(desk), 'and for the day after that').toBe(true);
  });

  it.each(['expired', 'canceled'] as const)(
    '30: leaves no shares of a part-filled day entry naked that ends as %s',
    async (partialDayParentEnd) => {
      const bars = [quiet, BARS.entry, [101, 101.2, 100.9, 101]] as const;
      const desk = await openDesk(bars, { delays: REALISTIC_DELAYS, ...OVERNIGHT });
      Object.assign(desk.standIn.behaviour, { fillAtMost: 4, partialDayParentEnd });
      const reached = async (step: string): Promise<void> => {
        if (step === 'entry.written') desk.standIn.behaviour.hardToBorrow.add('NVDA');
      };
      const barEnd = desk.nextBar();
      const { tradeId: id } = await desk.plan();
      await submitPlannedEntries(desk.with({ reached }), barEnd);
      desk.nextBar();
      atClose({ ...desk, id });
      desk.standIn.behaviour.hardToBorrow.clear();
      await desk.settle();
      expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([4, true]);
      expect(liveAt(desk)).toEqual(['sell limit 4 accepted', 'sell stop 4 held']);
    },
  );

  it('30: lets a closing wait for the open, with the bracket untouched until then', async () => {
    const desk = await deskWithPosition([], OVERNIGHT);
    atClose(desk);
    const sent = watchWrites();
    await close(desk);
    expect(sent).toEqual([]);
    expect(await isShownProtected(desk)).toBe(true);
    expect((await cardsOf(desk, 'closing')).at(-1)).toMatchObject({
      progress: { phase: 'queued', opensAt: SECOND.open },
    });
    desk.standIn.advanceTo(SECOND.open + 5 * MINUTE_MS);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });
});

describe('a half-day', () => {
  it.each([
    ['12:30', 1],
    ['12:50', 0],
  ])('30: ends at 13:00, so that of a signal at %s come %i entries', async (time, entries) => {
    const desk = await openDesk([quiet]);
    const session = await desk.context.calendar.on(HALF_DAY.date);
    expect(session?.close).toBe(newYorkInstant(HALF_DAY.date, '13:00'));
    const barEnd = newYorkInstant(HALF_DAY.date, time);
    desk.standIn.advanceTo(barEnd);
    expect(await runTradingCycle(desk.context, barEnd)).toMatchObject({ kind: 'done', entries });
  });

  it('30: has no cycle in its afternoon', async () => {
    const desk = await openDesk([quiet]);
    desk.standIn.advanceTo(HALF_DAY.close);
    expect(await runTradingCycle(desk.context, newYorkInstant(HALF_DAY.date, '14:00'))).toEqual({
      kind: 'skipped',
      why: 'no-session',
    });
  });

  it('30: is closed in the afternoon: a closing asked for then waits for the next session', async () => {
    const desk = await deskWithPosition();
    desk.standIn.advanceTo(HALF_DAY.close);
    await close(desk);
    const closing = (await cardsOf(desk, 'closing')).at(-1);
    expect(closing?.progress.phase).toBe('queued');
    expect(await isShownProtected(desk)).toBe(true);
  });
});

it('30: an account without the fields of the retired day-trading rule is read all the same', async () => {
  const desk = await deskWithPosition();
  const { body } = await byHand(desk, 'GET', '/account');
  const keys = Object.keys(body as object);
  for (const retired of ['pattern_day_trader', 'daytrade_count', 'daytrading_buying_power']) {
    expect(keys).not.toContain(retired);
  }
  expect(await statusReport(desk.context)).toMatchObject({
    equity: desk.standIn.inspect().equity,
    protectedPositions: 1,
  });
});
