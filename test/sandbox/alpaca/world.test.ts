/** Whatever is asked for, delayed and switched: the journal tells all of it, and pace changes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { ticker } from '#core/ids.ts';
import type { ReplaceRequest, SubmitRequest } from '#core/matching/order.ts';
import { parseUsd } from '#core/money.ts';
import { createBehaviour } from '#sandbox/alpaca/behaviour.ts';
import { REALISTIC_DELAYS, createVirtualTimers } from '#sandbox/alpaca/timers.ts';
import { createWorld } from '#sandbox/alpaca/world.ts';

import { aMarket } from '../alpaca-market.ts';
import type { Ohlc } from '../alpaca-market.ts';

const LONG_ENOUGH_MS = 60_000;

const cents = fc.integer({ min: 9_700, max: 10_300 });
const bar: fc.Arbitrary<Ohlc> = fc.array(cents, { minLength: 4, maxLength: 4 }).map((points) => {
  const [open = 0, close = 0] = points;
  const prices = [open, Math.max(...points), Math.min(...points), close];
  return prices.map((value) => value / 100) as unknown as Ohlc;
});

type Move =
  | { readonly type: 'advance' | 'bracket' | 'sell' }
  | { readonly type: 'cancel' | 'move'; readonly pick: number }
  | { readonly type: 'switch'; readonly to: object }
  | { readonly type: 'wait'; readonly ms: number };

const pick = fc.nat({ max: 40 });
const move: fc.Arbitrary<Move> = fc.oneof(
  { arbitrary: fc.constant<Move>({ type: 'advance' }), weight: 4 },
  { arbitrary: fc.constant<Move>({ type: 'bracket' }), weight: 3 },
  { arbitrary: fc.constant<Move>({ type: 'sell' }), weight: 2 },
  { arbitrary: pick.map((value): Move => ({ type: 'cancel', pick: value })), weight: 2 },
  { arbitrary: pick.map((value): Move => ({ type: 'move', pick: value })), weight: 2 },
  { arbitrary: fc.nat({ max: 80 }).map((ms): Move => ({ type: 'wait', ms })), weight: 3 },
  {
    arbitrary: fc
      .constantFrom(
        { fillAtMost: 3 },
        { fillAtMost: null },
        { doubleExit: true },
        { legDeadlock: true },
        { stopFillsUnderNewId: true, takeProfitEndsAs: 'replaced' },
        { replaceRace: true },
        { replaceRace: false },
        { cancelStuckMs: 20_000, releaseStuckMs: 30_000 },
        { secondBracket: 'accepted' },
        { positionLagMs: 40 },
        { chainSettleMs: 40, repeatCancel: 'accepted' },
      )
      .map((to): Move => ({ type: 'switch', to })),
    weight: 2,
  },
);

const AAPL = ticker('AAPL');

const order = (shape: Partial<SubmitRequest>): SubmitRequest => ({
  clientOrderId: null,
  symbol: AAPL,
  side: 'buy',
  type: 'limit',
  orderClass: 'simple',
  timeInForce: 'gtc',
  quantity: 10,
  limitPrice: null,
  stopPrice: null,
  takeProfitLimitPrice: null,
  stopLossStopPrice: null,
  stopLossLimitPrice: null,
  extendedHours: false,
  ...shape,
});

const BRACKET = order({
  orderClass: 'bracket',
  limitPrice: parseUsd('100'),
  takeProfitLimitPrice: parseUsd('102'),
  stopLossStopPrice: parseUsd('96'),
});

function aWorld(bars: readonly Ohlc[], journalFile: string | null) {
  const behaviour = createBehaviour();
  const timers = createVirtualTimers(0);
  const world = createWorld(
    {
      market: aMarket({ AAPL: bars }),
      startingCash: parseUsd('100000'),
      rules: {},
      notShortable: [],
    },
    journalFile,
    { behaviour, timers, delays: REALISTIC_DELAYS },
  );
  const log: string[] = [];
  world.listen({
    onEvents: (events) => log.push(...events.map(({ type, order: of }) => `${type} ${of.id}`)),
    onBars: () => {},
  });
  return { world, behaviour, timers, log };
}

type TestWorld = ReturnType<typeof aWorld>;

function play({ world, behaviour, timers }: TestWorld, todo: readonly Move[]): void {
  let ended = 0;
  for (const next of todo) {
    const orders = world.exchange.orders();
    const picked = 'pick' in next ? orders[next.pick % Math.max(1, orders.length)] : undefined;
    if (next.type === 'advance') world.advanceTo(world.market.barEnds[ended++]!);
    else if (next.type === 'bracket') world.submit(BRACKET);
    else if (next.type === 'sell') world.submit(order({ side: 'sell', type: 'market' }));
    else if (next.type === 'switch') Object.assign(behaviour, next.to);
    else if (next.type === 'wait') timers.elapse(next.ms);
    else if (picked === undefined) continue;
    else if (next.type === 'cancel') world.cancel(picked.id);
    else world.replace(picked.id, changeOf(picked.type === 'stop'));
  }
}

const changeOf = (isStop: boolean): ReplaceRequest => ({
  clientOrderId: null,
  quantity: null,
  limitPrice: isStop ? null : parseUsd('101.50'),
  stopPrice: isStop ? parseUsd('97') : null,
  timeInForce: null,
});

const stateOf = ({ world }: TestWorld) => ({
  orders: world.exchange.orders(),
  account: world.exchange.account(),
  positions: world.exchange.positions(),
  activities: world.activities.all(),
  now: world.now(),
});

const isCommand = ({ type }: Move) => type !== 'wait' && type !== 'switch';

const lives = fc.tuple(
  fc.array(bar, { minLength: 40, maxLength: 40 }),
  fc.array(move, { minLength: 5, maxLength: 40 }),
);

describe('whatever is asked for, delayed and switched', () => {
  it('is lived again from the journal to the same state, ids included', () => {
    const folder = mkdtempSync(join(tmpdir(), 'world-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    let count = 0;
    fc.assert(
      fc.property(lives, ([bars, todo]) => {
        const file = join(folder, `${(count += 1)}.ndjson`);
        const first = aWorld(bars, file);
        play(first, todo);
        first.timers.elapse(LONG_ENOUGH_MS);
        expect(first.world.pendingEffects()).toBe(0);
        const state = stateOf(first);
        first.world.close();
        const again = aWorld(bars, file);
        expect(stateOf(again)).toEqual(state);
        again.world.close();
      }),
      { numRuns: 60 },
    );
  });

  it('comes out the same when it is done again', () => {
    fc.assert(
      fc.property(lives, ([bars, todo]) => {
        const runs = [aWorld(bars, null), aWorld(bars, null)];
        for (const run of runs) play(run, todo);
        expect(runs[1]!.log).toEqual(runs[0]!.log);
        expect(stateOf(runs[1]!)).toEqual(stateOf(runs[0]!));
      }),
      { numRuns: 60 },
    );
  });

  it('comes out the same whether its delays pass by themselves or with the next bar', () => {
    fc.assert(
      fc.property(lives, ([bars, todo]) => {
        const moves = todo.filter(isCommand);
        const [waiting, hurrying] = [aWorld(bars, null), aWorld(bars, null)];
        play(
          waiting,
          moves.flatMap((next): Move[] =>
            next.type === 'advance' ? [{ type: 'wait', ms: LONG_ENOUGH_MS }, next] : [next],
          ),
        );
        play(hurrying, moves);
        expect(hurrying.log).toEqual(waiting.log);
        expect(stateOf(hurrying)).toEqual(stateOf(waiting));
      }),
      { numRuns: 60 },
    );
  });
});
