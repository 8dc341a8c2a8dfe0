import type { BarColumns } from '#core/bars.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

/** The bars that a calendar has room for, one after the other: a slot is a bar's place in it. */
export interface TimeGrid {
  readonly sessions: readonly Session[];
  readonly barMs: number;
  /** The first slot of each session, and behind the last one the number of all slots. */
  readonly firstSlots: Int32Array;
}

/** The grid of some sessions, oldest first. */
export function createTimeGrid(sessions: readonly Session[], barMinutes: number): TimeGrid {
  const barMs = barMinutes * MINUTE_MS;
  const firstSlots = new Int32Array(sessions.length + 1);
  let slots = 0;
  for (const [index, { open, close }] of sessions.entries()) {
    firstSlots[index] = slots;
    slots += Math.ceil((close - open) / barMs);
  }
  firstSlots[sessions.length] = slots;
  return { sessions, barMs, firstSlots };
}

export const slotCount = ({ firstSlots }: TimeGrid): number => firstSlots.at(-1) ?? 0;

/** Which session a slot belongs to. */
export function sessionIndexOf({ firstSlots }: TimeGrid, slot: number): number {
  let [low, high] = [0, firstSlots.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((firstSlots[middle] ?? 0) <= slot) low = middle;
    else high = middle;
  }
  return low;
}

/** The last slot of the session that a slot belongs to. */
export const lastSlotOf = (grid: TimeGrid, slot: number): number =>
  lastSlotIn(grid, sessionIndexOf(grid, slot));

/** The last slot of a session. */
export const lastSlotIn = ({ firstSlots }: TimeGrid, session: number): number =>
  (firstSlots[session + 1] ?? 0) - 1;

/** The first slot whose bar ends at an instant or later, counted on from a session: it may lie outside of it. */
export function slotEndingFrom(grid: TimeGrid, at: EpochMs, session: number): number {
  const open = grid.sessions[session]?.open ?? Number.NaN;
  return (grid.firstSlots[session] ?? 0) + Math.ceil((at - open) / grid.barMs) - 1;
}

/** The first slot whose bar ends after an instant. */
export function slotAfter(grid: TimeGrid, at: EpochMs): number {
  const index = grid.sessions.findIndex(({ close }) => close > at);
  const session = grid.sessions[index];
  if (session === undefined) return slotCount(grid);
  const over = Math.max(0, Math.floor((at - session.open) / grid.barMs));
  return (grid.firstSlots[index] ?? 0) + over;
}

/** When the bar of a slot ends. */
export function barEndOf(grid: TimeGrid, slot: number, session: number): EpochMs {
  const open = grid.sessions[session]?.open ?? Number.NaN;
  return open + (slot - (grid.firstSlots[session] ?? 0) + 1) * grid.barMs;
}

/** Where a symbol's bars lie. */
export interface Placement {
  /** Of each row. */
  readonly slots: Int32Array;
  /** Of each session, and behind the last one the number of all rows. */
  readonly firstRows: Int32Array;
}

/**
 * The slot of each of a symbol's bars. Throws on a bar that lies in no session, or not on the grid: the
 * bars were to be checked before.
 */
export function placeBars(grid: TimeGrid, { start }: Pick<BarColumns, 'start'>): Placement {
  const { sessions, barMs, firstSlots } = grid;
  const slots = new Int32Array(start.length);
  const firstRows = new Int32Array(sessions.length + 1);
  let row = 0;
  for (const [index, session] of sessions.entries()) {
    firstRows[index] = row;
    row = placeWithin(session, { start, row, barMs, firstSlot: firstSlots[index] ?? 0 }, slots);
  }
  if (row < start.length) throw new RangeError(`no session has a bar that starts at ${start[row]}`);
  firstRows[sessions.length] = row;
  return { slots, firstRows };
}

interface Unplaced {
  readonly start: Float64Array;
  readonly row: number;
  readonly barMs: number;
  /** Of the session. */
  readonly firstSlot: number;
}

/** Writes the slots of a session's bars, and returns the first row that comes after it or is not on its grid. */
function placeWithin(
  { open, close }: Session,
  { start, row: first, barMs, firstSlot }: Unplaced,
  slots: Int32Array,
): number {
  let row = first;
  let slot = firstSlot;
  let due = open;
  for (; row < start.length; row += 1) {
    const at = start[row] ?? Number.NaN;
    if (!(at < close)) return row;
    // Most bars are the next one of the grid.
    if (at !== due) {
      const offset = (at - open) / barMs;
      if (!(offset >= 0 && Number.isInteger(offset))) {
        throw new RangeError(`no session has a bar that starts at ${at}`);
      }
      slot = firstSlot + offset;
    }
    slots[row] = slot;
    slot += 1;
    due = at + barMs;
  }
  return row;
}
