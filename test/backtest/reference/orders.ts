/** What the trader sends: entries as brackets, new stops, and the ways out. */
import type { BacktestOptions } from '#backtest/options.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { ExitReason } from '#core/trade.ts';

import {
  buyingPowerOf,
  endIfOver,
  heldOf,
  isFarEnough,
  onTick,
  priceOf,
  reserveOf,
  signOf,
} from './account.ts';
import type { Book, Group, Plan, Position } from './account.ts';
import { afterSlippage, exit } from './fills.ts';

/** The instant, and all that is needed to send something at it. */
export interface Now {
  readonly book: Book;
  readonly at: EpochMs;
  /** Whether the session's close has not come yet. */
  readonly isOpen: boolean;
  readonly sessions: readonly Session[];
  readonly options: BacktestOptions;
}

/** Sends an entry: as planned, or with its exits at the same distances from the broker's own last price. */
export function sendEntry(now: Now, planned: Plan): void {
  const { book, options } = now;
  const base = objectionTo(book, planned, planned.target);
  const plan = base === null ? planned : reAnchored(planned, base);
  const isObjected = plan === null || objectionTo(book, plan, plan.target) !== null;
  const runner = plan === null ? 0 : plan.shares - (plan.early?.shares ?? 0);
  if (isObjected || reserveOf(plan) * runner > buyingPowerOf(book, options.marginMultiplier)) {
    book.entries.rejected += 1;
    return;
  }
  const position = newPosition(plan);
  book.positions.push(position);
  position.groups.push(bracket(now, plan, { shares: runner, target: plan.target }));
  const { early } = plan;
  if (early === null) return;
  const isAffordable =
    reserveOf(plan) * early.shares <= buyingPowerOf(book, options.marginMultiplier);
  if (isAffordable && objectionTo(book, plan, early.target) === null) {
    position.groups.push(bracket(now, plan, early));
  } else position.watchesEarlyTarget = true;
}

/** The price from which the broker measures an exit that is too near to it; null where both are far enough. */
function objectionTo(book: Book, plan: Plan, target: number): number | null {
  const { side, limit, stop } = plan;
  const price = priceOf(book, plan);
  const base = side === 'long' ? Math.min(limit, price) : Math.max(limit, price);
  if (!isFarEnough(side, stop, base)) return base;
  return isFarEnough(side, limit, target) ? null : limit;
}

/** The limit stays; no more is risked than was meant. */
function reAnchored(plan: Plan, base: number): Plan | null {
  const { side, limit, early, shares } = plan;
  const away = signOf(side);
  const stop = onTick(plan.stop + base - limit, side === 'long' ? 'down' : 'up');
  const target = onTick(plan.target + base - limit, 'nearest');
  const earlyTarget = early === null ? null : onTick(early.target + base - limit, 'nearest');
  const isSound =
    stop > 0 &&
    away * (limit - stop) > 0 &&
    [target, earlyTarget ?? target].every((each) => each > 0 && away * (each - limit) > 0);
  if (!isSound) return null;
  const risk = Math.abs(limit - stop);
  const fewer = Math.min(shares, Math.floor(plan.riskBudget / risk));
  if (fewer < 1) return null;
  const part = early === null ? 0 : Math.floor((early.shares * fewer) / shares);
  return {
    ...plan,
    stop,
    target,
    risk,
    shares: fewer,
    early: earlyTarget === null || part < 1 ? null : { shares: part, target: earlyTarget },
  };
}

const newPosition = (plan: Plan): Position => ({
  plan,
  groups: [],
  closing: null,
  isLeaving: false,
  watchesEarlyTarget: false,
  stop: plan.stop,
  entered: 0,
  entryValue: 0,
  left: 0,
  exitValue: 0,
  openedAt: null,
  closedAt: null,
  reason: null,
  best: null,
  worst: null,
  fees: 0,
  isAmbiguous: false,
});

const bracket = (
  now: Now,
  plan: Plan,
  { shares, target }: { readonly shares: number; readonly target: number },
): Group => ({
  entry: { limit: plan.limit, left: shares },
  shares,
  target,
  stop: plan.stop,
  lapsesAt: lapseOf(now),
  isOver: false,
});

const NINETY_DAYS = 90 * 24 * 3_600_000;

/** Orders until cancelled end at the last close within 90 days. */
function lapseOf({ sessions, at }: Now): EpochMs {
  const within = sessions.filter(({ close }) => close > at && close <= at + NINETY_DAYS);
  return within.at(-1)?.close ?? at + NINETY_DAYS;
}

/** What did not fill within one bar is cancelled; shares without a stop get one, or leave. */
export function tendEntry(now: Now, position: Position, barMs: number): void {
  if (position.plan.decidedAt + barMs > now.at || position.isLeaving) return;
  for (const group of position.groups) if (group.entry !== null) group.isOver = true;
  endIfOver(now.book, position);
  const guarded = position.groups
    .filter(({ isOver }) => !isOver)
    .reduce((sum, { shares }) => sum + shares, 0);
  const bare = heldOf(position) - guarded - (position.closing?.shares ?? 0);
  if (bare <= 0) return;
  const isBeyond =
    signOf(position.plan.side) * (priceOf(now.book, position.plan) - position.stop) <= 0;
  if (guarded === 0 && isBeyond) closeShares(now, position, heldOf(position), 'emergency_stop');
  else protect(now, position, bare);
}

/** A stop and the target for shares that have none; where price leaves no room for it, at the next bar's end. */
function protect(now: Now, position: Position, shares: number): void {
  const { plan } = position;
  const price = priceOf(now.book, plan);
  const stop = standingStop(position, price);
  const base = plan.side === 'long' ? Math.min(price, plan.target) : Math.max(price, plan.target);
  if (stop <= 0 || !isFarEnough(plan.side, stop, base)) return;
  const { target } = plan;
  const lapsesAt = lapseOf(now);
  position.groups.push({ entry: null, shares, target, stop, lapsesAt, isOver: false });
}

/** Where it belongs or, with price there already, half a per cent from it and a cent at least. */
function standingStop({ plan, stop }: Position, price: number): number {
  const away = signOf(plan.side);
  if (away * (price - stop) > 10_000) return stop;
  const far = Math.max(Math.round(price * 0.005), 10_000);
  return onTick(price - away * far, away === 1 ? 'down' : 'up');
}

/** Every order of the trade goes, what stays is protected, and the rest leaves at the market. */
export function closeShares(
  now: Now,
  position: Position,
  shares: number,
  reason: ExitReason,
): void {
  const { book, options, at } = now;
  const { fills: model } = options;
  const kept = heldOf(position) - shares;
  for (const group of position.groups) group.isOver = true;
  if (kept > 0) protect(now, position, kept);
  else position.isLeaving = true;
  if (model.closings === 'next-open' || !now.isOpen) position.closing = { shares, reason };
  else {
    const price = afterSlippage(position, priceOf(book, position.plan), model);
    exit({ book, position, model, at }, { shares, price, reason });
    endIfOver(book, position);
  }
}

/** The trader sells the early part itself where the broker has taken no second bracket. */
export function takeEarlyProfit(now: Now, position: Position): void {
  const { plan, isLeaving } = position;
  if (!position.watchesEarlyTarget || plan.early === null || isLeaving) return;
  const isThere = signOf(plan.side) * (priceOf(now.book, plan) - plan.early.target) >= 0;
  const shares = Math.floor((heldOf(position) * plan.early.shares) / plan.shares);
  if (!isThere || shares < 1) return;
  position.watchesEarlyTarget = false;
  closeShares(now, position, shares, 'scale_out');
}

/** A stop that would lie within a cent of price, or of its target, stays where it is. */
export function moveStops(now: Now, position: Position, to: number): void {
  const { plan } = position;
  const price = priceOf(now.book, plan);
  let areAllThere = true;
  for (const group of position.groups) {
    if (group.isOver || group.stop === to) continue;
    const { target } = group;
    const isRoom = isFarEnough(plan.side, to, price) && isFarEnough(plan.side, to, target);
    if (isRoom) group.stop = to;
    else areAllThere = false;
  }
  if (areAllThere) position.stop = to;
}
