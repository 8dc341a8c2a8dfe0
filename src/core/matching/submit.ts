import { brokerOrderId, clientOrderId } from '../ids.ts';
import type { BrokerOrderId, ClientOrderId } from '../ids.ts';
import { ZERO_USD } from '../money.ts';
import type { Usd } from '../money.ts';
import type { EpochMs } from '../session.ts';
import { checkAccount, checkListing, intentOf } from './check-account.ts';
import { checkShape } from './check-shape.ts';
import { reservePriceOf } from './margin.ts';
import type {
  ExchangeEvent,
  OrderRole,
  PositionIntent,
  SimulatedOrder,
  SimulatedOrderType,
  SubmitRequest,
} from './order.ts';
import { refused } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { announce } from './venue.ts';
import type { Turn, Venue } from './venue.ts';

export interface Accepted {
  readonly kind: 'accepted';
  /** The order as the exchange confirms it, before it starts to work. */
  readonly order: SimulatedOrder;
  /** Its legs, the take-profit first. */
  readonly legs: readonly SimulatedOrder[];
  readonly events: readonly ExchangeEvent[];
}

/**
 * Takes an order and, with it, its whole group, or refuses all of it. While the exchange is open it works
 * at once; otherwise it is `accepted` and waits for the open.
 */
export function submit(venue: Venue, turn: Turn, request: SubmitRequest): Accepted | Refusal {
  if (venue.assetOf(request.symbol) === null) {
    return refused({ code: 'unknown-asset', symbol: request.symbol });
  }
  if (request.clientOrderId !== null && venue.book.byClientId(request.clientOrderId)) {
    return refused({ code: 'duplicate-client-order-id' });
  }
  const intent = intentOf(venue, request);
  const reason =
    checkShape(request) ?? checkListing(venue, request) ?? checkAccount(venue, request, intent);
  if (reason !== null) return refused(reason);
  const group = createGroup(venue, turn, request, intent);
  for (const order of group) venue.book.add(order);
  const [parent, ...legs] = group;
  return { kind: 'accepted', order: parent, legs, events: begin(venue, turn, group) };
}

/** Puts the orders of a group to work, as far as they are. */
function begin(
  venue: Venue,
  turn: Turn,
  [parent, ...legs]: readonly [SimulatedOrder, ...SimulatedOrder[]],
): readonly ExchangeEvent[] {
  // As it came into the book.
  const type = venue.isOpen ? 'pending_new' : 'accepted';
  turn.events.push({ type, order: parent, at: turn.at });
  if (venue.isOpen) announce(venue, turn, parent, 'new');
  // The stop of an OCO stands beside its take-profit from the start; the legs of an entry sleep silently.
  if (parent.role === 'take-profit') {
    for (const leg of legs) announce(venue, turn, leg, 'held');
  }
  return turn.events;
}

function createGroup(
  venue: Venue,
  turn: Turn,
  request: SubmitRequest,
  intent: PositionIntent,
): readonly [SimulatedOrder, ...SimulatedOrder[]] {
  const isOco = request.orderClass === 'oco';
  const isClosing = intent === 'buy_to_close' || intent === 'sell_to_close';
  const common = {
    ...request,
    at: turn.at,
    expiresAt: venue.expiresAt(request.timeInForce, turn.at),
  };
  const parent = orderOf(common, {
    ...idsOf(venue, request.clientOrderId),
    sequence: venue.book.nextSequence(),
    side: request.side,
    intent,
    role: isOco ? 'take-profit' : request.orderClass === 'simple' ? 'single' : 'entry',
    status: venue.isOpen ? 'pending_new' : 'accepted',
    type: request.type,
    limitPrice: isOco ? request.takeProfitLimitPrice : request.limitPrice,
    stopPrice: request.stopPrice,
    reservePrice: isClosing
      ? ZERO_USD
      : reservePriceOf(request, venue.portfolio.mark(request.symbol)),
    parentId: null,
    legIds: NO_LEGS,
  });
  const legs = legShapes(request).map(({ role, type, limitPrice, stopPrice }, index) =>
    orderOf(common, {
      ...idsOf(venue, null),
      sequence: parent.sequence + 1 + index,
      side: isOco ? request.side : request.side === 'buy' ? 'sell' : 'buy',
      intent: isOco ? intent : request.side === 'buy' ? 'sell_to_close' : 'buy_to_close',
      role,
      status: 'held',
      type,
      limitPrice,
      stopPrice,
      reservePrice: ZERO_USD,
      parentId: parent.id,
      legIds: NO_LEGS,
    }),
  );
  return legs.length === 0 ? [parent] : [{ ...parent, legIds: legs.map(({ id }) => id) }, ...legs];
}

/** Ids of its own, whether or not the client has chosen one. */
function idsOf(
  venue: Venue,
  chosen: ClientOrderId | null,
): Pick<SimulatedOrder, 'id' | 'clientOrderId'> {
  const id = brokerOrderId(venue.nextId());
  const own = clientOrderId(venue.nextId());
  return { id, clientOrderId: chosen ?? own };
}

/** What all orders of a group have in common. */
interface Common extends Pick<SubmitRequest, 'symbol' | 'orderClass' | 'timeInForce' | 'quantity'> {
  readonly at: EpochMs;
  readonly expiresAt: EpochMs;
}

/** What each has for itself. */
type Own = Pick<
  SimulatedOrder,
  | 'id'
  | 'clientOrderId'
  | 'sequence'
  | 'side'
  | 'intent'
  | 'role'
  | 'status'
  | 'type'
  | 'limitPrice'
  | 'stopPrice'
  | 'reservePrice'
  | 'parentId'
  | 'legIds'
>;

/** A new order: one literal, so that all orders have one shape. */
const orderOf = (
  { symbol, orderClass, timeInForce, quantity, at, expiresAt }: Common,
  own: Own,
): SimulatedOrder => ({
  id: own.id,
  clientOrderId: own.clientOrderId,
  sequence: own.sequence,
  symbol,
  side: own.side,
  orderClass,
  timeInForce,
  quantity,
  intent: own.intent,
  type: own.type,
  role: own.role,
  status: own.status,
  statusBefore: null,
  limitPrice: own.limitPrice,
  stopPrice: own.stopPrice,
  isElected: false,
  isStuck: false,
  filledQuantity: 0,
  filledValue: ZERO_USD,
  reservePrice: own.reservePrice,
  createdAt: at,
  updatedAt: at,
  expiresAt,
  filledAt: null,
  canceledAt: null,
  expiredAt: null,
  replacedAt: null,
  failedAt: null,
  replaces: null,
  replacedBy: null,
  parentId: own.parentId,
  legIds: own.legIds,
});

const NO_LEGS: readonly BrokerOrderId[] = [];

interface LegShape {
  readonly role: OrderRole;
  readonly type: SimulatedOrderType;
  readonly limitPrice: Usd | null;
  readonly stopPrice: Usd | null;
}

/** The take-profit comes first, as in the broker's replies; in an OCO it is the parent itself. */
function legShapes(request: SubmitRequest): readonly LegShape[] {
  const shapes: LegShape[] = [];
  const { takeProfitLimitPrice, stopLossStopPrice, stopLossLimitPrice } = request;
  if (takeProfitLimitPrice !== null && request.orderClass !== 'oco') {
    const limitPrice = takeProfitLimitPrice;
    shapes.push({ role: 'take-profit', type: 'limit', limitPrice, stopPrice: null });
  }
  if (stopLossStopPrice !== null) {
    shapes.push({
      role: 'stop-loss',
      type: stopLossLimitPrice === null ? 'stop' : 'stop_limit',
      limitPrice: stopLossLimitPrice,
      stopPrice: stopLossStopPrice,
    });
  }
  return shapes;
}
