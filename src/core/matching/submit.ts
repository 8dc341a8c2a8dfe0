import { brokerOrderId, clientOrderId } from '../ids.ts';
import { ZERO_USD } from '../money.ts';
import type { Usd } from '../money.ts';
import type { EpochMs } from '../session.ts';
import { checkAccount, checkListing, intentOf } from './check-account.ts';
import { checkShape } from './check-shape.ts';
import { reservePriceOf } from './margin.ts';
import { NO_LEG_IDS, NO_LEGS } from './order.ts';
import type {
  BookOrder,
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
  const { book } = venue;
  const order = createGroup(venue, turn, request, intent);
  book.add(order);
  for (const leg of order.legs) book.add(leg);
  const accepted = acceptedOf(venue, turn, order, order.legs);
  begin(venue, turn, order);
  return accepted;
}

/** The answer to a client, with the orders as they are by now; what they make happen comes to the same turn. */
export const acceptedOf = (
  { book }: Venue,
  { events }: Turn,
  order: BookOrder,
  legs: readonly BookOrder[],
): Accepted => ({
  kind: 'accepted',
  order: book.view(order),
  legs: legs.map((leg) => book.view(leg)),
  events,
});

/** Puts the orders of a group to work, as far as they are. */
function begin(venue: Venue, turn: Turn, parent: BookOrder): void {
  const type = venue.isOpen ? 'pending_new' : 'accepted';
  turn.events.push({ type, order: venue.book.view(parent), at: turn.at });
  if (venue.isOpen) announce(venue, turn, parent, 'new');
  // The stop of an OCO stands beside its take-profit from the start; the legs of an entry sleep silently.
  if (parent.role === 'take-profit') {
    for (const leg of parent.legs) announce(venue, turn, leg, 'held');
  }
}

/** What all orders of a group have in common. */
interface GroupTerms {
  readonly request: SubmitRequest;
  /** Of the order that the client sees. */
  readonly intent: PositionIntent;
  readonly expiresAt: EpochMs;
}

/** The order with its legs. */
function createGroup(
  venue: Venue,
  turn: Turn,
  request: SubmitRequest,
  intent: PositionIntent,
): BookOrder {
  const expiresAt = venue.expiresAt(request.timeInForce, turn.at);
  const terms = { request, intent, expiresAt };
  const parent = createOrder(venue, turn, terms);
  if (request.clientOrderId !== null) parent.clientOrderId = request.clientOrderId;
  if (request.orderClass === 'oco') {
    parent.role = 'take-profit';
    parent.limitPrice = request.takeProfitLimitPrice;
  } else if (request.orderClass !== 'simple') parent.role = 'entry';
  const isClosing = intent === 'buy_to_close' || intent === 'sell_to_close';
  if (!isClosing) {
    parent.reservePrice = reservePriceOf(request, venue.portfolio.mark(request.symbol));
  }
  const shapes = legShapes(request);
  if (shapes.length === 0) return parent;
  const legs = shapes.map((shape) => createLeg(venue, turn, terms, { parent, shape }));
  parent.legs = legs;
  parent.legIds = legs.map(({ id }) => id);
  return parent;
}

function createLeg(
  venue: Venue,
  turn: Turn,
  terms: GroupTerms,
  { parent, shape }: { readonly parent: BookOrder; readonly shape: LegShape },
): BookOrder {
  const leg = createOrder(venue, turn, terms);
  // The stop of an OCO is on its take-profit's side, the exits of an entry on the other one.
  if (parent.role === 'entry') {
    leg.side = parent.side === 'buy' ? 'sell' : 'buy';
    leg.intent = parent.side === 'buy' ? 'sell_to_close' : 'buy_to_close';
  }
  leg.role = shape.role;
  leg.status = 'held';
  leg.type = shape.type;
  leg.limitPrice = shape.limitPrice;
  leg.stopPrice = shape.stopPrice;
  leg.parent = parent;
  leg.parentId = parent.id;
  return leg;
}

/** A new order that stands alone, as it was asked for: one literal, so that all orders have one shape. */
function createOrder(
  venue: Venue,
  { at }: Turn,
  { request, intent, expiresAt }: GroupTerms,
): BookOrder {
  const { symbol, side, type, orderClass, timeInForce, quantity, limitPrice, stopPrice } = request;
  const id = brokerOrderId(venue.nextId());
  // Of its own, whether or not the client has chosen one.
  const own = clientOrderId(venue.nextId());
  return {
    id,
    clientOrderId: own,
    sequence: venue.book.nextSequence(),
    symbol,
    side,
    orderClass,
    timeInForce,
    quantity,
    intent,
    type,
    role: 'single',
    status: venue.isOpen ? 'pending_new' : 'accepted',
    statusBefore: null,
    limitPrice,
    stopPrice,
    isElected: false,
    isStuck: false,
    filledQuantity: 0,
    filledValue: ZERO_USD,
    reservePrice: ZERO_USD,
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
    parentId: null,
    legIds: NO_LEG_IDS,
    parent: null,
    legs: NO_LEGS,
    predecessor: null,
    seen: null,
  };
}

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
