/** How the orders of one position meet one bar: the table of docs/backtest.md, row by row. */
import type { FillModel } from '#backtest/options.ts';
import type { Bar } from '#core/bars.ts';
import type { EpochMs } from '#core/session.ts';
import type { ExitReason } from '#core/trade.ts';

import { endIfOver, feeOf, onTick, oneTickBeyond, signOf } from './account.ts';
import type { Book, Group, Position } from './account.ts';

interface Passage {
  readonly book: Book;
  readonly position: Position;
  readonly model: FillModel;
  readonly open: number;
  /** The price in the bar that is best, and the one that is worst, for the position. */
  readonly best: number;
  readonly worst: number;
  /** Shares that one limit order may have of the bar. */
  readonly most: number;
  readonly at: EpochMs;
  /** Orders that have had their share of the bar. */
  readonly served: Set<object>;
}

const toMicros = (dollars: number): number => Math.round(dollars * 1_000_000);

export function meetBar(
  book: Book,
  position: Position,
  { bar, model, at }: { readonly bar: Bar; readonly model: FillModel; readonly at: EpochMs },
): void {
  const isLong = position.plan.side === 'long';
  const [high, low] = [toMicros(bar.high), toMicros(bar.low)];
  const passage: Passage = {
    book,
    position,
    model,
    open: toMicros(bar.open),
    best: isLong ? high : low,
    worst: isLong ? low : high,
    most:
      model.maxParticipationBps === null
        ? Number.POSITIVE_INFINITY
        : Math.floor((bar.volume * model.maxParticipationBps) / 10_000),
    at,
    served: new Set(),
  };
  const exits = position.groups.filter((group) => !group.isOver && group.entry === null);
  const entries = position.groups.filter((group) => !group.isOver && group.entry !== null);
  meetOpen(passage, exits, entries);
  const filledAtOpen = entries.filter(({ entry }) => entry === null);
  meetOpen(passage, filledAtOpen, []);
  meetInside(passage, [...exits, ...filledAtOpen], entries);
  book.prices.set(position.plan.symbol, toMicros(bar.close));
  endIfOver(book, position);
}

/** The open is certain. */
function meetOpen(passage: Passage, exits: readonly Group[], entries: readonly Group[]): void {
  const { position, open } = passage;
  const away = signOf(position.plan.side);
  for (const group of exits) {
    if (away * (open - group.stop) <= 0) takeStop(passage, group, open);
  }
  for (const group of exits) {
    if (away * (open - group.target) >= 0) takeTarget(passage, group, open);
  }
  for (const group of entries) {
    if (away * (group.entry!.limit - open) >= 0) takeEntry(passage, group, open);
  }
  leaveAtMarket(passage);
}

/** The path inside is not known: stops come before targets, and an entry's stop after it, its target not. */
function meetInside(passage: Passage, exits: readonly Group[], entries: readonly Group[]): void {
  for (const group of exits) takeStopInside(passage, group);
  const filled = entries.filter((group) => isFilledInside(passage, group));
  for (const group of exits) {
    if (isTargetWithin(passage, group)) takeTarget(passage, group, group.target);
  }
  for (const group of filled) takeStopInside(passage, group);
}

function takeStopInside(passage: Passage, group: Group): void {
  const { position, worst, served } = passage;
  const isReached = signOf(position.plan.side) * (worst - group.stop) <= 0;
  if (group.isOver || !isReached) return;
  if (!served.has(group) && isTargetWithin(passage, group)) position.isAmbiguous = true;
  takeStop(passage, group, group.stop);
}

/** Whether the entry fills whole, at its limit. */
function isFilledInside(passage: Passage, group: Group): boolean {
  const { entry } = group;
  if (entry === null || passage.served.has(group)) return false;
  const away = signOf(passage.position.plan.side);
  const isReached = away * (entry.limit - reachOf(passage, entry.limit) - passage.worst) >= 0;
  if (isReached) takeEntry(passage, group, entry.limit);
  return group.entry === null;
}

/** How far price must go beyond a limit, in the order's own direction. */
const reachOf = ({ model, position }: Passage, limit: number): number =>
  model.limitFill === 'touch' ? 0 : signOf(position.plan.side) * oneTickBeyond(limit);

const isTargetWithin = (passage: Passage, { target }: Group): boolean =>
  signOf(passage.position.plan.side) * (passage.best - target - reachOf(passage, target)) >= 0;

function takeStop(passage: Passage, group: Group, price: number): void {
  group.isOver = true;
  exit(passage, { shares: group.shares, price, reason: 'stop_loss' });
}

function takeTarget(passage: Passage, group: Group, price: number): void {
  if (group.isOver || passage.served.has(group)) return;
  passage.served.add(group);
  const shares = Math.min(group.shares, passage.most);
  if (shares === 0) return;
  group.shares -= shares;
  group.isOver = group.shares === 0;
  exit(passage, { shares, price, reason: 'take_profit' });
}

function takeEntry(passage: Passage, group: Group, price: number): void {
  const { position, book, model, most, at, served } = passage;
  served.add(group);
  const shares = Math.min(group.entry!.left, most);
  if (shares === 0) return;
  group.entry!.left -= shares;
  if (group.entry!.left === 0) {
    group.entry = null;
    // Its exits have the whole bar before them still.
    served.delete(group);
  }
  position.entered += shares;
  position.entryValue += price * shares;
  position.openedAt ??= at;
  book.cash -= signOf(position.plan.side) * price * shares;
  owe(passage, feeOf(model, position.plan.side === 'short', { price, shares }));
}

/** Market orders wait for nobody's volume. */
function leaveAtMarket(passage: Passage): void {
  const { position, open, model } = passage;
  const { closing } = position;
  if (closing === null) return;
  position.closing = null;
  const price = afterSlippage(position, open, model);
  exit(passage, { shares: closing.shares, price, reason: closing.reason });
}

export function afterSlippage(
  { plan }: Position,
  price: number,
  { slippageBps }: FillModel,
): number {
  if (slippageBps === 0) return price;
  const worse = Math.round(price * (1 - (signOf(plan.side) * slippageBps) / 10_000));
  return onTick(worse, plan.side === 'long' ? 'down' : 'up');
}

interface Exit {
  readonly shares: number;
  readonly price: number;
  readonly reason: ExitReason;
}

export function exit(
  { book, position, model, at }: Pick<Passage, 'book' | 'position' | 'model' | 'at'>,
  { shares, price, reason }: Exit,
): void {
  position.left += shares;
  position.exitValue += price * shares;
  position.closedAt = at;
  position.reason = reason;
  book.cash += signOf(position.plan.side) * price * shares;
  owe({ book, position }, feeOf(model, position.plan.side === 'long', { price, shares }));
}

function owe({ book, position }: Pick<Passage, 'book' | 'position'>, fee: number): void {
  position.fees += fee;
  book.owed += fee;
}
