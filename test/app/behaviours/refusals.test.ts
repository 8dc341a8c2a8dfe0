/** Behaviours 18 to 23: the broker says no, or says nothing. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { AppContext } from '#app/context.ts';
import { watchDrawdown } from '#app/drawdown.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { EpochMs } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { shortFeatures } from '../../core/support/snapshots.ts';
import { openDesk } from '../desk.ts';
import type { Desk } from '../desk.ts';
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

const { entry, quiet, stop } = BARS;
const ORDERS = /^\/v2\/orders$/;

/** A desk with a planned entry, at the end of a bar. */
async function deskWithPlan(
  bars: Parameters<typeof openDesk>[0] = [quiet, entry, quiet],
): Promise<{ readonly desk: TradingDesk; readonly barEnd: EpochMs }> {
  const desk = await openDesk(bars, { delays: REALISTIC_DELAYS });
  const barEnd = desk.nextBar();
  const { tradeId } = await desk.plan();
  return { desk: { ...desk, id: tradeId }, barEnd };
}

const entriesAt = (desk: Desk) => ordersAt(desk).filter(({ role }) => role === 'entry');
const posts = (sent: ReturnType<typeof watchWrites>) =>
  sent.filter(({ method }) => method === 'POST');

describe('an order whose id the broker has already', () => {
  it.each(['open', 'filled', 'canceled'] as const)(
    '18: and which is %s is adopted, and never sent as another one',
    async (state) => {
      const { desk, barEnd } = await deskWithPlan();
      const dying = desk.with({
        reached: async (step) => {
          if (step === 'entry.sent') throw new Error('killed');
        },
      });
      await expect(submitPlannedEntries(dying, barEnd)).rejects.toThrow('killed');
      if (state === 'canceled') await cancelByHand(desk, legAt(desk, 'entry'));
      if (state === 'filled') desk.nextBar();
      const { broker } = desk.context;
      let looks = 0;
      // The first look comes too early: only the refusal tells that the broker has it.
      const orderByClientId: Broker['orderByClientId'] = async (id) => {
        looks += 1;
        return looks === 1 ? null : broker.urgent.orderByClientId(id);
      };
      const urgent = { ...broker.urgent, orderByClientId };
      const context = { ...(await desk.restart()), broker: { ...broker, urgent } };
      const sent = watchWrites();
      await submitPlannedEntries(context, barEnd);
      await desk.settle(context);
      expect(posts(sent).filter(({ body }) => body['order_class'] === 'bracket')).toHaveLength(1);
      expect(entriesAt(desk)).toHaveLength(1);
      expect(sharesAt(desk)).toBe(state === 'filled' ? 10 : 0);
      const status = { open: 'submitted', filled: 'open', canceled: 'cancelled' }[state];
      expect((await tradeOf(desk)).status).toBe(status);
      expect(await cardsOf(desk, 'entry')).toHaveLength(1);
    },
  );
});

/** Lets requests of a kind give up after a moment, instead of after the client's quarter of a minute. */
function giveUpSoon(method: string): void {
  const real = globalThis.fetch;
  const spy = vi
    .spyOn(globalThis, 'fetch')
    .mockImplementation((input, init) =>
      real(input, init?.method === method ? { ...init, signal: AbortSignal.timeout(300) } : init),
    );
  onTestFinished(() => spy.mockRestore());
}

const SILENCE = [
  'lost-reply',
  'gateway-timeout-after',
  'gateway-timeout-before',
  'drop-before',
  'stall',
] as const;

describe('an order whose answer is not heard', () => {
  it.each(SILENCE)('19: after a %s is at the broker once: the entry', async (kind) => {
    const { desk, barEnd } = await deskWithPlan();
    giveUpSoon('POST');
    desk.standIn.faults.add({ method: 'POST', path: ORDERS, kind });
    await submitPlannedEntries(desk.context, barEnd);
    expect(entriesAt(desk)).toHaveLength(1);
    expect((await tradeOf(desk)).status).toBe('submitted');
    desk.nextBar();
    await desk.settle();
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([10, true]);
    expect(await desk.context.ledger.openOrderIntents()).toEqual([]);
  });

  it.each(SILENCE)('19: after a %s is at the broker once: the protection', async (kind) => {
    const desk = await deskWithPosition();
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    giveUpSoon('POST');
    desk.standIn.faults.add({ method: 'POST', path: ORDERS, kind });
    await desk.settle();
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
    expect(await cardsOf(desk, 'repaired')).toHaveLength(1);
  });

  it.each(SILENCE)('19: after a %s is at the broker once: the exit', async (kind) => {
    const desk = await deskWithPosition();
    giveUpSoon('POST');
    desk.standIn.faults.add({ method: 'POST', path: ORDERS, kind });
    await close(desk);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    const exits = ordersAt(desk).filter(({ clientOrderId }) => clientOrderId.includes('exit'));
    expect(exits).toHaveLength(1);
  });

  it.each(SILENCE)('19: after a %s is cancelled all the same', async (kind) => {
    const desk = await deskWithPosition();
    giveUpSoon('DELETE');
    desk.standIn.faults.add({ method: 'DELETE', path: /^\/v2\/orders/, kind });
    await close(desk);
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await cardsOf(desk, 'alarm')).toEqual([]);
  });

  it('19: and cannot be looked up either stays planned until it can', async () => {
    const { desk, barEnd } = await deskWithPlan();
    desk.standIn.faults.add({ method: 'POST', path: ORDERS, kind: 'lost-reply' });
    desk.standIn.faults.add({
      method: 'GET',
      path: /by_client_order_id/,
      kind: 'gateway-timeout-before',
      times: 20,
    });
    await submitPlannedEntries(desk.context, barEnd);
    expect((await tradeOf(desk)).status).toBe('planned');
    desk.standIn.faults.clear();
    await submitPlannedEntries(desk.context, barEnd);
    expect((await tradeOf(desk)).status).toBe('submitted');
    expect(entriesAt(desk)).toHaveLength(1);
  });
});

interface Refused {
  readonly code: string;
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const unprocessable = (code: string, message: string, number = 42_210_000): Refused => ({
  code,
  status: 422,
  body: { code: number, message },
});
const forbidden = (code: string, message: string, extra: object = {}): Refused => ({
  code,
  status: 403,
  body: { ...extra, code: 40_310_000, message },
});

const REFUSALS: readonly Refused[] = [
  unprocessable(
    'sub-penny',
    'invalid stop_price 98.123. sub-penny increment does not fulfill minimum pricing criteria',
  ),
  unprocessable('unknown', 'bracket orders require stop_loss.stop_price', 40_010_001),
  unprocessable('unknown', 'bracket orders support only "day" or "gtc" time_in_force', 40_010_001),
  forbidden('unknown', 'bracket orders do not support extended hours trading'),
  unprocessable('unknown', 'fractional orders must be simple orders'),
  unprocessable('not-an-entry', 'bracket orders must be entry orders'),
  unprocessable('not-shortable', 'asset "NVDA" cannot be sold short'),
  unprocessable('inactive-asset', 'asset NVDA is not active'),
  forbidden('opposite-pending', 'cannot open a short sell while a long buy order is open'),
  forbidden('wash-trade', 'potential wash trade detected. use complex orders', {
    existing_order_id: 'x',
    reject_reason: 'opposite side limit order exists',
  }),
  forbidden('insufficient-buying-power', 'insufficient buying power', {
    buying_power: '323.7',
    cost_basis: '1000',
  }),
  forbidden('unknown', 'a message that nobody has seen before'),
];

describe('an entry that the broker refuses', () => {
  it.each(REFUSALS)(
    '20: as $code, $body.message, is told so and not sent again',
    async (refused) => {
      const { desk, barEnd } = await deskWithPlan();
      const { code, status, body } = refused;
      desk.standIn.faults.add({ method: 'POST', path: ORDERS, kind: 'reject', status, body });
      const sent = watchWrites();
      await submitPlannedEntries(desk.context, barEnd);
      await submitPlannedEntries(desk.context, desk.nextBar());
      await desk.settle();
      expect(posts(sent)).toHaveLength(1);
      expect([entriesAt(desk), sharesAt(desk)]).toEqual([[], 0]);
      expect((await tradeOf(desk)).status).toBe('rejected');
      expect(await cardsOf(desk, 'entry')).toMatchObject([
        {
          progress: {
            status: 'rejected',
            code,
            message: expect.stringContaining(String(body['message'])),
          },
        },
      ]);
    },
  );

  it('20: since price has left its stop behind is moved along with the price, once', async () => {
    const { desk, barEnd } = await deskWithPlan([[98, 98.2, 97.2, 97.5]]);
    const sent = watchWrites();
    await submitPlannedEntries(desk.context, barEnd);
    expect(posts(sent)).toHaveLength(2);
    expect(entriesAt(desk)).toMatchObject([{ limitPrice: parseUsd('100.00') }]);
    expect(legAt(desk, 'stop-loss').stopPrice).toBe(parseUsd('95.50'));
    expect(legAt(desk, 'take-profit').limitPrice).toBe(parseUsd('102.50'));
    const trade = await tradeOf(desk);
    expect([trade.status, trade.stopPrice]).toEqual(['submitted', parseUsd('95.50')]);
    expect(await cardsOf(desk, 'entry')).toMatchObject([
      { intent: { bracket: { stopPrice: parseUsd('95.50'), targetPrice: parseUsd('102.50') } } },
    ]);
  });

  it('20: and in two parts is moved in both', async () => {
    const desk = await openDesk([[98, 98.2, 97.2, 97.5]], { delays: REALISTIC_DELAYS });
    const barEnd = desk.nextBar();
    await desk.plan({ scaleOut: { quantity: 5, targetPrice: parseUsd('104.00') } });
    await submitPlannedEntries(desk.context, barEnd);
    const ofType = (type: string) => ordersAt(desk).filter((order) => order.type === type);
    expect(ofType('stop').map(({ stopPrice }) => stopPrice)).toEqual([
      parseUsd('95.50'),
      parseUsd('95.50'),
    ]);
    const targets = ordersAt(desk).filter(({ role }) => role === 'take-profit');
    expect(targets.map(({ limitPrice }) => limitPrice)).toEqual([
      parseUsd('102.50'),
      parseUsd('101.50'),
    ]);
  });

  it('20: for that again is given up', async () => {
    const { desk, barEnd } = await deskWithPlan();
    const body = {
      base_price: '97.5',
      code: 42_210_000,
      message: 'stop_loss.stop_price must be <= base_price - 0.01',
    };
    const fault = { method: 'POST', path: ORDERS, kind: 'reject', status: 422, body } as const;
    desk.standIn.faults.add({ ...fault, times: 9 });
    const sent = watchWrites();
    await submitPlannedEntries(desk.context, barEnd);
    expect(posts(sent)).toHaveLength(2);
    expect((await tradeOf(desk)).status).toBe('rejected');
    expect(await cardsOf(desk, 'entry')).toMatchObject([{ progress: { code: 'base-price' } }]);
  });

  it('20: beside a position of somebody’s in the symbol stays refused', async () => {
    const { desk, barEnd } = await deskWithPlan();
    const order = { symbol: 'NVDA', qty: '5', side: 'sell', type: 'market', time_in_force: 'day' };
    await byHand(desk, 'POST', '/orders', order);
    desk.nextBar();
    await watchDrawdown(desk.context);
    await submitPlannedEntries(desk.context, barEnd);
    expect(await cardsOf(desk, 'entry')).toMatchObject([{ progress: { code: 'not-an-entry' } }]);
    expect([sharesAt(desk), liveAt(desk)]).toEqual([-5, []]);
  });

  it('20: an exit pair that is none yet to the broker’s book of positions is sent until it is', async () => {
    const desk = await deskWithPosition();
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    const { body } = unprocessable('not-an-exit', 'oco orders must be exit orders');
    const fault = { method: 'POST', path: ORDERS, kind: 'reject', status: 422, body } as const;
    desk.standIn.faults.add({ ...fault, times: 4 });
    await desk.settle();
    expect(liveAt(desk)).toEqual(['sell limit 10 new', 'sell stop 10 held']);
    expect(await cardsOf(desk, 'alarm')).toEqual([]);
  });

  it.each([500, 5_000])(
    '20: a book that lags %i ms costs no stop and no false alarm',
    async (ms) => {
      const desk = await deskWithBracket([entry]);
      Object.assign(desk.standIn.behaviour, { fillAtMost: 4, positionLagMs: ms });
      desk.nextBar();
      await desk.settle();
      desk.elapse(ms);
      await desk.settle();
      expect(liveAt(desk)).toEqual(['sell limit 4 new', 'sell stop 4 held']);
      expect(await cardsOf(desk, 'alarm')).toEqual([]);
    },
  );
});

/** A desk where somebody's order to buy appears just before each of the bot's sales, so many times. */
async function closingAgainst(times: number) {
  const desk = await deskWithPosition();
  const { broker } = desk.context;
  let left = times;
  const submitExit: Broker['submitExit'] = async (order) => {
    left -= 1;
    if (left >= 0) await restingBuy(desk, '99.95');
    return broker.submitExit(order);
  };
  return { desk, context: desk.with({ broker: { ...broker, submitExit } }) };
}

describe('somebody’s resting order to buy', () => {
  it('21: costs no position its stop', async () => {
    const desk = await deskWithPosition();
    await restingBuy(desk);
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
    expect(liveAt(desk)).toEqual(['buy limit 5 new', 'sell limit 10 new', 'sell stop 10 held']);
  });

  it('21: costs a part-filled entry no stop either', async () => {
    const desk = await deskWithBracket([entry]);
    desk.standIn.behaviour.fillAtMost = 4;
    await restingBuy(desk);
    desk.nextBar();
    await desk.settle();
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([4, true]);
  });

  it('21: that comes into a closing’s way is cancelled, and the closing goes on', async () => {
    const { desk, context } = await closingAgainst(1);
    await close(desk, { context, atMarket: true });
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
    expect(await cardsOf(desk, 'alarm')).toEqual([]);
  });

  it('21: that keeps coming leaves the shares with a stop and the channel with an alarm', async () => {
    const { desk, context } = await closingAgainst(1_000);
    await close(desk, { context, atMarket: true });
    expect(sharesAt(desk)).toBe(10);
    expect(await isShownProtected(desk)).toBe(true);
    expect((await cardsOf(desk, 'alarm')).length).toBeGreaterThan(0);
  });

  it('21: costs a closing that gets stuck no stop', async () => {
    const desk = await deskWithPosition();
    const { broker } = desk.context;
    const submitExit: Broker['submitExit'] = async () => {
      await restingBuy(desk);
      const message = 'not today';
      return { kind: 'rejected', code: 'unknown', httpStatus: 403, message, details: {} };
    };
    await close(desk, { context: desk.with({ broker: { ...broker, submitExit } }) });
    expect(sharesAt(desk)).toBe(10);
    expect(await isShownProtected(desk)).toBe(true);
  });
});

describe('buying power', () => {
  const POOR = { startingCash: parseUsd('100000'), rules: { marginMultiplier: 1 } };

  it('22: that is tied up by accepted orders makes the next entry smaller, not refused', async () => {
    const desk = await openDesk([quiet, quiet], { ...POOR, delays: REALISTIC_DELAYS });
    desk.nextBar();
    const order = { symbol: 'NVDA', qty: '1000', side: 'buy', type: 'limit', time_in_force: 'gtc' };
    await byHand(desk, 'POST', '/orders', { ...order, limit_price: '90.00' });
    const outcome = await runTradingCycle(desk.context, desk.nextBar());
    expect(outcome).toMatchObject({ kind: 'done', entries: 1 });
    const entries = entriesAt(desk);
    const shares = entries.reduce((sum, { quantity }) => sum + quantity, 0);
    // 10,000 dollars are left, at 100.05 a share.
    expect(shares).toBe(99);
    expect(await cardsOf(desk, 'entry')).toMatchObject([{ progress: { status: 'submitted' } }]);
  });

  it('22: is shared by the entries of one bar', async () => {
    const desk = await openDesk([quiet], {
      ...POOR,
      others: { AAPL: [quiet], MSFT: [quiet], AMD: [quiet], TSLA: [quiet], META: [quiet] },
    });
    const outcome = await runTradingCycle(desk.context, desk.nextBar());
    expect(outcome.kind).toBe('done');
    const cost = entriesAt(desk).reduce((sum, one) => sum + one.quantity * one.limitPrice!, 0);
    expect(cost).toBeLessThanOrEqual(parseUsd('100000'));
    const progress = (await cardsOf(desk, 'entry')).map((card) => card.progress.status);
    expect(new Set(progress)).toEqual(new Set(['submitted']));
  });

  it('22: that was gone when the order arrived is told once, and not tried again', async () => {
    const desk = await openDesk([quiet, quiet, quiet], { ...POOR, delays: REALISTIC_DELAYS });
    const barEnd = desk.nextBar();
    await desk.plan({ quantity: 2_000 });
    const sent = watchWrites();
    await submitPlannedEntries(desk.context, barEnd);
    await submitPlannedEntries(desk.context, desk.nextBar());
    await desk.settle();
    expect(posts(sent)).toHaveLength(1);
    expect(await cardsOf(desk, 'entry')).toMatchObject([
      { progress: { status: 'rejected', code: 'insufficient-buying-power' } },
    ]);
  });
});

const signalling = (desk: Desk): AppContext =>
  desk.with({
    features: {
      at: async (at) =>
        new Map([
          [NVDA, shortFeatures({ barEnd: at, close: 100, vwap: 101, emaFast: 99, emaSlow: 100 })],
        ]),
      barsSince: () => [],
    },
  });

describe('selling short', () => {
  it('23: is entered with its bracket mirrored where it is allowed', async () => {
    const desk = await openDesk([quiet, [100, 100.9, 99.8, 100]], { delays: REALISTIC_DELAYS });
    await runTradingCycle(signalling(desk), desk.nextBar());
    desk.nextBar();
    await desk.settle();
    expect(sharesAt(desk)).toBeLessThan(0);
    expect(await isShownProtected(desk)).toBe(true);
  });

  it.each(['the configuration', 'the broker'])('23: never happens against %s', async (whose) => {
    const options = whose === 'the broker' ? { notShortable: [ticker('NVDA')] } : {};
    const desk = await openDesk([quiet, quiet, quiet], options);
    const context = signalling(desk);
    const { parameters } = desk.context;
    const allowShort = whose === 'the broker';
    const sent = watchWrites();
    for (const _ of [1, 2, 3]) {
      const cycle = { ...context, parameters: { ...parameters, allowShort } };
      const outcome = await runTradingCycle(cycle, desk.nextBar());
      expect(outcome).toMatchObject({ kind: 'done', entries: 0 });
    }
    expect(sent).toEqual([]);
  });

  it('23: never comes of closing: a second exit is not sent for shares that are gone', async () => {
    const desk = await deskWithPosition([quiet]);
    desk.standIn.behaviour.positionLagMs = 2_000;
    await close(desk);
    await desk.settle();
    desk.elapse(10_000);
    await desk.settle();
    expect([sharesAt(desk), soldAt(desk), liveAt(desk)]).toEqual([0, 10, []]);
  });

  it('23: of shares that are known to be hard to borrow is left alone', async () => {
    const desk = await openDesk([quiet]);
    desk.standIn.behaviour.hardToBorrow.add('NVDA');
    const outcome = await runTradingCycle(signalling(desk), desk.nextBar());
    expect(outcome).toMatchObject({ kind: 'done', entries: 0 });
  });

  it('23: of shares that turn out to be hard to borrow is entered for the day, in both its parts', async () => {
    const desk = await openDesk([quiet, [100, 100.9, 99.8, 100]], { delays: REALISTIC_DELAYS });
    const reached = async (step: string): Promise<void> => {
      if (step === 'entry.planned') desk.standIn.behaviour.hardToBorrow.add('NVDA');
    };
    await runTradingCycle({ ...signalling(desk), reached }, desk.nextBar());
    expect(entriesAt(desk).map(({ timeInForce, side }) => [side, timeInForce])).toEqual([
      ['sell', 'day'],
      ['sell', 'day'],
    ]);
    desk.nextBar();
    await desk.settle();
    expect(sharesAt(desk)).toBeLessThan(0);
    expect(await isShownProtected(desk)).toBe(true);
  });

  it('23: or not, hard-to-borrow shares get their stop back for the day, and the card says so', async () => {
    const desk = await deskWithPosition([stop]);
    desk.standIn.behaviour.hardToBorrow.add('NVDA');
    await cancelByHand(desk, legAt(desk, 'take-profit'));
    await desk.settle();
    expect(await isShownProtected(desk)).toBe(true);
    expect(legAt(desk, 'stop-loss').timeInForce).toBe('day');
    expect(await cardsOf(desk, 'repaired')).toMatchObject([{ quantity: 10, forTheDay: true }]);
    desk.nextBar();
    await syncOrders(desk.context);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'stop_loss' });
  });
});
