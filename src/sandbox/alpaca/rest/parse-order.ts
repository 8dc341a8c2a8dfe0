import { z } from 'zod';

import { clientOrderId, isTicker } from '#core/ids.ts';
import type { ClientOrderId, Ticker } from '#core/ids.ts';
import type { ReplaceRequest, SubmitRequest } from '#core/matching/order.ts';
import { parseUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';

import { PROBLEMS, invalidParameter, problemOf, unknownAsset } from '../wire/problem.ts';
import { RequestProblem } from './reply.ts';

/** Amounts come as strings or numbers. */
const amount = z.union([z.string(), z.number()]).nullish();
const timeInForce = z.enum(['day', 'gtc', 'opg', 'cls', 'ioc', 'fok']);
const clientId = z.string().max(128).nullish();

/** Unknown keys are dropped silently, as Alpaca drops a trail on a stop leg. */
const orderSchema = z.object({
  symbol: z.string(),
  side: z.enum(['buy', 'sell']),
  type: z.enum(['market', 'limit', 'stop', 'stop_limit']),
  time_in_force: timeInForce,
  order_class: z.enum(['', 'simple', 'bracket', 'oco', 'oto']).nullish(),
  qty: amount,
  notional: amount,
  limit_price: amount,
  stop_price: amount,
  client_order_id: clientId,
  extended_hours: z.boolean().nullish(),
  take_profit: z.object({ limit_price: amount }).nullish(),
  stop_loss: z.object({ stop_price: amount, limit_price: amount }).nullish(),
});

const changeSchema = z.object({
  qty: amount,
  limit_price: amount,
  stop_price: amount,
  time_in_force: timeInForce.nullish(),
  client_order_id: clientId,
});

type Amount = z.infer<typeof amount>;

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  if (typeof body !== 'object' || body === null) throw new RequestProblem(PROBLEMS.malformedBody);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RequestProblem(invalidParameter(`invalid ${issue?.path.join('.') ?? 'order'}`));
}

function price(name: string, value: Amount): Usd | null {
  if (value === null || value === undefined || value === '') return null;
  try {
    return parseUsd(String(value));
  } catch {
    throw new RequestProblem(invalidParameter(`invalid ${name}`));
  }
}

const quantity = (value: Amount): number | null =>
  value === null || value === undefined || value === '' ? null : Number(value);

const clientIdOf = (text: string | null | undefined): ClientOrderId | null =>
  text ? clientOrderId(text) : null;

function symbolOf(text: string): Ticker {
  if (!isTicker(text)) throw new RequestProblem(unknownAsset(text));
  return text;
}

/** The body of a new order. Throws RequestProblem on what is no order at all. */
export function parseOrder(body: unknown): SubmitRequest {
  const order = read(orderSchema, body);
  const symbol = symbolOf(order.symbol);
  const orderClass = order.order_class || 'simple';
  if (order.notional !== null && order.notional !== undefined) {
    throw new RequestProblem(problemOf({ code: 'fractional', orderClass, symbol }));
  }
  return {
    clientOrderId: clientIdOf(order.client_order_id),
    symbol,
    side: order.side,
    type: order.type,
    orderClass,
    timeInForce: order.time_in_force,
    quantity: quantity(order.qty) ?? 0,
    limitPrice: price('limit_price', order.limit_price),
    stopPrice: price('stop_price', order.stop_price),
    takeProfitLimitPrice: price('take_profit.limit_price', order.take_profit?.limit_price),
    stopLossStopPrice: price('stop_loss.stop_price', order.stop_loss?.stop_price),
    stopLossLimitPrice: price('stop_loss.limit_price', order.stop_loss?.limit_price),
    extendedHours: order.extended_hours ?? false,
  };
}

/** The body of a replacement. */
export function parseChange(body: unknown): ReplaceRequest {
  const change = read(changeSchema, body);
  return {
    clientOrderId: clientIdOf(change.client_order_id),
    quantity: quantity(change.qty),
    limitPrice: price('limit_price', change.limit_price),
    stopPrice: price('stop_price', change.stop_price),
    timeInForce: change.time_in_force ?? null,
  };
}
