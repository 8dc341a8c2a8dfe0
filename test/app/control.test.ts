import { describe, expect, it } from 'vitest';

import { halt, resume, tendControl } from '#app/control.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { BrokerError } from '#ports/broker.ts';

import { FIRST, SECOND } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';
import {
  auditOf,
  BARS,
  cardsOf,
  cancelByHand,
  close,
  legAt,
  restingBuy,
  deskWithBracket,
  deskWithPosition,
  liveAt,
  sharesAt,
} from './behaviours/a-desk.ts';
import { openDesk } from './desk.ts';
import type { Desk } from './desk.ts';

const QUIET: Ohlc = [100, 100.1, 99.9, 100];
const BY_HAND = { by: 'Ada', reason: 'news', until: null, flatten: false } as const;
const FLATTEN = { ...BY_HAND, flatten: true } as const;

const changes = async (desk: Desk) =>
  (await cardsOf(desk, 'control')).map(({ change, by }) => `${change} by ${by}`);
const statusOf = async ({ context }: Desk) => (await context.ledger.controlState()).status;

/** Lives through the bars until the last one that ends at or before an instant. */
function passUntil(desk: Desk, at: number): void {
  while (desk.standIn.now() < at) desk.nextBar();
}

const silent = async (): Promise<never> => {
  throw new BrokerError('no answer', { retryable: true });
};

describe('a halt', () => {
  it('is made also while the broker does not answer', async () => {
    const desk = await openDesk([QUIET]);
    const calendar = { ...desk.context.calendar, on: silent, currentOrNext: silent };
    const { hasChanged } = await halt({ ...desk.context, calendar }, BY_HAND);
    expect(hasChanged).toBe(true);
    expect(await statusOf(desk)).toBe('halted');
  });

  it('is written down with who, why and until when, told, and on record', async () => {
    const desk = await openDesk([QUIET]);
    const at = desk.nextBar();
    const outcome = await halt(desk.context, BY_HAND);
    const control = { status: 'halted', by: 'Ada', reason: 'news', since: at, until: null };
    expect(outcome).toMatchObject({ hasChanged: true, control });
    expect(await desk.context.ledger.controlState()).toEqual(control);
    expect(await cardsOf(desk, 'control')).toMatchObject([
      { change: 'halted', by: 'Ada', reason: 'news', control },
    ]);
    expect(await auditOf(desk)).toMatchObject([
      {
        actor: 'Ada',
        action: 'control halt',
        outcome: 'done',
        details: { from: 'active', to: 'halted', reason: 'news', until: 'someone resumes' },
      },
    ]);
  });

  it('twice for the same reason is one, with one card', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    await halt(desk.context, BY_HAND);
    expect(await halt(desk.context, BY_HAND)).toMatchObject({
      hasChanged: false,
      control: { by: 'Ada' },
    });
    expect(await changes(desk)).toEqual(['halted by Ada']);
    expect(await auditOf(desk)).toHaveLength(1);
  });

  it('of somebody else on top of one is told, and its reason stays beside the first', async () => {
    const desk = await openDesk([QUIET]);
    const since = desk.nextBar();
    await halt(desk.context, BY_HAND);
    const both = { status: 'halted', by: 'Ada', reason: 'news · also Bob: the feed', since };
    expect(await halt(desk.context, { ...BY_HAND, by: 'Bob', reason: 'the feed' })).toMatchObject({
      hasChanged: true,
      control: both,
    });
    expect(await desk.context.ledger.controlState()).toMatchObject(both);
    expect(await cardsOf(desk, 'control')).toMatchObject([
      { change: 'halted', by: 'Ada' },
      { change: 'joined', by: 'Bob', reason: both.reason, control: both },
    ]);
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      actor: 'Bob',
      action: 'control halt',
      details: { from: 'halted', to: 'halted', reason: 'the feed' },
    });
  });

  it('for ever on top of one for the session is told, and does not end by itself', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    await halt(desk.context, { ...BY_HAND, until: 'session' });
    await halt(desk.context, { ...BY_HAND, by: 'Bob' });
    expect(await changes(desk)).toEqual(['halted by Ada', 'prolonged by Bob']);
    passUntil(desk, SECOND.open + 1);
    await tendControl(desk.context);
    expect(await statusOf(desk)).toBe('halted');
  });

  it('by two at once is one, and both are told', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    const both = await Promise.all([
      halt(desk.context, BY_HAND),
      halt(desk.context, { ...BY_HAND, by: 'Bob' }),
    ]);
    expect(both.filter(({ hasChanged }) => hasChanged)).toHaveLength(2);
    expect((await cardsOf(desk, 'control')).map(({ change }) => change)).toEqual([
      'halted',
      'joined',
    ]);
  });

  it('by hand is there after a restart and in the next session', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    await halt(desk.context, BY_HAND);
    const restarted = await desk.restart();
    passUntil(desk, SECOND.open + 1);
    await tendControl(restarted);
    expect(await restarted.ledger.controlState()).toMatchObject({ status: 'halted', by: 'Ada' });
  });

  it('for the session ends at the next one’s open, by itself, with a card', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    await halt(desk.context, { ...BY_HAND, until: 'session' });
    expect(await desk.context.ledger.controlState()).toMatchObject({ until: SECOND.open });
    passUntil(desk, FIRST.close);
    await tendControl(desk.context);
    expect(await statusOf(desk)).toBe('halted');
    const at = desk.nextBar();
    expect(at).toBeGreaterThan(SECOND.open);
    await runTradingCycle(desk.context, at);
    expect(await statusOf(desk)).toBe('active');
    expect(await changes(desk)).toEqual(['halted by Ada', 'expired by system']);
    expect(await auditOf(desk)).toContainEqual(
      expect.objectContaining({ actor: 'system', action: 'control expire', outcome: 'done' }),
    );
  });

  it('before the open is for the session that is about to open', async () => {
    const desk = await openDesk([QUIET]);
    const context = desk.with({ clock: { now: () => FIRST.open - 1 } });
    await halt(context, { ...BY_HAND, until: 'session' });
    expect(await context.ledger.controlState()).toMatchObject({ until: FIRST.open });
  });

  it('cancels them also while no request is to be had but those that are kept for what protects', async () => {
    const desk = await deskWithBracket([QUIET]);
    const { broker } = desk.context;
    await halt(desk.context, BY_HAND);
    const usual = { order: silent, positions: silent, ordersSince: silent };
    await desk.settle(desk.with({ broker: { ...broker, ...usual } }));
    desk.elapse(2_000);
    expect(liveAt(desk)).toEqual([]);
  });

  it('cancels entries that still work, and touches no bracket', async () => {
    const desk = await deskWithBracket([QUIET]);
    expect(liveAt(desk)).toContain('buy limit 10 new');
    await halt(desk.context, BY_HAND);
    await desk.settle();
    desk.elapse(2_000);
    expect(liveAt(desk)).toEqual([]);
    const holding = await deskWithPosition([QUIET]);
    const before = liveAt(holding);
    await halt(holding.context, BY_HAND);
    await holding.settle();
    holding.elapse(2_000);
    expect(liveAt(holding)).toEqual(before);
    expect(sharesAt(holding)).toBe(10);
  });
});

describe('a resume', () => {
  it('opens it again, with a card and a row', async () => {
    const desk = await openDesk([QUIET]);
    desk.nextBar();
    await halt(desk.context, BY_HAND);
    const outcome = await resume(desk.context, { by: 'Bob', reason: 'all clear' });
    expect(outcome).toMatchObject({ hasChanged: true, control: { status: 'active', by: 'Bob' } });
    expect(await changes(desk)).toEqual(['halted by Ada', 'resumed by Bob']);
    expect((await auditOf(desk)).at(-1)).toMatchObject({ actor: 'Bob', action: 'control resume' });
  });

  it('of what is not halted changes nothing', async () => {
    const desk = await openDesk([QUIET]);
    const outcome = await resume(desk.context, { by: 'Bob', reason: '' });
    expect(outcome).toMatchObject({ hasChanged: false, control: { status: 'active' } });
    expect(await changes(desk)).toEqual([]);
  });

  it('while everything is being closed changes nothing', async () => {
    const desk = await deskWithPosition([QUIET]);
    await halt(desk.context, FLATTEN);
    const outcome = await resume(desk.context, { by: 'Bob', reason: '' });
    expect(outcome).toMatchObject({ hasChanged: false, control: { status: 'flattening' } });
  });
});

describe('flattening', () => {
  it('closes every position with proof, then says that all is flat and stays halted', async () => {
    const desk = await deskWithPosition([QUIET]);
    await halt(desk.context, FLATTEN);
    await desk.settle();
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
    expect(liveAt(desk)).toEqual([]);
    expect(await changes(desk)).toEqual(['flattening by Ada', 'flat by Ada']);
    expect(await statusOf(desk)).toBe('halted');
    expect(await cardsOf(desk, 'closing')).toMatchObject([
      { reason: 'manual_close', requestedBy: 'Ada', progress: { phase: 'done' } },
    ]);
    await desk.settle();
    expect(await changes(desk)).toHaveLength(2);
  });

  it('cancels an entry that works, and is flat when it is gone', async () => {
    const desk = await deskWithBracket([QUIET]);
    await halt(desk.context, FLATTEN);
    await desk.settle();
    desk.elapse(2_000);
    await desk.settle();
    expect(liveAt(desk)).toEqual([]);
    expect(await changes(desk)).toEqual(['flattening by Ada', 'flat by Ada']);
  });

  it('is not flat while a cancelled entry may still fill', async () => {
    const desk = await deskWithBracket([QUIET]);
    await halt(desk.context, FLATTEN);
    await guardPositions(desk.context);
    expect(await statusOf(desk)).toBe('flattening');
  });

  it.each(['shown', 'booked'] as const)(
    'is not flat while what an entry has just filled is not %s yet, and closes it then',
    async (what) => {
      const desk = await deskWithBracket([BARS.entry, QUIET]);
      const { broker } = desk.context;
      if (what === 'shown') desk.standIn.behaviour.positionLagMs = 5_000;
      const none = { ...broker, executionsSince: async () => [], positions: async () => [] };
      const unbooked = { ...none, urgent: { ...broker.urgent, positions: none.positions } };
      desk.nextBar();
      await halt(desk.context, FLATTEN);
      await desk.settle(what === 'shown' ? desk.context : desk.with({ broker: unbooked }));
      expect(await statusOf(desk)).toBe('flattening');
      desk.elapse(10_000);
      await desk.settle();
      await desk.settle();
      expect([sharesAt(desk), liveAt(desk)]).toEqual([0, []]);
      expect(await changes(desk)).toEqual(['flattening by Ada', 'flat by Ada']);
    },
  );

  it('goes on in another process that finds it half-way, and asks for no closing twice', async () => {
    const desk = await deskWithPosition([QUIET]);
    const dying = desk.with({
      reached: async (step) => {
        if (step === 'close.requested') throw new Error('the process died here');
      },
    });
    await halt(dying, FLATTEN);
    await expect(guardPositions(dying)).rejects.toThrow('died here');
    const next = await desk.restart();
    expect(await next.ledger.controlState()).toMatchObject({ status: 'flattening' });
    await desk.settle(next);
    await desk.settle(next);
    expect(sharesAt(desk)).toBe(0);
    expect(await changes(desk)).toEqual(['flattening by Ada', 'flat by Ada']);
    expect(await cardsOf(desk, 'closing')).toHaveLength(1);
  });

  it('goes on in another process that finds nothing done yet', async () => {
    const desk = await deskWithPosition([QUIET]);
    await halt(desk.context, FLATTEN);
    const next = await desk.restart();
    let isWoken = false;
    await tendControl({
      ...next,
      wakeGuard: async () => {
        isWoken = true;
      },
    });
    expect(isWoken).toBe(true);
    await desk.settle(next);
    await desk.settle(next);
    expect(await statusOf(desk)).toBe('halted');
    expect(sharesAt(desk)).toBe(0);
  });

  it('on top of a halt closes what the halt has kept', async () => {
    const desk = await deskWithPosition([QUIET]);
    await halt(desk.context, BY_HAND);
    await halt(desk.context, { ...FLATTEN, by: 'Bob' });
    await desk.settle();
    await desk.settle();
    expect(sharesAt(desk)).toBe(0);
    expect(await changes(desk)).toEqual(['halted by Ada', 'flattening by Bob', 'flat by Bob']);
    const reason = 'news · also Ada: news';
    expect((await cardsOf(desk, 'control')).slice(1)).toMatchObject([{ reason }, { reason }]);
  });

  it('leaves shares alone that are none of the bot’s', async () => {
    const desk = await openDesk([QUIET, QUIET]);
    desk.nextBar();
    await restingBuy(desk, '105.00');
    desk.nextBar();
    await halt(desk.context, FLATTEN);
    await desk.settle();
    expect(sharesAt(desk)).toBe(5);
    expect(await changes(desk)).toEqual(['flattening by Ada', 'flat by Ada']);
  });
});

describe('the order gateway', () => {
  it.each([
    ['halted', BY_HAND],
    ['flattening', FLATTEN],
  ])('sends no entry that was planned before while it is %s', async (_, wish) => {
    const desk = await openDesk([QUIET, QUIET]);
    const barEnd = desk.nextBar();
    const { tradeId } = await desk.plan();
    await halt(desk.context, wish);
    await submitPlannedEntries(desk.context, barEnd);
    expect(desk.standIn.inspect().submissions.size).toBe(0);
    expect(await desk.context.ledger.trade(tradeId)).toMatchObject({ status: 'abandoned' });
    expect(await cardsOf(desk, 'entry')).toMatchObject([
      { progress: { status: 'abandoned', reason: 'entries are halted by now' } },
    ]);
  });

  it('sends one again after a resume', async () => {
    const desk = await openDesk([QUIET, QUIET]);
    await halt(desk.context, BY_HAND);
    await resume(desk.context, { by: 'Ada', reason: '' });
    const barEnd = desk.nextBar();
    await desk.plan();
    await submitPlannedEntries(desk.context, barEnd);
    expect(desk.standIn.inspect().submissions.size).toBe(1);
  });

  it.each([
    ['halted', BY_HAND],
    ['flattening', FLATTEN],
  ])('lets a closing through while it is %s', async (_, wish) => {
    const desk = await deskWithPosition([QUIET]);
    await halt(desk.context, wish);
    await close(desk);
    expect(sharesAt(desk)).toBe(0);
  });

  it('lets a stop back in while it is halted', async () => {
    const desk = await deskWithPosition([BARS.quiet]);
    await halt(desk.context, BY_HAND);
    await cancelByHand(desk, legAt(desk, 'stop-loss'));
    await desk.settle();
    expect(liveAt(desk).some((order) => order.startsWith('sell stop 10'))).toBe(true);
  });
});
