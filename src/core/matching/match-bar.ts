import type { Bar } from '../bars.ts';
import type { Ticker } from '../ids.ts';
import type { Usd } from '../money.ts';
import type { EpochMs } from '../session.ts';
import {
  electionPrice,
  insidePrice,
  mayTrade,
  isWithinLimit,
  openPrice,
  rangeOf,
  slipped,
} from './bar-prices.ts';
import type { PriceRange } from './bar-prices.ts';
import { execute } from './execute.ts';
import { electStop, isAwake, liveMembers, siblingOf } from './group.ts';
import { isStopType, leavesOf } from './order.ts';
import type { ExchangeEvent, SimulatedOrder } from './order.ts';
import { executionCap } from './quirks.ts';
import type { Turn, Venue } from './venue.ts';

/** One bar on its way through the book of its symbol. */
interface Passage {
  readonly venue: Venue;
  readonly turn: Turn;
  readonly range: PriceRange;
  readonly volume: number;
  /** Orders that have had their turn in this bar, by sequence. */
  readonly done: number[];
}

/**
 * Lets a bar fill the live orders of its symbol; all of them were there before the bar began. First the
 * open, which is certain: market orders, gapped stops, limits that it is at or through, and the legs of
 * entries that it fills. Then the inside, whose path is unknown and taken for the worst: stops before
 * limits; and where an entry fills at its limit, its stop is live at once but its target is not.
 */
export function matchBar(
  venue: Venue,
  symbol: Ticker,
  bar: Bar,
  at: EpochMs,
): readonly ExchangeEvent[] {
  const live = venue.book.liveOf(symbol);
  if (live.length === 0) return NO_EVENTS;
  const range = rangeOf(bar);
  if (!mayTradeAny(live, range)) return NO_EVENTS;
  const turn: Turn = { at, events: [] };
  const passage: Passage = { venue, turn, range, volume: bar.volume, done: [] };
  const awake = live.filter((order) => isAwake(venue, order));
  const wokenAtOpen = matchAtOpen(passage, stopsFirst(awake));
  matchAtOpen(passage, stopsFirst(wokenAtOpen));
  const wokenInside = matchInside(passage, stopsFirst([...awake, ...wokenAtOpen]));
  for (const leg of stopsFirst(wokenInside)) matchOnEntryBar(passage, leg);
  return turn.events;
}

const NO_EVENTS: readonly ExchangeEvent[] = [];

/** A bar that cannot touch any order of its symbol changes nothing: most bars. */
function mayTradeAny(live: readonly SimulatedOrder[], range: PriceRange): boolean {
  for (const order of live) if (mayTrade(order, range)) return true;
  return false;
}

function stopsFirst(orders: readonly SimulatedOrder[]): readonly SimulatedOrder[] {
  if (orders.length < 2) return orders;
  const sorted: SimulatedOrder[] = [];
  for (const order of orders) if (isStopType(order.type)) sorted.push(order);
  for (const order of orders) if (!isStopType(order.type)) sorted.push(order);
  return sorted;
}

/** The order as it stands now, if it still waits for its turn in this bar. */
function waiting({ venue, done }: Passage, { id, sequence }: SimulatedOrder) {
  const order = venue.book.byId(id);
  return order !== undefined && !done.includes(sequence) && isAwake(venue, order)
    ? order
    : undefined;
}

/** Fills what the open fills; returns the legs that woke. */
function matchAtOpen(
  passage: Passage,
  orders: readonly SimulatedOrder[],
): readonly SimulatedOrder[] {
  const woken: SimulatedOrder[] = [];
  for (const candidate of orders) {
    const order = waiting(passage, candidate);
    if (order === undefined) continue;
    const election = electionPrice(order, passage.range, 'open');
    if (election !== null) elect(passage, order, election);
    else woken.push(...take(passage, order, openPrice(order, passage.range)));
  }
  return woken;
}

/** Fills what the inside of the bar fills; returns the legs that woke. */
function matchInside(
  passage: Passage,
  orders: readonly SimulatedOrder[],
): readonly SimulatedOrder[] {
  const { range, venue } = passage;
  const woken: SimulatedOrder[] = [];
  for (const candidate of orders) {
    const order = waiting(passage, candidate);
    if (order === undefined) continue;
    const election = electionPrice(order, range, 'inside');
    if (election !== null) electInside(passage, order, election);
    else woken.push(...take(passage, order, insidePrice(order, range, venue.rules.limitFill)));
  }
  return woken;
}

/** A leg whose entry filled inside this very bar: the stop acts, the target has to wait for the next bar. */
function matchOnEntryBar(passage: Passage, candidate: SimulatedOrder): void {
  const { venue, range } = passage;
  const leg = waiting(passage, candidate);
  if (leg === undefined) return;
  const election = electionPrice(leg, range, 'inside');
  if (election !== null) electInside(passage, leg, election);
  else if (insidePrice(leg, range, venue.rules.limitFill) !== null) {
    venue.ambiguities.targetOnEntryBar += 1;
  }
}

function electInside(passage: Passage, order: SimulatedOrder, price: Usd): void {
  const { venue, range } = passage;
  const sibling = siblingOf(venue, order);
  // A target that has had its share of the bar at the open leaves nothing to doubt.
  const target = sibling && waiting(passage, sibling);
  if (target !== undefined && insidePrice(target, range, venue.rules.limitFill) !== null) {
    venue.ambiguities.stopAndTarget += 1;
  }
  elect(passage, order, price);
}

/** Triggers a stop. A stop-limit order that the price has already left behind works on from the next bar. */
function elect(passage: Passage, stop: SimulatedOrder, price: Usd): void {
  const { venue, turn, done } = passage;
  const order = electStop(venue, turn, stop);
  if (isWithinLimit(order, price)) take(passage, order, price);
  else done.push(order.sequence);
}

/** Fills the order at a price, once a bar; returns the legs that this woke. */
function take(
  passage: Passage,
  order: SimulatedOrder,
  price: Usd | null,
): readonly SimulatedOrder[] {
  const { venue, turn, done } = passage;
  if (price === null) return [];
  done.push(order.sequence);
  const quantity = Math.min(leavesOf(order), capacity(passage, order));
  if (quantity === 0) return [];
  const filled = execute(venue, turn, order, {
    price: slipped(order, price, venue.rules),
    quantity,
  });
  if (filled.role !== 'entry' || filled.status !== 'filled') return [];
  return liveMembers(venue, filled);
}

/** Shares that the bar has for the order: only limit orders have to wait for others to trade. */
function capacity({ venue, volume }: Passage, { limitPrice }: SimulatedOrder): number {
  const { maxParticipationBps } = venue.rules;
  const cap = executionCap(venue.quirks);
  if (maxParticipationBps === null || limitPrice === null) return cap;
  return Math.min(cap, Math.floor((volume * maxParticipationBps) / 10_000));
}
