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
import type { BookOrder, ExchangeEvent } from './order.ts';
import { executionCap } from './quirks.ts';
import type { Turn, Venue } from './venue.ts';

/** One bar on its way through the book of its symbol. */
interface Passage {
  readonly venue: Venue;
  readonly turn: Turn;
  readonly range: PriceRange;
  readonly volume: number;
  /** Orders that have had their turn in this bar. */
  readonly done: BookOrder[];
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
  const awake = live.filter(isAwake);
  const wokenAtOpen = matchAtOpen(passage, stopsFirst(awake));
  matchAtOpen(passage, stopsFirst(wokenAtOpen));
  const all = wokenAtOpen.length === 0 ? awake : [...awake, ...wokenAtOpen];
  const wokenInside = matchInside(passage, stopsFirst(all));
  for (const leg of stopsFirst(wokenInside)) matchOnEntryBar(passage, leg);
  return turn.events;
}

const NO_EVENTS: readonly ExchangeEvent[] = [];
const NOBODY: readonly BookOrder[] = [];

/** A bar that cannot touch any order of its symbol changes nothing: most bars. */
function mayTradeAny(live: readonly BookOrder[], range: PriceRange): boolean {
  for (const order of live) if (mayTrade(order, range)) return true;
  return false;
}

function stopsFirst(orders: readonly BookOrder[]): readonly BookOrder[] {
  if (orders.length < 2 || !orders.some(({ type }) => isStopType(type))) return orders;
  const sorted: BookOrder[] = [];
  for (const order of orders) if (isStopType(order.type)) sorted.push(order);
  for (const order of orders) if (!isStopType(order.type)) sorted.push(order);
  return sorted;
}

/** Whether the order still waits for its turn in this bar. */
const isWaiting = ({ done }: Passage, order: BookOrder): boolean =>
  !done.includes(order) && isAwake(order);

const joined = (some: readonly BookOrder[], more: readonly BookOrder[]): readonly BookOrder[] =>
  some.length === 0 ? more : [...some, ...more];

/** Fills what the open fills; returns the legs that woke. */
function matchAtOpen(passage: Passage, orders: readonly BookOrder[]): readonly BookOrder[] {
  let woken = NOBODY;
  for (const order of orders) {
    if (!isWaiting(passage, order)) continue;
    const election = electionPrice(order, passage.range, 'open');
    if (election !== null) elect(passage, order, election);
    else woken = joined(woken, take(passage, order, openPrice(order, passage.range)));
  }
  return woken;
}

/** Fills what the inside of the bar fills; returns the legs that woke. */
function matchInside(passage: Passage, orders: readonly BookOrder[]): readonly BookOrder[] {
  const { range, venue } = passage;
  let woken = NOBODY;
  for (const order of orders) {
    if (!isWaiting(passage, order)) continue;
    const election = electionPrice(order, range, 'inside');
    if (election !== null) electInside(passage, order, election);
    else {
      const price = insidePrice(order, range, venue.rules.limitFill);
      woken = joined(woken, take(passage, order, price));
    }
  }
  return woken;
}

/** A leg whose entry filled inside this very bar: the stop acts, the target has to wait for the next bar. */
function matchOnEntryBar(passage: Passage, leg: BookOrder): void {
  const { venue, range } = passage;
  if (!isWaiting(passage, leg)) return;
  const election = electionPrice(leg, range, 'inside');
  if (election !== null) electInside(passage, leg, election);
  else if (insidePrice(leg, range, venue.rules.limitFill) !== null) {
    venue.ambiguities.targetOnEntryBar += 1;
  }
}

function electInside(passage: Passage, order: BookOrder, price: Usd): void {
  const { venue, range } = passage;
  const target = siblingOf(order);
  // One that has had its share of the bar at the open leaves nothing to doubt.
  const isInDoubt = target !== undefined && isWaiting(passage, target);
  if (isInDoubt && insidePrice(target, range, venue.rules.limitFill) !== null) {
    venue.ambiguities.stopAndTarget += 1;
  }
  elect(passage, order, price);
}

/** Triggers a stop. A stop-limit order that the price has already left behind works on from the next bar. */
function elect(passage: Passage, stop: BookOrder, price: Usd): void {
  const { venue, turn, done } = passage;
  const order = electStop(venue, turn, stop);
  if (isWithinLimit(order, price)) take(passage, order, price);
  else done.push(order);
}

/** Fills the order at a price, once a bar; returns the legs that this woke. */
function take(passage: Passage, order: BookOrder, price: Usd | null): readonly BookOrder[] {
  const { venue, turn, done } = passage;
  if (price === null) return NOBODY;
  done.push(order);
  const quantity = Math.min(leavesOf(order), capacity(passage, order));
  if (quantity === 0) return NOBODY;
  execute(venue, turn, order, { price: slipped(order, price, venue.rules), quantity });
  return order.role === 'entry' && order.status === 'filled' ? liveMembers(order) : NOBODY;
}

/** Shares that the bar has for the order: only limit orders have to wait for others to trade. */
function capacity({ venue, volume }: Passage, { limitPrice }: BookOrder): number {
  const { maxParticipationBps } = venue.rules;
  const cap = executionCap(venue.quirks);
  if (maxParticipationBps === null || limitPrice === null) return cap;
  return Math.min(cap, Math.floor((volume * maxParticipationBps) / 10_000));
}
