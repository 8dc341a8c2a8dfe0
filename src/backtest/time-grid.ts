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
  (grid.firstSlots[sessionIndexOf(grid, slot) + 1] ?? 0) - 1;

/** When the bar of a slot ends. */
export function barEndOf(grid: TimeGrid, slot: number, session: number): EpochMs {
  const open = grid.sessions[session]?.open ?? Number.NaN;
  return open + (slot - (grid.firstSlots[session] ?? 0) + 1) * grid.barMs;
}

/**
 * The slot of each of a symbol's bars. Throws on a bar that lies in no session, or not on the grid: the
 * bars were to be checked before.
 */
export function slotsOf(grid: TimeGrid, { start }: Pick<BarColumns, 'start'>): Int32Array {
  const slots = new Int32Array(start.length);
  let session = 0;
  for (let row = 0; row < start.length; row += 1) {
    const at = start[row] ?? Number.NaN;
    while (session < grid.sessions.length && at >= (grid.sessions[session]?.close ?? 0)) {
      session += 1;
    }
    const offset = (at - (grid.sessions[session]?.open ?? Number.NaN)) / grid.barMs;
    if (!(offset >= 0 && Number.isInteger(offset))) {
      throw new RangeError(`no session has a bar that starts at ${at}`);
    }
    slots[row] = (grid.firstSlots[session] ?? 0) + offset;
  }
  return slots;
}
