import { onTestFinished, vi } from 'vitest';

import { requestClose } from '#app/close/request-close.ts';
import type { CloseWish } from '#app/close/request-close.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import { submitPlannedEntries } from '#app/enter.ts';
import { readPositions } from '#app/positions.ts';
import type { Position } from '#core/account.ts';
import type { EntryIntent } from '#core/decision.ts';
import { ticker } from '#core/ids.ts';
import type { TradeId } from '#core/ids.ts';
import type { SimulatedOrder } from '#core/matching/order.ts';
import { isLive } from '#core/order.ts';
import type { Broker, Rejection } from '#ports/broker.ts';
import type { Card } from '#ports/cards.ts';
import { REALISTIC_DELAYS } from '#sandbox/alpaca/timers.ts';
import { silentLog } from '#test/support/log.ts';

import { createLifecycle } from '../../../src/compose/lifecycle.ts';
import { followOrders } from '../../../src/compose/trader.ts';
import type { Ohlc } from '../../sandbox/alpaca-market.ts';
import { openDesk } from '../desk.ts';
import type { Desk, DeskOptions } from '../desk.ts';

export const NVDA = ticker('NVDA');

/** The entry at 100.00 fills; nothing happens; the target at 105.00 fills; the stop at 98.00 does. */
export const BARS = {
  entry: [100, 100.5, 99.5, 100],
  quiet: [100, 100.5, 99.5, 100],
  target: [104, 106, 103, 105.5],
  stop: [99, 99.2, 97, 97.5],
} as const satisfies Record<string, Ohlc>;

export interface TradingDesk extends Desk {
  readonly id: TradeId;
}

interface Plan {
  readonly quantity?: number;
  readonly side?: EntryIntent['side'];
}

/** A desk whose bracket was submitted at the end of a quiet bar; the broker is as slow as a real one. */
export async function deskWithBracket(
  bars: readonly Ohlc[],
  { quantity, ...options }: DeskOptions & Plan = {},
): Promise<TradingDesk> {
  const desk = await openDesk([BARS.quiet, ...bars], { delays: REALISTIC_DELAYS, ...options });
  const barEnd = desk.nextBar();
  const { tradeId } = await desk.plan(quantity === undefined ? {} : { quantity });
  await submitPlannedEntries(desk.context, barEnd);
  return { ...desk, id: tradeId };
}

/** A desk that holds its shares under a bracket; of these bars the first one has filled the entry. */
export async function deskWithPosition(
  bars: readonly Ohlc[] = [],
  options: DeskOptions & Plan = {},
): Promise<TradingDesk> {
  const desk = await deskWithBracket([BARS.entry, ...bars], options);
  desk.nextBar();
  await desk.settle();
  return desk;
}

/** Follows the order stream as the real process does, so that REST is not asked for what it tells. */
export async function follow(desk: Desk): Promise<void> {
  const lifecycle = createLifecycle(() => silentLog);
  const subscribed = Promise.withResolvers<void>();
  const context = desk.with({
    sight: { ...desk.context.sight, reconciled: () => subscribed.resolve() },
    wakeGuard: async () => {},
  });
  await followOrders(context, lifecycle);
  onTestFinished(() => lifecycle.close());
  await subscribed.promise;
}

/** The messages of the channel once everything is delivered. */
export async function channelOf(desk: Desk): Promise<readonly Card[]> {
  await deliverOutbox(desk.context);
  return desk.channel();
}

export type CardOf<Kind extends Card['kind']> = Extract<Card, { kind: Kind }>;

export async function cardsOf<Kind extends Card['kind']>(
  desk: Desk,
  kind: Kind,
): Promise<readonly CardOf<Kind>[]> {
  return (await channelOf(desk)).filter((card): card is CardOf<Kind> => card.kind === kind);
}

export const tradeOf = async ({ context, id }: TradingDesk) => (await context.ledger.trade(id))!;

/** Every order at the broker, in short: "sell stop 10 held". */
export const describeOrder = ({ side, type, quantity, status }: SimulatedOrder): string =>
  `${side} ${type} ${quantity} ${status}`;
export const ordersAt = ({ standIn }: Desk): readonly SimulatedOrder[] => standIn.inspect().orders;
export const liveAt = (desk: Desk): readonly string[] =>
  ordersAt(desk)
    .filter(({ status }) => isLive(status))
    .map(describeOrder);
/** Signed shares of NVDA. */
export const sharesAt = ({ standIn }: Desk): number =>
  standIn.inspect().positions.find(({ symbol }) => symbol === NVDA)?.quantity ?? 0;
/** Shares of an exit, by what filled. */
export const soldAt = (desk: Desk): number =>
  ordersAt(desk)
    .filter(({ side }) => side === 'sell')
    .reduce((sum, { filledQuantity }) => sum + filledQuantity, 0);

/** Whether the bot shows the shares as protected; null without shares. */
export async function isShownProtected({ context }: Desk): Promise<boolean | null> {
  return (await readPositions(context))[0]?.isProtected ?? null;
}

/** Somebody else's request to the broker, answered as it comes. */
export async function byHand(
  { standIn }: Desk,
  method: string,
  path: string,
  body?: Readonly<Record<string, unknown>>,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await fetch(`${standIn.url}/v2${path}`, {
    method,
    headers: { 'APCA-API-KEY-ID': 'k', 'APCA-API-SECRET-KEY': 's' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: await reply.json().catch(() => null) };
}

/** Somebody's resting order to buy, far below the market. */
export const restingBuy = (desk: Desk, limit = '90.00') =>
  byHand(desk, 'POST', '/orders', {
    symbol: 'NVDA',
    qty: '5',
    side: 'buy',
    type: 'limit',
    time_in_force: 'gtc',
    limit_price: limit,
  });

/** Somebody cancels an order, and the broker does so. */
export async function cancelByHand(desk: Desk, order: Pick<SimulatedOrder, 'id'>): Promise<void> {
  await byHand(desk, 'DELETE', `/orders/${order.id}`);
  desk.elapse(1_000);
}

export const legAt = (desk: Desk, role: SimulatedOrder['role']): SimulatedOrder =>
  ordersAt(desk).findLast((order) => order.role === role && order.symbol === NVDA)!;

const NO_SALE = {
  kind: 'rejected',
  code: 'unknown',
  httpStatus: 403,
  message: 'no sale today',
  details: {},
} as const;

/** The broker's no to shares that another order holds. */
export const HELD: Rejection = {
  kind: 'rejected',
  code: 'insufficient-quantity',
  httpStatus: 403,
  message: 'insufficient qty available for order (requested: 10, available: 0)',
  details: {},
};

/** The answer of a broker that takes no order. */
export const noSale = async () => NO_SALE;

/** The application of a desk whose broker takes no sale of a closing. */
export const withoutSales = (desk: Desk, broker: Broker = desk.context.broker): AppContext =>
  desk.with({ broker: { ...broker, submitExit: noSale } });

/** Halts trading once a closing has sold what fills at once. */
export const haltedAfterExit = (desk: Desk): AppContext =>
  desk.with({
    reached: async (step) => {
      if (step !== 'exit.stored') return;
      desk.elapse(100);
      desk.standIn.behaviour.haltedSymbols.add(NVDA);
    },
  });

/** The only closing that is not done. */
export const openClose = async ({ context }: Desk) => (await context.ledger.openCloses())[0]!;

/** All of the position. */
export const closeWish = ({ id }: TradingDesk, position: Position): CloseWish => ({
  tradeId: id,
  position,
  reason: 'manual_close',
  quantity: position.quantity,
  atMarket: false,
  requestedBy: 'somebody',
});

/** Asks for a closing of the position as it is, and lets the bot work on it. */
export async function close(
  desk: TradingDesk,
  { context = desk.context, ...wish }: Partial<CloseWish> & { readonly context?: AppContext } = {},
): Promise<void> {
  const position = (await context.broker.position(NVDA))!;
  await requestClose(context, { ...closeWish(desk, position), ...wish });
  await desk.settle(context);
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, string>>;
}

/** Remembers each writing request that leaves from now on, with its body. */
export function watchWrites(): readonly Sent[] {
  const sent: Sent[] = [];
  const real = globalThis.fetch;
  const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const method = init?.method ?? 'GET';
    const { pathname } = new URL(input instanceof Request ? input.url : input);
    const body: unknown = typeof init?.body === 'string' ? JSON.parse(init.body) : {};
    if (method !== 'GET') sent.push({ method, path: pathname, body: body as Sent['body'] });
    return real(input, init);
  });
  onTestFinished(() => spy.mockRestore());
  return sent;
}

export interface AuditRow {
  readonly actor: string;
  readonly action: string;
  readonly outcome: string;
  readonly details: Readonly<Record<string, string>>;
}

export const auditOf = (desk: Desk): Promise<readonly AuditRow[]> =>
  desk.query('SELECT actor, action, outcome, details FROM audit_log ORDER BY sequence');
