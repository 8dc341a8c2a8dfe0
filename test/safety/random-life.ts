import fc from 'fast-check';
import { expect } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import type { AppContext } from '#app/context.ts';
import { moveStop } from '#app/move-stop.ts';
import { reconcile } from '#app/reconcile/reconcile.ts';
import type { Step } from '#app/steps.ts';
import { syncOrders } from '#app/sync-orders.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import type { Features } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import { formatUsd, micros, parseUsd, roundToTick, subtractUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { isLive, signOf } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';
import type { EpochMs } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';
import { BrokerError } from '#ports/broker.ts';
import type { Fault } from '#sandbox/alpaca/faults.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';

import { openDesk } from '../app/desk.ts';
import type { Desk } from '../app/desk.ts';
import { features, shortFeatures } from '../core/support/snapshots.ts';
import { FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';

const NVDA = ticker('NVDA');

/** One thing that happens to the bot, or that somebody makes it do. */
export type Happening =
  /** Price moves, in per cent: to the worst, the best and the last of the bar. */
  | { readonly what: 'bar'; readonly low: number; readonly high: number; readonly close: number }
  | { readonly what: 'cycle'; readonly signal: 'long' | 'short' | 'none' }
  /** A cycle with a signal, and the bar in which its entry can fill. */
  | { readonly what: 'enter'; readonly signal: 'long' | 'short' }
  /** The queue delivers the last cycle once more. */
  | { readonly what: 'redelivered cycle' }
  | { readonly what: 'guard' }
  | { readonly what: 'sync' }
  | { readonly what: 'reconcile' }
  | { readonly what: 'close'; readonly percent: 25 | 50 | 100; readonly atMarket: boolean }
  /** Towards the price, in tenths of the way. */
  | { readonly what: 'tighten'; readonly tenths: number }
  | {
      readonly what: 'fault';
      readonly method: 'POST' | 'PATCH' | 'DELETE' | 'GET';
      readonly kind: FaultKind;
      /** Requests in a row. */
      readonly times: number;
    }
  /** Somebody cancels a leg at the broker. */
  | { readonly what: 'foreign cancel' }
  | { readonly what: 'fills in parts'; readonly shares: number | null }
  | { readonly what: 'slow cancels'; readonly ms: number | null }
  | { readonly what: 'slow release'; readonly ms: number | null }
  | { readonly what: 'position lag'; readonly ms: number }
  | { readonly what: 'mute siblings'; readonly on: boolean }
  | { readonly what: 'stops fill under new ids'; readonly on: boolean }
  | { readonly what: 'replace race'; readonly on: boolean }
  /** Somebody brings a stop nearer to the price at the broker. */
  | { readonly what: 'foreign tightening' }
  | { readonly what: 'halt'; readonly on: boolean }
  | { readonly what: 'second brackets refused'; readonly on: boolean }
  /** The process dies and another one takes over. */
  | { readonly what: 'restart' }
  /** The process dies in the middle of what it does: at its next step but so many. */
  | { readonly what: 'dies soon'; readonly after: number };

type FaultKind = Extract<
  Fault['kind'],
  'lost-reply' | 'gateway-timeout-after' | 'gateway-timeout-before' | 'drop-before'
>;

const per = (max: number) => fc.integer({ min: 0, max: max * 10 }).map((value) => value / 10);
const flag = (
  what:
    | 'mute siblings'
    | 'stops fill under new ids'
    | 'replace race'
    | 'halt'
    | 'second brackets refused',
) => fc.record({ what: fc.constant(what), on: fc.boolean() });
const slow = (what: 'slow cancels' | 'slow release') =>
  fc.record({ what: fc.constant(what), ms: fc.constantFrom(null, 200, 2_000, 40_000) });

/** A bar that moves so far at most; the stop is about two per cent away, the targets four and five. */
const barOf = (percent: number): fc.Arbitrary<Happening> =>
  fc
    .record({
      low: per(percent),
      high: per(percent),
      close: fc.integer({ min: -8 * percent, max: 8 * percent }),
    })
    .map(({ low, high, close }) => ({
      what: 'bar' as const,
      low: -Math.max(low, -close / 10),
      high: Math.max(high, close / 10),
      close: close / 10,
    }));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: barOf(1), weight: 8 },
  { arbitrary: barOf(5), weight: 2 },
  {
    arbitrary: fc.record({
      what: fc.constant('enter' as const),
      signal: fc.constantFrom('long' as const, 'short' as const),
    }),
    weight: 5,
  },
  {
    arbitrary: fc.record({
      what: fc.constant('cycle' as const),
      signal: fc.constantFrom('long' as const, 'short' as const, 'none' as const),
    }),
    weight: 2,
  },
  { arbitrary: fc.constant({ what: 'redelivered cycle' } as const), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      { what: 'guard' } as const,
      { what: 'sync' } as const,
      { what: 'reconcile' } as const,
    ),
    weight: 4,
  },
  {
    arbitrary: fc.record({
      what: fc.constant('close' as const),
      percent: fc.constantFrom(25 as const, 50 as const, 100 as const),
      atMarket: fc.boolean(),
    }),
    weight: 3,
  },
  {
    arbitrary: fc.record({
      what: fc.constant('tighten' as const),
      tenths: fc.integer({ min: 1, max: 9 }),
    }),
    weight: 2,
  },
  {
    arbitrary: fc.record({
      what: fc.constant('fault' as const),
      method: fc.constantFrom('POST' as const, 'PATCH' as const, 'DELETE' as const, 'GET' as const),
      kind: fc.constantFrom<FaultKind>(
        'lost-reply',
        'gateway-timeout-after',
        'gateway-timeout-before',
        'drop-before',
      ),
      times: fc.constantFrom(1, 1, 3, 8),
    }),
    weight: 3,
  },
  { arbitrary: fc.constant({ what: 'foreign cancel' } as const), weight: 2 },
  {
    arbitrary: fc.record({
      what: fc.constant('fills in parts' as const),
      shares: fc.constantFrom(null, 1, 7, 60),
    }),
    weight: 1,
  },
  { arbitrary: fc.oneof(slow('slow cancels'), slow('slow release')), weight: 1 },
  {
    arbitrary: fc.record({
      what: fc.constant('position lag' as const),
      ms: fc.constantFrom(0, 300, 1_500),
    }),
    weight: 1,
  },
  {
    arbitrary: fc.oneof(
      flag('mute siblings'),
      flag('stops fill under new ids'),
      flag('replace race'),
      flag('halt'),
      flag('second brackets refused'),
    ),
    weight: 2,
  },
  { arbitrary: fc.constant({ what: 'restart' } as const), weight: 2 },
  { arbitrary: fc.constant({ what: 'foreign tightening' } as const), weight: 1 },
  {
    arbitrary: fc.record({
      what: fc.constant('dies soon' as const),
      after: fc.integer({ min: 0, max: 8 }),
    }),
    weight: 3,
  },
);

/** A life of the bot: it begins with an entry that fills, since without a position little can go wrong. */
export const randomLife: fc.Arbitrary<readonly Happening[]> = fc
  .array(happening, { minLength: 12, maxLength: 40 })
  .map((rest) => [{ what: 'enter', signal: 'long' } as const, ...rest]);

/** In which an entry at the last price fills, long or short. */
const ENTRY_BAR = { low: -0.4, high: 0.4, close: 0 };

/** The bars that the happenings ask for. */
function barsOf(happenings: readonly Happening[]): readonly Ohlc[] {
  let price = 100;
  const bars: Ohlc[] = [[100, 100.1, 99.9, 100]];
  for (const one of happenings) {
    if (one.what !== 'bar' && one.what !== 'enter') continue;
    const move = one.what === 'bar' ? one : ENTRY_BAR;
    const cents = (percent: number): number => Math.round(price * (100 + percent)) / 100;
    const [low, high, close] = [cents(move.low), cents(move.high), cents(move.close)];
    bars.push([price, Math.max(high, price, close), Math.min(low, price, close), close]);
    price = close;
  }
  return bars;
}

/** What must hold of the life so far. */
interface Watch {
  readonly stops: Map<Trade['id'], Usd>;
  foreignCancels: number;
  /** Of what must hold at single steps. */
  readonly breaches: unknown[];
  /** Steps that the process still lives; below zero it is dead, and does nothing more. */
  diesAfter: number | null;
}

class Killed extends Error {
  override readonly name = 'Killed';
}

/**
 * Lives through the happenings with the real application, a real ledger and the stand-in, and checks after
 * each what must hold at any moment, and at the end, once everything has come to rest, what must hold then.
 */
export async function live(happenings: readonly Happening[]): Promise<void> {
  const looked: { on: (step: Step) => Promise<void> } = { on: async () => {} };
  const desk = await openDesk(barsOf(happenings), {
    delays: REALISTIC_DELAYS,
    onStep: (step) => looked.on(step),
  });
  const watch: Watch = { stops: new Map(), foreignCancels: 0, breaches: [], diesAfter: null };
  // The bot goes on where a step of it fails, and would do so here.
  looked.on = async (step) => {
    await checkStep(desk, step).catch((breach: unknown) => {
      watch.breaches.push(breach);
    });
    if (watch.diesAfter === null) return;
    watch.diesAfter -= 1;
    if (watch.diesAfter < 0) throw new Killed();
  };
  try {
    await liveAt(desk, happenings, watch);
  } finally {
    await desk.close();
  }
}

async function liveAt(desk: Desk, happenings: readonly Happening[], watch: Watch): Promise<void> {
  let context = desk.context;
  let barEnd = desk.nextBar();
  for (const [index, one] of happenings.entries()) {
    try {
      if (one.what === 'enter') await happen(one, { desk, context, barEnd, watch });
      if (one.what === 'bar' || one.what === 'enter') barEnd = desk.nextBar();
      else if (one.what === 'restart') context = await desk.restart();
      else await happen(one, { desk, context, barEnd, watch });
    } catch (error) {
      // A job that fails because the broker cannot be read is run again later; that is no breach.
      if (!(error instanceof BrokerError) && !(error instanceof Killed)) throw error;
    }
    if (watch.diesAfter !== null && watch.diesAfter < 0) {
      await context.background.idle();
      watch.diesAfter = null;
      context = await desk.restart();
    }
    await checkAnytime(desk, watch, `after happening ${index + 1}, ${one.what}`);
  }
  watch.diesAfter = null;
  await comeToRest(desk);
  await checkAtRest(desk, watch);
}

const featuresFor = (signal: 'long' | 'short' | 'none', at: EpochMs, price: number): Features => {
  const long = { barEnd: at, close: price, vwap: price - 1, emaFast: price, emaSlow: price - 1 };
  const short = { barEnd: at, close: price, vwap: price + 1, emaFast: price - 1, emaSlow: price };
  if (signal === 'short') return shortFeatures(short);
  return features(signal === 'long' ? long : { ...long, barsSinceCrossUp: 99 });
};

interface Moment {
  readonly desk: Desk;
  readonly context: AppContext;
  readonly barEnd: EpochMs;
  readonly watch: Watch;
}

type Happen = {
  readonly [What in Happening['what']]: (
    one: Extract<Happening, { readonly what: What }>,
    moment: Moment,
  ) => Promise<unknown> | void;
};

const FALLIBLE = /^\/v2\/(?:orders|positions|account\/activities|calendar)/;

/** How each thing is made to happen. */
const HAPPEN: Happen = {
  bar: () => {},
  restart: () => {},
  cycle: ({ signal }, { desk, context, barEnd }) =>
    runTradingCycle(withSignal(context, signal, desk), barEnd),
  enter: ({ signal }, { desk, context, barEnd }) =>
    runTradingCycle(withSignal(context, signal, desk), barEnd),
  'redelivered cycle': (_, { desk, context, barEnd }) =>
    runTradingCycle(withSignal(context, 'long', desk), barEnd),
  guard: (_, { desk, context }) => desk.settle(context),
  sync: (_, { context }) => syncOrders(context),
  reconcile: (_, { context }) => reconcile(context),
  close: (one, { desk, context }) => closePart(desk, context, one),
  tighten: ({ tenths }, { context }) => tighten(context, tenths),
  fault: ({ method, kind, times }, { desk }) =>
    desk.standIn.faults.add({ method, path: FALLIBLE, kind, times }),
  'dies soon': ({ after }, { watch }) => {
    watch.diesAfter = after;
  },
  'foreign cancel': async (_, { desk, watch }) => {
    watch.foreignCancels += await cancelALeg(desk);
  },
  'foreign tightening': async (_, { desk, watch }) => {
    watch.foreignCancels += await tightenAStop(desk);
  },
  'fills in parts': ({ shares }, { desk }) => {
    desk.standIn.behaviour.fillAtMost = shares;
  },
  'slow cancels': ({ ms }, { desk }) => {
    desk.standIn.behaviour.cancelStuckMs = ms;
  },
  'slow release': ({ ms }, { desk }) => {
    desk.standIn.behaviour.releaseStuckMs = ms;
  },
  'position lag': ({ ms }, { desk }) => {
    desk.standIn.behaviour.positionLagMs = ms;
  },
  'mute siblings': ({ on }, { desk }) => {
    desk.standIn.behaviour.muteSiblingEvent = on;
  },
  'stops fill under new ids': ({ on }, { desk }) => {
    desk.standIn.behaviour.stopFillsUnderNewId = on;
    desk.standIn.behaviour.takeProfitEndsAs = on ? 'replaced' : 'canceled';
  },
  'replace race': ({ on }, { desk }) => {
    desk.standIn.behaviour.replaceRace = on;
  },
  halt: ({ on }, { desk }) => {
    if (on) desk.standIn.behaviour.haltedSymbols.add(NVDA);
    else desk.standIn.behaviour.haltedSymbols.delete(NVDA);
  },
  'second brackets refused': ({ on }, { desk }) => {
    desk.standIn.behaviour.secondBracket = on ? 'refused' : null;
  },
};

async function happen(one: Happening, moment: Moment): Promise<void> {
  // The table has the entry of exactly this happening.
  const act = HAPPEN[one.what] as (one: Happening, moment: Moment) => Promise<unknown> | void;
  await act(one, moment);
}

const withSignal = (
  context: AppContext,
  signal: 'long' | 'short' | 'none',
  { standIn }: Desk,
): AppContext => ({
  ...context,
  features: {
    at: async (at) => {
      const bars = standIn.inspect().prices.get(NVDA) ?? 100_000_000;
      return new Map([[NVDA, featuresFor(signal, at, bars / 1_000_000)]]);
    },
    barsSince: () => [],
  },
});

async function closePart(
  desk: Desk,
  context: AppContext,
  { percent, atMarket }: Extract<Happening, { what: 'close' }>,
): Promise<void> {
  const position = await context.broker.position(NVDA);
  const trade = (await context.ledger.unfinishedTrades()).find(({ status }) => status === 'open');
  if (position === null || trade === undefined || trade.intent.side !== position.side) return;
  await requestClose(context, {
    tradeId: trade.id,
    position,
    reason: 'manual_close',
    quantity: Math.max(1, Math.floor((position.quantity * percent) / 100)),
    atMarket,
    requestedBy: 'somebody',
  });
  await desk.settle(context);
}

async function tighten(context: AppContext, tenths: number): Promise<void> {
  const position = await context.broker.position(NVDA);
  const trade = (await context.ledger.unfinishedTrades()).find(({ status }) => status === 'open');
  if (position === null || trade === undefined) return;
  const way = position.currentPrice - trade.stopPrice;
  if (signOf(position.side) * way <= 0) return;
  const to = roundToTick(micros(Math.round(trade.stopPrice + (way * tenths) / 10)), 'nearest');
  await moveStop(context, trade.id, to);
}

async function cancelALeg({ standIn }: Desk): Promise<number> {
  const leg = standIn.inspect().orders.findLast(({ role, status, parentId, orderClass }) => {
    const isExit = role === 'take-profit' || role === 'stop-loss';
    return isExit && isLive(status) && (parentId !== null || orderClass === 'oco');
  });
  if (leg === undefined) return 0;
  await fetch(`${standIn.url}/v2/orders/${leg.id}`, {
    method: 'DELETE',
    headers: { 'APCA-API-KEY-ID': 'k', 'APCA-API-SECRET-KEY': 's' },
  }).catch(() => {});
  return 1;
}

async function tightenAStop({ standIn }: Desk): Promise<number> {
  const { orders, prices } = standIn.inspect();
  const stop = orders.findLast(({ type, status }) => type === 'stop' && isLive(status));
  const price = stop && prices.get(stop.symbol);
  if (stop?.stopPrice == null || price === undefined) return 0;
  const to = roundToTick(micros(Math.round((stop.stopPrice * 2 + price) / 3)), 'nearest');
  await fetch(`${standIn.url}/v2/orders/${stop.id}`, {
    method: 'PATCH',
    headers: { 'APCA-API-KEY-ID': 'k', 'APCA-API-SECRET-KEY': 's' },
    body: JSON.stringify({ stop_price: formatUsd(to) }),
  }).catch(() => {});
  return 1;
}

/** Nothing of this may break even for a moment, whatever goes wrong. */
async function checkAnytime({ standIn, context }: Desk, watch: Watch, when: string): Promise<void> {
  for (const breach of watch.breaches) throw breach;
  const { orders, positions } = standIn.inspect();
  const ours = orders.filter(({ clientOrderId }) => clientOrderId.startsWith('brk-'));
  const ids = new Set(ours.map(({ clientOrderId }) => clientOrderId));
  expect(ids.size, `one order an intent, ${when}`).toBe(ours.length);
  const trades = await context.ledger.unfinishedTrades();
  for (const { symbol, quantity } of positions) {
    const last = await context.ledger.lastTradeIn(symbol);
    const planned = [...trades, ...(last === null ? [] : [last])].some(
      ({ intent }) =>
        Math.sign(quantity) === signOf(intent.side) && Math.abs(quantity) <= intent.quantity,
    );
    expect(
      planned,
      `${quantity} shares, on the planned side and no more than planned, ${when}`,
    ).toBe(true);
  }
  for (const { id, stopPrice, intent } of trades) {
    const before = watch.stops.get(id) ?? stopPrice;
    const tightened = signOf(intent.side) * (stopPrice - before);
    expect(tightened, `a stop never loosens, ${when}`).toBeGreaterThanOrEqual(0);
    watch.stops.set(id, stopPrice);
  }
}

/** What the guard does of its own accord, without anybody's asking, is held against the broker's own book. */
async function checkStep(desk: Desk, step: Step): Promise<void> {
  if (step === 'close.requested') await checkEmergency(desk);
  if (step === 'cancel.written') await checkCancel(desk);
}

/** A position is closed unasked only when live stops do not cover it, or an exit that is due does nothing. */
async function checkEmergency(desk: Desk): Promise<void> {
  const [last] = await desk.query<{ requested_by: string }>(
    'SELECT requested_by FROM closes ORDER BY requested_at DESC, id DESC LIMIT 1',
  );
  if (last?.requested_by !== 'position guard') return;
  const { orders, positions, prices } = desk.standIn.inspect();
  for (const { symbol, quantity } of positions) {
    const away = Math.sign(quantity);
    const price = prices.get(symbol) ?? 0;
    const exits = orders.filter(
      ({ side, status }) => side === (quantity > 0 ? 'sell' : 'buy') && isLive(status),
    );
    const isDue = exits.some(
      ({ stopPrice, limitPrice }) =>
        (stopPrice !== null && away * (price - stopPrice) <= 0) ||
        (limitPrice !== null && away * (price - limitPrice) >= 0),
    );
    if (isDue) continue;
    const isAwake = ({ status, orderClass, parentId }: (typeof exits)[number]): boolean =>
      status === 'new' ||
      orderClass === 'oco' ||
      orders.some(({ id, status: its }) => id === parentId && its === 'filled');
    const covered = exits
      .filter((exit) => exit.type === 'stop' && isAwake(exit))
      .reduce((sum, stop) => sum + stop.quantity - stop.filledQuantity, 0);
    expect(covered, 'shares that the guard closes, and yet are covered').toBeLessThan(
      Math.abs(quantity),
    );
  }
}

/** To protect a position, nothing is cancelled that has a live stop in it. */
async function checkCancel(desk: Desk): Promise<void> {
  const [last] = await desk.query<{ reason: string; order_id: string }>(
    "SELECT reason, order_id FROM order_intents WHERE kind = 'cancel' ORDER BY at DESC, id DESC LIMIT 1",
  );
  if (last?.reason !== 'protection') return;
  const { orders } = desk.standIn.inspect();
  const root = orders.find(({ id }) => id === last.order_id)?.parentId ?? last.order_id;
  const stops = orders.filter(
    ({ id, parentId, type, status }) =>
      (id === root || parentId === root) && type === 'stop' && isLive(status),
  );
  expect(stops, 'live stops that the guard cancels').toEqual([]);
}

const LOOKS = 12;
const MINUTE_MS = 60_000;

/** All that goes wrong ends, and the bot gets some minutes. */
async function comeToRest(desk: Desk): Promise<void> {
  const { behaviour, faults } = desk.standIn;
  faults.clear();
  behaviour.haltedSymbols.clear();
  behaviour.cancelStuckMs = null;
  behaviour.releaseStuckMs = null;
  behaviour.positionLagMs = 0;
  behaviour.replaceRace = false;
  behaviour.fillAtMost = null;
  const context = await desk.restart();
  for (let look = 0; look < LOOKS; look += 1) {
    desk.elapse(MINUTE_MS);
    await desk.settle(context);
  }
  await reconcile(context);
}

/** What holds once everything has come to rest. */
async function checkAtRest(desk: Desk, watch: Watch): Promise<void> {
  for (const breach of watch.breaches) throw breach;
  const { context, standIn } = desk;
  const { broker, ledger } = context;
  const positions = await broker.positions();
  const orders = await broker.ordersSince(0);
  for (const position of positions) {
    const { liveStopQuantity } = protectionOf(position, orders);
    expect(liveStopQuantity, 'live stops cover the position, and no more').toBe(position.quantity);
  }
  const net = await ledger.netQuantities();
  const held = positions.map(
    ({ symbol, side, quantity }) => [symbol, signOf(side) * quantity] as const,
  );
  expect([...net], 'ledger and broker hold the same').toEqual(held);
  expect(await ledger.openCloses(), 'no closing is left').toEqual([]);
  const unproven = await desk.query(
    "SELECT * FROM closes WHERE keep = 0 AND (proof->'liveOrders' <> '0' OR proof->'positionQuantity' <> '0')",
  );
  expect(unproven, 'what was closed was flat, without an order left').toEqual([]);
  const record = await ledger.lastReconciliation();
  expect(record?.findings, 'broker and ledger agree').toEqual([]);
  const interference = await ledger.interferenceCount(FIRST.date);
  expect(interference, 'only somebody else interferes with a bracket').toBeLessThanOrEqual(
    2 * watch.foreignCancels,
  );
  if (watch.foreignCancels === 0) expect(interference).toBe(0);
  const moved = await ledger.cashMoved(0);
  const { cash } = standIn.inspect();
  expect(subtractUsd(cash, parseUsd('100000')), 'cash adds up').toBe(moved);
}
