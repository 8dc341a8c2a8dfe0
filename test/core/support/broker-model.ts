import type { Position } from '#core/account.ts';
import { brokerOrderId } from '#core/ids.ts';
import type { BrokerOrderId, ClientOrderId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import type { BrokerOrder, OrderStatus } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';

import { randomNumbers } from './bars.ts';
import { bracket, lone, oco, order, stop, target } from './orders.ts';
import { position } from './snapshots.ts';

/** How a broker behaves, and what the market does meanwhile. Durations and instants in milliseconds. */
export interface BrokerWorld {
  readonly seed: number;
  readonly held: number;
  /** What the position has when the closing begins. */
  readonly layout: 'bracket' | 'two-brackets' | 'stop' | 'target' | 'naked';
  /** When every live stop is triggered. */
  readonly stopsAt: readonly EpochMs[];
  /** When every live take-profit fills, at least in part. */
  readonly targetsAt: readonly EpochMs[];
  /** The longest that a cancel takes, and after it the shares to become free. */
  readonly cancelMs: number;
  readonly releaseMs: number;
  /** How old the list of positions is. */
  readonly lagMs: number;
  /** Nothing trades before. */
  readonly haltedUntil: EpochMs;
  /** Whether an order that was asked to be cancelled says so. */
  readonly showsPendingCancel: boolean;
}

type Shape = 'bracket' | 'oco' | 'stop' | 'target' | 'exit';

/** One group of orders. */
interface Group {
  readonly id: string;
  readonly clientOrderId: ClientOrderId | null;
  readonly shape: Shape;
  readonly shares: number;
  readonly isMarket: boolean;
  stopFilled: number;
  /** By the take-profit or, of an exit, by itself. */
  filled: number;
  isAsked: boolean;
  isOver: boolean;
  /** Its shares are free again. */
  isReleased: boolean;
}

interface Snapshot {
  readonly at: EpochMs;
  readonly held: number;
  readonly available: number;
}

const leftOf = ({ shares, filled, stopFilled }: Group): number => shares - filled - stopFilled;
const hasStop = ({ shape }: Group): boolean =>
  shape === 'bracket' || shape === 'oco' || shape === 'stop';
const hasTarget = ({ shape }: Group): boolean =>
  shape === 'bracket' || shape === 'oco' || shape === 'target';

export type Answer = 'working' | 'insufficient-quantity' | 'not-an-exit';

/**
 * A broker with one long position, as far as a closing can see it: cancels and the release of shares take
 * their time, orders fill while they are being cancelled, and the list of positions is old. It refuses what
 * the real one refuses, and sells short what is not held like the real one.
 */
export function createBrokerModel(world: BrokerWorld) {
  const random = randomNumbers(world.seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const groups: Group[] = [];
  const events: { readonly at: EpochMs; readonly happen: (at: EpochMs) => void }[] = [];
  const history: Snapshot[] = [];
  let now: EpochMs = 0;
  let held = world.held;
  let exited = 0;

  const later = (at: EpochMs, happen: (at: EpochMs) => void): void => {
    events.push({ at, happen });
  };
  const reserved = (): number =>
    groups.reduce((sum, group) => sum + (group.isReleased ? 0 : leftOf(group)), 0);
  const record = (at: EpochMs): void => {
    history.push({ at, held, available: Math.max(0, held - reserved()) });
  };

  function add(shape: Shape, shares: number, clientOrderId: ClientOrderId | null): Group {
    const group: Group = {
      id: `order-${groups.length + 1}`,
      clientOrderId,
      shape,
      shares,
      isMarket: false,
      stopFilled: 0,
      filled: 0,
      isAsked: false,
      isOver: false,
      isReleased: false,
    };
    groups.push(group);
    return group;
  }

  function fill(group: Group, by: 'stop' | 'other', shares: number): void {
    const filled = Math.min(shares, leftOf(group));
    if (group.isOver || filled <= 0) return;
    if (by === 'stop') group.stopFilled += filled;
    else group.filled += filled;
    held -= filled;
    if (group.shape === 'exit') exited += filled;
    if (leftOf(group) > 0) return;
    group.isOver = true;
    group.isReleased = true;
  }

  /** At once, or in two executions. */
  function fillSoon(group: Group, by: 'stop' | 'other', at: EpochMs): void {
    const first = random() < 0.5 ? leftOf(group) : Math.ceil(leftOf(group) / 2);
    fill(group, by, first);
    later(at + upTo(400), () => fill(group, by, leftOf(group)));
  }

  const live = (): readonly Group[] => groups.filter(({ isOver }) => !isOver);

  for (const at of world.stopsAt) {
    later(at, () => {
      for (const group of live().filter(hasStop)) fillSoon(group, 'stop', at);
    });
  }
  for (const at of world.targetsAt) {
    later(at, () => {
      for (const group of live().filter(hasTarget)) {
        fill(group, 'other', 1 + upTo(leftOf(group) - 1));
      }
    });
  }
  const half = Math.floor(world.held / 2);
  if (world.layout === 'two-brackets' && half > 0) {
    add('bracket', half, null);
    add('bracket', world.held - half, null);
  } else if (world.layout !== 'naked') {
    add(world.layout === 'two-brackets' ? 'bracket' : world.layout, world.held, null);
  }
  record(-Infinity);

  function advance(to: EpochMs): void {
    for (;;) {
      const next = events
        .filter(({ at }) => at <= to)
        .reduce<(typeof events)[number] | null>(
          (first, each) => (first === null || each.at < first.at ? each : first),
          null,
        );
      if (next === null) break;
      events.splice(events.indexOf(next), 1);
      const at = Math.max(now, next.at);
      next.happen(at);
      record(at);
      now = at;
    }
    now = Math.max(now, to);
  }

  function place(shape: Shape, shares: number, clientOrderId: ClientOrderId): Answer {
    if (held <= 0 && shape === 'oco') return 'not-an-exit';
    // Without a position, a sell order is none of an exit: it opens a short.
    if (held > 0 && shares > held - reserved()) return 'insufficient-quantity';
    add(shape, shares, clientOrderId);
    record(now);
    return 'working';
  }

  function placeExit(shares: number, clientOrderId: ClientOrderId, isMarket: boolean): Answer {
    const answer = place('exit', shares, clientOrderId);
    const group = groups.at(-1);
    if (answer !== 'working' || group === undefined) return answer;
    const from = Math.max(now, world.haltedUntil);
    const luck = isMarket ? 0 : random();
    if (luck < 0.5)
      later(from + upTo(isMarket ? 800 : 2_500), (at) => fillSoon(group, 'other', at));
    else if (luck < 0.75) {
      const part = upTo(shares);
      later(from + upTo(1_500), () => fill(group, 'other', part));
    }
    return answer;
  }

  function cancel(id: BrokerOrderId): void {
    const group = groups.find((each) => id === each.id || id.startsWith(`${each.id}-`));
    if (group === undefined || group.isOver || group.isAsked) return;
    group.isAsked = true;
    later(now + upTo(world.cancelMs), (at) => {
      if (group.isOver) return;
      group.isOver = true;
      later(at + upTo(world.releaseMs), () => {
        group.isReleased = true;
      });
    });
  }

  const status = (group: Group, filled: number, idle: OrderStatus): OrderStatus => {
    if (group.isOver) return filled > 0 && leftOf(group) === 0 ? 'filled' : 'canceled';
    if (group.isAsked && world.showsPendingCancel) return 'pending_cancel';
    return filled > 0 ? 'partially_filled' : idle;
  };

  function show(group: Group): BrokerOrder {
    const { id, shares, filled, stopFilled, clientOrderId } = group;
    const stopLeg = stop({
      id: brokerOrderId(`${id}-stop`),
      status: status(group, stopFilled, 'held'),
      quantity: shares - filled,
      filledQuantity: stopFilled,
    });
    const targetLeg = target({
      id: brokerOrderId(`${id}-target`),
      status: status(group, filled, 'new'),
      quantity: shares,
      filledQuantity: filled,
    });
    const own = {
      id: brokerOrderId(id),
      quantity: shares,
      ...(clientOrderId !== null && { clientOrderId }),
    };
    switch (group.shape) {
      case 'bracket':
        return bracket({ ...own, filledQuantity: shares, legs: [targetLeg, stopLeg] });
      case 'oco':
        return oco({ ...targetLeg, ...own, orderClass: 'oco', legs: [stopLeg] });
      case 'stop':
        return lone({
          ...own,
          status: status(group, stopFilled, 'new'),
          filledQuantity: stopFilled,
        });
      case 'target':
        return target({ ...targetLeg, ...own, orderClass: 'simple' });
      case 'exit':
        return order(id, {
          ...own,
          orderClass: 'simple',
          status: status(group, filled, 'new'),
          filledQuantity: filled,
          filledAveragePrice: filled > 0 ? parseUsd('99.90') : null,
        });
      default:
        return group.shape satisfies never;
    }
  }

  function listedPosition(): Position | null {
    const listed = history.findLast(({ at }) => at <= now - world.lagMs);
    if (listed === undefined || listed.held === 0) return null;
    return position('NVDA', {
      side: listed.held > 0 ? 'long' : 'short',
      quantity: Math.abs(listed.held),
      available: listed.available,
      currentPrice: parseUsd('100.00'),
    });
  }

  return {
    advance,
    now: () => now,
    position: listedPosition,
    orders: () => groups.map(show),
    place,
    placeExit,
    cancel,
    truth: () => ({
      held,
      exited,
      live: live().length,
      /** Shares that a stop covers which nobody has asked to be cancelled. */
      covered: live()
        .filter((group) => hasStop(group) && !group.isAsked)
        .reduce((sum, group) => sum + leftOf(group), 0),
    }),
  };
}

export type BrokerModel = ReturnType<typeof createBrokerModel>;
