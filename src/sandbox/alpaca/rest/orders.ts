import type { Context, Hono } from 'hono';

import { brokerOrderId, clientOrderId } from '#core/ids.ts';
import type { SimulatedOrder } from '#core/matching/order.ts';

import type { CancelUrgency } from '../order-desk.ts';
import { orderJson } from '../wire/order.ts';
import type { Json } from '../wire/order.ts';
import { PROBLEMS, noSuchOrder } from '../wire/problem.ts';
import type { World } from '../world.ts';
import { listOrders } from './list-orders.ts';
import { parseChange, parseOrder } from './parse-order.ts';
import {
  choiceParameter,
  countParameter,
  flagParameter,
  instantParameter,
  listParameter,
} from './query.ts';
import { RequestProblem, unlessRefused } from './reply.ts';

const LIMIT = { fallback: 50, maximum: 500 };
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Orders: submit, list, look up, replace, cancel. `onSubmit` hears of every client order id that is sent. */
export function orderRoutes(
  app: Hono,
  world: World,
  onSubmit: (clientOrderId: string) => void,
): void {
  app.post('/v2/orders', async (context) => {
    const request = parseOrder(await readBody(context));
    if (request.clientOrderId !== null) onSubmit(request.clientOrderId);
    const { order, legs } = unlessRefused(world.submit(request));
    return context.json(orderJson(order, legs));
  });
  app.get('/v2/orders', (context) => {
    const orders = listOrders(world.exchange, readQuery(context));
    const nested = flagParameter(context, 'nested');
    return context.json(orders.map((order) => viewOf(world, order, nested)));
  });
  app.get('/v2/orders:by_client_order_id', (context) => {
    const id = context.req.query('client_order_id') ?? '';
    const order = world.exchange.orderByClientId(clientOrderId(id));
    if (order === undefined) throw new RequestProblem(noSuchOrder(id));
    return context.json(orderJson(order, null));
  });
  app.get('/v2/orders/:id', (context) =>
    context.json(viewOf(world, findOrder(world, context), flagParameter(context, 'nested'))),
  );
  app.patch('/v2/orders/:id', async (context) => {
    const { id } = findOrder(world, context);
    const { order, legs } = unlessRefused(world.replace(id, parseChange(await readBody(context))));
    return context.json(orderJson(order, legs));
  });
  app.delete('/v2/orders/:id', (context) => {
    unlessRefused(world.cancel(findOrder(world, context).id));
    return context.body(null, 204);
  });
  app.delete('/v2/orders', (context) => context.json(cancelAll(world), 207));
}

/** Cancels every order; a group goes with its first member, and each member is reported. */
export function cancelAll(world: World, urgency?: CancelUrgency): readonly Json[] {
  return world.exchange.liveOrders().map(({ id }) => {
    const outcome = world.cancel(id, urgency);
    const isStuck = outcome.kind === 'refused' && outcome.reason.code === 'not-cancelable';
    return { id, status: isStuck ? 500 : 200 };
  });
}

async function readBody(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch {
    throw new RequestProblem(PROBLEMS.malformedBody);
  }
}

function findOrder(world: World, context: Context): SimulatedOrder {
  const id = context.req.param('id') ?? '';
  if (!UUID.test(id)) throw new RequestProblem(PROBLEMS.noOrderId);
  const order = world.exchange.order(brokerOrderId(id));
  if (order === undefined) throw new RequestProblem(noSuchOrder(id));
  return order;
}

function viewOf({ exchange }: World, order: SimulatedOrder, nested: boolean): Json {
  return orderJson(order, nested ? order.legIds.flatMap((id) => exchange.order(id) ?? []) : null);
}

const readQuery = (context: Context) => ({
  status: choiceParameter(context, 'status', ['open', 'closed', 'all']),
  limit: countParameter(context, 'limit', LIMIT),
  after: instantParameter(context, 'after'),
  until: instantParameter(context, 'until'),
  afterId: idParameter(context, 'after_order_id'),
  beforeId: idParameter(context, 'before_order_id'),
  direction: choiceParameter(context, 'direction', ['desc', 'asc']),
  nested: flagParameter(context, 'nested'),
  symbols: listParameter(context, 'symbols'),
  side: context.req.query('side') || null,
  assetClasses: listParameter(context, 'asset_class'),
});

function idParameter(context: Context, name: string) {
  const id = context.req.query(name);
  return id === undefined || id === '' ? null : brokerOrderId(id);
}
