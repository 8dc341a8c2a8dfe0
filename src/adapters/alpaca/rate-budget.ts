import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { Timers } from './timers.ts';

/** Protective: takes risk away, or is needed for that. It goes first, and has a reserve to itself. */
export type Priority = 'protective' | 'normal';

export interface BudgetState {
  /** Requests that may go out in any minute; null: any number, as long as nobody says 429. */
  readonly limit: number | null;
  /** So many of them are kept for what protects. */
  readonly reserve: number;
  /** When our requests went out, as far back as they count. */
  readonly sent: readonly EpochMs[];
  /** What the broker has said it will still take, and until when that holds. */
  readonly told: { readonly remaining: number; readonly resetAt: EpochMs } | null;
  /** After a 429 nobody sends before this instant. */
  readonly closedUntil: EpochMs;
}

/** What a reply says of the budget. */
export interface BudgetReply {
  readonly isTooMany: boolean;
  readonly remaining: number | null;
  readonly resetAt: EpochMs | null;
}

/** After a 429 that does not say when to come back, or by a clock that is far from ours. */
const UNTOLD_PAUSE_MS = 10_000;
/** The broker tells its instants in whole seconds, and by another clock than ours. */
const RESET_MARGIN_MS = 1_000;

export const freshBudget = (limit: number | null, reserve: number): BudgetState => ({
  limit,
  reserve,
  sent: [],
  told: null,
  closedUntil: 0,
});

/** Forgets what no longer counts. Once the broker's window is over, what was sent in it is free again. */
function settled(state: BudgetState, now: EpochMs): BudgetState {
  const isOver = state.told !== null && now >= state.told.resetAt;
  const from = Math.max(now - MINUTE_MS + 1, isOver ? (state.told?.resetAt ?? 0) : 0);
  return {
    ...state,
    told: isOver ? null : state.told,
    sent: state.sent.filter((at) => at >= from),
  };
}

/** Milliseconds until such a request may go out, as far as is known now; 0: at once. */
export function waitOf(before: BudgetState, priority: Priority, now: EpochMs): number {
  const { limit, reserve, sent, told, closedUntil } = settled(before, now);
  if (now < closedUntil) return closedUntil - now;
  if (limit === null) return 0;
  const kept = priority === 'protective' ? 0 : reserve;
  const tooMany = sent.length - (limit - kept) + 1;
  const freed = tooMany > 0 ? sent[Math.min(tooMany, sent.length) - 1] : undefined;
  return Math.max(
    freed === undefined ? 0 : freed + MINUTE_MS - now,
    told !== null && told.remaining <= kept ? told.resetAt - now : 0,
  );
}

export function afterSend(before: BudgetState, now: EpochMs): BudgetState {
  if (before.limit === null) return before;
  const state = settled(before, now);
  const told = state.told && { ...state.told, remaining: state.told.remaining - 1 };
  return { ...state, told, sent: [...state.sent, now] };
}

/** Learns from a reply; `inFlight` others may not be counted in what it says yet. */
export function afterReply(
  before: BudgetState,
  { isTooMany, remaining, resetAt }: BudgetReply,
  inFlight: number,
  now: EpochMs,
): BudgetState {
  const state = settled(before, now);
  if (isTooMany) {
    return { ...state, closedUntil: Math.max(state.closedUntil, reopeningAt(resetAt, now)) };
  }
  // A stand-in without a limit tells of one all the same, for the looks of it.
  if (state.limit === null || remaining === null || resetAt === null || resetAt <= now) {
    return state;
  }
  return { ...state, told: heardLast(state.told, remaining - inFlight, within(resetAt, now)) };
}

/** A clock that is wrong must not stop us for longer than a window lasts. */
const within = (resetAt: EpochMs, now: EpochMs): EpochMs => Math.min(resetAt, now + MINUTE_MS);

/** When requests may go out again after a 429. */
function reopeningAt(resetAt: EpochMs | null, now: EpochMs): EpochMs {
  if (resetAt === null || resetAt <= now - RESET_MARGIN_MS) return now + UNTOLD_PAUSE_MS;
  return Math.max(now, within(resetAt, now)) + RESET_MARGIN_MS;
}

/** Replies overtake each other: one of an earlier window says nothing of this one. */
function heardLast(
  told: BudgetState['told'],
  remaining: number,
  resetAt: EpochMs,
): BudgetState['told'] {
  if (told === null || resetAt > told.resetAt) return { remaining, resetAt };
  if (resetAt < told.resetAt) return told;
  return { remaining: Math.min(told.remaining, remaining), resetAt };
}

export interface RateBudget {
  /** Waits for its turn until the deadline, and says whether the request may go out now. */
  take(priority: Priority, deadline: EpochMs): Promise<boolean>;
  /** What was taken is over, whatever came of it. */
  done(): void;
  heard(reply: BudgetReply): void;
}

interface Waiter {
  readonly deadline: EpochMs;
  readonly answer: (mayGo: boolean) => void;
}

export interface RateBudgetOptions {
  readonly limit: number | null;
  readonly reserve: number;
  readonly timers: Timers;
}

/** Shares a budget of requests out: each priority in its order, what protects before everything else. */
export function createRateBudget({ limit, reserve, timers }: RateBudgetOptions): RateBudget {
  let state = freshBudget(limit, reserve);
  let inFlight = 0;
  let cancelAlarm: (() => void) | null = null;
  const waiting: Record<Priority, Waiter[]> = { protective: [], normal: [] };

  /** Lets the first ones go, as many as may; says how long the next one has to wait. */
  function serve(priority: Priority, now: EpochMs): number {
    const queue = waiting[priority];
    while (queue.length > 0 && waitOf(state, priority, now) === 0) {
      state = afterSend(state, now);
      inFlight += 1;
      queue.shift()?.answer(true);
    }
    waiting[priority] = queue.filter(({ deadline, answer }) => {
      if (now < deadline) return true;
      answer(false);
      return false;
    });
    if (waiting[priority].length === 0) return Number.POSITIVE_INFINITY;
    const giveUpIn = waiting[priority].map(({ deadline }) => deadline - now);
    return Math.min(waitOf(state, priority, now), ...giveUpIn);
  }

  function serveAll(): void {
    cancelAlarm?.();
    const now = timers.now();
    // What is free for the others is free for what protects: it has had its turn before they have.
    const wait = Math.min(serve('protective', now), serve('normal', now));
    cancelAlarm = Number.isFinite(wait) ? timers.after(Math.max(1, wait), serveAll) : null;
  }

  return {
    take: (priority, deadline) =>
      new Promise((answer) => {
        waiting[priority].push({ deadline, answer });
        serveAll();
      }),
    done: () => {
      inFlight -= 1;
    },
    heard: (reply) => {
      // The reply's own request is counted in what it says.
      state = afterReply(state, reply, Math.max(0, inFlight - 1), timers.now());
      serveAll();
    },
  };
}
