import type { Context, Hono } from 'hono';

import { isTicker } from '#core/ids.ts';
import type { PositionState } from '#core/matching/exchange.ts';
import type { SubmitRequest } from '#core/matching/order.ts';

import { positionJson } from '../wire/account.ts';
import { assetIdOf, orderJson } from '../wire/order.ts';
import type { Json } from '../wire/order.ts';
import { PROBLEMS, invalidParameter, problemOf } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { cancelAll } from './orders.ts';
import { flagParameter } from './query.ts';
import { RequestProblem, unlessRefused } from './reply.ts';

/** Positions: list, look up, close one, close all. Closing one leaves the orders that hold its shares. */
export function positionRoutes(app: Hono, world: World): void {
  app.get('/v2/positions', (context) =>
    context.json(world.exchange.positions().map((position) => viewOf(world, position))),
  );
  app.get('/v2/positions/:symbol', (context) =>
    context.json(viewOf(world, findPosition(world, context))),
  );
  app.delete('/v2/positions/:symbol', (context) => {
    const position = findPosition(world, context);
    const request = closingRequest(position, closingQuantity(context, position));
    const { order, legs } = unlessRefused(world.submit(request));
    return context.json(orderJson(order, legs));
  });
  app.delete('/v2/positions', (context) => {
    if (flagParameter(context, 'cancel_orders')) cancelAll(world, 'before-closing');
    return context.json(closeAll(world), 207);
  });
}

function closeAll(world: World): readonly Json[] {
  return world.exchange.positions().map((position) => {
    const { symbol, quantity } = position;
    const outcome = world.submit(closingRequest(position, Math.abs(quantity)));
    if (outcome.kind === 'accepted') {
      return { symbol, status: 200, body: orderJson(outcome.order, outcome.legs) };
    }
    const { status, body } = problemOf(outcome.reason);
    return { symbol, status, body };
  });
}

function findPosition({ exchange }: World, context: Context): PositionState {
  const text = context.req.param('symbol') ?? '';
  const position = isTicker(text)
    ? exchange.position(text)
    : exchange.positions().find(({ symbol }) => assetIdOf(symbol) === text);
  if (position === undefined) throw new RequestProblem(PROBLEMS.noPosition);
  return position;
}

/** All shares, or those that `qty` or `percentage` name. */
function closingQuantity(context: Context, { quantity }: PositionState): number {
  const { qty, percentage } = context.req.query();
  const held = Math.abs(quantity);
  if (qty === undefined && percentage === undefined) return held;
  if (qty !== undefined && percentage !== undefined) {
    throw new RequestProblem(invalidParameter('only one of qty or percentage is allowed'));
  }
  return qty === undefined ? Math.floor((held * Number(percentage)) / 100) : Number(qty);
}

const closingRequest = (
  { symbol, quantity: held }: PositionState,
  quantity: number,
): SubmitRequest => ({
  clientOrderId: null,
  symbol,
  side: held > 0 ? 'sell' : 'buy',
  type: 'market',
  orderClass: 'simple',
  timeInForce: 'day',
  quantity,
  limitPrice: null,
  stopPrice: null,
  takeProfitLimitPrice: null,
  stopLossStopPrice: null,
  stopLossLimitPrice: null,
  extendedHours: false,
});

function viewOf(world: World, position: PositionState): Json {
  const { exchange, sessions, market } = world;
  const now = world.now();
  const session = sessions.findLast(({ open }) => open <= now);
  return positionJson(position, {
    price: exchange.priceOf(position.symbol) ?? position.costBasis,
    lastDayPrice: world.lastDayPrice(position.symbol) ?? null,
    sessionOpen: session?.open ?? market.start,
  });
}
