/** A closing of everything that is asked for while one of a part rests after its failures. */
import { describe, expect, it } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import { halt } from '#app/control.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { MINUTE_MS, newYorkInstant } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';
import type { Broker } from '#ports/broker.ts';

import { FIRST } from '../../sandbox/alpaca-market.ts';
import {
  auditOf,
  BARS,
  cardsOf,
  close,
  deskWithPosition,
  isShownProtected,
  liveAt,
  NVDA,
  openClose,
  ordersAt,
  sharesAt,
  soldAt,
  tradeOf,
  withoutSales,
} from './a-desk.ts';
import type { TradingDesk } from './a-desk.ts';

const BY_HAND = { by: 'Ada', reason: 'news', until: null, flatten: true } as const;
const at = (time: string) => newYorkInstant(FIRST.date, time);

/** A desk of 100 shares whose broker refused the sale of some so often that the closing rests five minutes. */
async function whereAClosingRests(quantity: number): Promise<TradingDesk> {
  const desk = await deskWithPosition([BARS.quiet], {
    quantity: 100,
    parameters: { timeExitMinutes: 0 },
  });
  desk.standIn.advanceTo(at('15:50'));
  const refusing = withoutSales(desk);
  await close(desk, { quantity, context: refusing });
  while ((await openClose(desk)).failures < 6) {
    desk.elapse(5 * MINUTE_MS);
    await desk.settle(refusing);
  }
  // Its list of positions has caught up by now.
  desk.elapse(5_000);
  return desk;
}

/** What the broker shows: shares held and sold, and whatever lives. */
const shownAt = (desk: TradingDesk) => [sharesAt(desk), soldAt(desk), liveAt(desk)];
const ALL_GONE = [0, 100, []];

async function ask(desk: TradingDesk, quantity: number) {
  const position = (await desk.context.broker.position(NVDA))!;
  const wish = { reason: 'manual_close', atMarket: false, requestedBy: 'Bob' } as const;
  return requestClose(desk.context, { ...wish, tradeId: desk.id, position, quantity });
}

describe('a part whose closing is stuck', () => {
  it('does not keep a flatten waiting', async () => {
    const desk = await whereAClosingRests(25);
    await halt(desk.context, BY_HAND);
    await desk.settle();
    expect(shownAt(desk)).toEqual(ALL_GONE);
    expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'manual_close' });
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { quantity: 100, keep: 0, requestedBy: 'Ada', progress: { phase: 'done' } },
    ]);
    const asked = (await auditOf(desk)).filter(({ action }) => action === 'close NVDA');
    expect(asked.map(({ actor, details }) => [actor, details['quantity']])).toEqual([
      ['somebody', '25'],
      ['Ada', '100'],
    ]);
  });

  it.each(['guard', 'trading cycle'])(
    'does not keep the end of the day waiting, by the %s',
    async (by) => {
      const desk = await whereAClosingRests(25);
      desk.standIn.advanceTo(at('15:55'));
      if (by === 'guard') await desk.settle();
      else await runTradingCycle(desk.context, at('15:55'));
      await desk.context.background.idle();
      expect(shownAt(desk)).toEqual(ALL_GONE);
      expect(await tradeOf(desk)).toMatchObject({ status: 'closed', exitReason: 'end_of_day' });
    },
  );

  it('waits as ever while another part is asked for', async () => {
    const desk = await whereAClosingRests(25);
    expect(await ask(desk, 50)).toEqual({ kind: 'under-way' });
    await desk.settle();
    expect(sharesAt(desk)).toBe(100);
    expect(await openClose(desk)).toMatchObject({ phase: 'stuck', quantity: 25, keep: 75 });
  });

  it('keeps its stop, and everything waiting, while its exit may still get there', async () => {
    const desk = await deskWithPosition([BARS.quiet, BARS.quiet], { quantity: 100 });
    const { broker } = desk.context;
    const sent: Parameters<Broker['submitExit']>[0][] = [];
    const submitExit: Broker['submitExit'] = async (order) => {
      sent.push(order);
      return { kind: 'unknown', message: '504 Gateway Timeout' };
    };
    const urgent = {
      ...broker.urgent,
      orderByClientId: async () => Promise.reject(new BrokerError('no', { retryable: true })),
    };
    const silent = desk.with({ broker: { ...broker, urgent, submitExit } });
    await close(desk, { quantity: 25, context: silent });
    desk.elapse(5_000);
    await halt(silent, BY_HAND);
    await desk.settle(silent);
    expect(await openClose(desk)).toMatchObject({ phase: 'stuck', quantity: 100, keep: 0 });
    expect(new Set(sent.map(({ clientOrderId }) => clientOrderId)).size).toBe(1);
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([100, true]);
    // The rest of the shares are let go only once it is known what became of the first.
    desk.elapse(MINUTE_MS);
    await desk.settle();
    expect(shownAt(desk)).toEqual(ALL_GONE);
  });

  it('is not disturbed while it is being carried on', async () => {
    const desk = await deskWithPosition([BARS.quiet], { quantity: 100 });
    const asked: unknown[] = [];
    const context = desk.with({
      reached: async (step) => {
        if (step === 'exit.sent') asked.push(await ask(desk, 100));
      },
    });
    await close(desk, { quantity: 25, context });
    expect(asked).toEqual([{ kind: 'under-way' }]);
    expect([sharesAt(desk), await isShownProtected(desk)]).toEqual([75, true]);
  });

  it('raises alarms of its own once it is everything that is stuck', async () => {
    const desk = await whereAClosingRests(25);
    const before = (await cardsOf(desk, 'alarm')).length;
    const { broker } = desk.context;
    const context = withoutSales(desk, broker);
    await halt(context, BY_HAND);
    await desk.settle(context);
    expect(await openClose(desk)).toMatchObject({ phase: 'stuck', keep: 0, failures: 1 });
    expect((await cardsOf(desk, 'alarm')).slice(before)).toMatchObject([{ repeat: 0 }]);
    expect(await isShownProtected(desk)).toBe(true);
    // It rests as a new one does, not as long as the part did.
    desk.elapse(15_000);
    await desk.settle();
    expect(shownAt(desk)).toEqual(ALL_GONE);
  });

  it('is taken over once, however many ask at the same moment', async () => {
    const desk = await whereAClosingRests(25);
    const asked = await Promise.all([ask(desk, 100), ask(desk, 100), guardPositions(desk.context)]);
    expect(asked.flatMap((one) => one?.kind ?? []).toSorted()).toEqual(['under-way', 'widened']);
    await desk.settle();
    expect(shownAt(desk)).toEqual(ALL_GONE);
  });
});

describe('a closing of everything that is stuck', () => {
  it('rests as ever, however often everything is asked for', async () => {
    const desk = await whereAClosingRests(100);
    const sent = ordersAt(desk).length;
    expect(await ask(desk, 100)).toEqual({ kind: 'under-way' });
    await halt(desk.context, BY_HAND);
    await desk.settle();
    expect(ordersAt(desk)).toHaveLength(sent);
    expect(await openClose(desk)).toMatchObject({ phase: 'stuck', requestedBy: 'somebody' });
  });
});
