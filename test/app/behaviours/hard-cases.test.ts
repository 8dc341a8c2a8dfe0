import { describe, expect, it } from 'vitest';

import { guardPositions } from '#app/guard/position-guard.ts';
import { decideForeign } from '#app/reconcile/decide-foreign.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import { parseUsd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';

import { openDesk } from '../desk.ts';
import {
  BARS,
  NVDA,
  byHand,
  cardsOf,
  close,
  deskWithBracket,
  deskWithPosition,
  isShownProtected,
  legAt,
  liveAt,
  ordersAt,
  sharesAt,
  tradeOf,
} from './a-desk.ts';

describe('shares without a stop', () => {
  it('are told of when the rest of their entry will not be cancelled', async () => {
    const desk = await deskWithBracket([BARS.entry, BARS.quiet]);
    Object.assign(desk.standIn.behaviour, { fillAtMost: 4, cancelStuckMs: 30 * MINUTE_MS });
    desk.nextBar();
    await desk.settle();
    expect(await cardsOf(desk, 'alarm')).toMatchObject([{ title: 'NVDA: long 4 NOT protected' }]);
  });

  it('of a stuck closing get one within a minute after the cancel has taken theirs', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    desk.standIn.behaviour.cancelStuckMs = 400_000;
    await close(desk);
    let naked = 0;
    let longest = 0;
    for (let look = 0; look < 60 && sharesAt(desk) > 0; look += 1) {
      desk.elapse(10_000);
      await desk.settle();
      const isNaked = sharesAt(desk) > 0 && !(await isShownProtected(desk));
      naked = isNaked ? naked + 10 : 0;
      longest = Math.max(longest, naked);
    }
    expect(longest, 'seconds').toBeLessThanOrEqual(60);
  });

  it('are protected also while their fills cannot be read', async () => {
    const desk = await deskWithBracket([BARS.entry, BARS.quiet]);
    desk.standIn.behaviour.fillAtMost = 4;
    desk.nextBar();
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'GET',
      path: /activities/,
      status: 500,
      body: { message: 'unavailable' },
      times: 10_000,
    });
    for (let minute = 0; minute < 3; minute += 1) {
      await guardPositions(desk.context);
      desk.elapse(MINUTE_MS);
    }
    expect(liveAt(desk)).toEqual(['sell limit 4 new', 'sell stop 4 held']);
  });
});

describe('a bracket that is whole', () => {
  it('is left alone wherever the last price is', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    const { broker } = desk.context;
    const positions = async () =>
      (await broker.positions()).map((one) => ({ ...one, currentPrice: parseUsd('97.99') }));
    const urgent = { ...broker.urgent, positions };
    const context = desk.with({ broker: { ...broker, positions, urgent } });
    for (let minute = 0; minute < 3; minute += 1) {
      await desk.settle(context);
      desk.elapse(MINUTE_MS);
    }
    expect([sharesAt(desk), await cardsOf(desk, 'closing')]).toEqual([10, []]);
  });
});

describe('shares that are none of the bot’s', () => {
  const buy = { symbol: 'NVDA', side: 'buy', type: 'market', time_in_force: 'day' };

  it('beside a trade get no protection, and do not change what it earned', async () => {
    const desk = await deskWithPosition([BARS.quiet, BARS.quiet]);
    await byHand(desk, 'POST', '/orders', { ...buy, qty: '5' });
    desk.nextBar();
    desk.elapse(1_000);
    await desk.settle();
    expect([sharesAt(desk), liveAt(desk)]).toEqual([
      15,
      ['sell limit 10 new', 'sell stop 10 held'],
    ]);
    await close(desk);
    desk.elapse(5_000);
    await desk.settle();
    const { pnl, entryQuantity } = await tradeOf(desk);
    expect([sharesAt(desk), entryQuantity]).toEqual([0, 10]);
    expect(Math.abs(pnl ?? Number.NaN), 'a trade that went nowhere').toBeLessThan(parseUsd('10'));
  });

  it('are adopted without what an exit had sold of them before', async () => {
    const desk = await openDesk([BARS.quiet, BARS.quiet, BARS.target, BARS.quiet]);
    desk.nextBar();
    await byHand(desk, 'POST', '/orders', { ...buy, qty: '10' });
    desk.nextBar();
    desk.elapse(1_000);
    const target = { symbol: 'NVDA', side: 'sell', type: 'limit', time_in_force: 'gtc' };
    await byHand(desk, 'POST', '/orders', { ...target, qty: '10', limit_price: '104' });
    desk.standIn.behaviour.fillAtMost = 3;
    desk.nextBar();
    desk.elapse(1_000);
    await reconcile(desk.context);
    await decideForeign(desk.context, 'NVDA +7', { decision: 'adopt', by: 'Ada' });
    expect((await desk.context.ledger.netQuantities()).get(NVDA)).toBe(7);
  });
});

describe('an order in doubt', () => {
  it('that a second try brought to the broker is found, and its fill booked', async () => {
    const desk = await deskWithPosition([BARS.stop, BARS.quiet]);
    await byHand(desk, 'DELETE', `/orders/${legAt(desk, 'take-profit').id}`);
    desk.elapse(1_000);
    const message = 'oco orders must be exit orders';
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'POST',
      path: /orders$/,
      status: 422,
      body: { code: 42210000, message },
    });
    let sent = 0;
    const dying = desk.with({
      reached: async (step) => {
        if (step !== 'guard.sent') return;
        sent += 1;
        if (sent === 2) throw new Error('killed');
      },
    });
    await guardPositions(dying);
    const next = await desk.restart();
    desk.elapse(5_000);
    await desk.settle(next);
    desk.nextBar();
    desk.elapse(5_000);
    await desk.settle(next);
    expect([sent, sharesAt(desk), (await tradeOf(desk)).status]).toEqual([2, 0, 'closed']);
  });

  it('of a closing costs few requests, however long nobody answers', async () => {
    let requests = 0;
    const onRequest = (): void => {
      requests += 1;
    };
    const desk = await deskWithPosition([BARS.quiet], { onRequest });
    desk.standIn.faults.add({
      kind: 'reject',
      method: 'POST',
      path: /orders$/,
      status: 503,
      body: { message: 'unavailable' },
      times: 100_000,
    });
    requests = 0;
    await close(desk);
    expect(requests).toBeLessThan(60);
    expect(ordersAt(desk).filter(({ role }) => role === 'single')).toEqual([]);
  });
});
