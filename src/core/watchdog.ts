import { MINUTE_MS } from './session.ts';
import type { EpochMs, Session } from './session.ts';

/** The bot's last sign of life. */
export interface Heartbeat {
  /** By the database's clock. */
  readonly at: EpochMs;
  /** What the exchange's clock showed then, and when the process had started. */
  readonly exchangeAt: EpochMs;
  readonly upSince: EpochMs;
  readonly version: string;
  readonly mode: string;
  readonly barMinutes: number;
  /** The session that ran then, where one did, and those after it. */
  readonly sessions: readonly Session[];
}

/**
 * silent: no sign of life. idle: it lives, but runs no trading cycles. database: the ledger cannot be read, so
 * that nobody knows.
 */
export type Trouble = 'silent' | 'idle' | 'database';

/** A trouble that was told. */
export interface ToldTrouble {
  readonly kind: Trouble;
  /** The last sign of life, the last cycle (exchange time), or the first look in vain. */
  readonly since: EpochMs;
  readonly tellings: number;
  readonly toldAt: EpochMs;
}

/** What the watchdog remembers: null while all is well. */
export type WatchState = ToldTrouble | null;

export type WatchFacts =
  | {
      readonly kind: 'read';
      /** By the database's clock. */
      readonly now: EpochMs;
      /** Null: no bot has ever run on this ledger. */
      readonly heartbeat: Heartbeat | null;
      /** Of the last bar that a trading cycle was finished for. */
      readonly lastBarEnd: EpochMs | null;
    }
  | {
      readonly kind: 'unreachable';
      /** By the watchdog's own clock. */
      readonly now: EpochMs;
      readonly since: EpochMs;
      /** The last one that was read; null: none was. */
      readonly heartbeat: Heartbeat | null;
    };

export type WatchMessage =
  | {
      readonly kind: 'trouble';
      readonly trouble: Trouble;
      readonly since: EpochMs;
      readonly now: EpochMs;
      /** How often it was told before. */
      readonly repeat: number;
    }
  | {
      readonly kind: 'over';
      readonly trouble: Trouble;
      readonly since: EpochMs;
      readonly now: EpochMs;
    };

export interface WatchStep {
  readonly state: WatchState;
  readonly message: WatchMessage | null;
}

/** Silence for more bars than this is told. */
const SILENT_BARS = 3;
/** A bar's cycle runs when the bar is over: three of them are missing when the fourth bar is. */
const IDLE_BARS = 4;
/** Where no heartbeat tells how long a bar is. */
const USUAL_BAR_MINUTES = 5;
/** Told again after these, the last one for ever. */
const REPEAT_MINUTES = [15, 30, 60, 120] as const;
const LONGEST_REPEAT_MINUTES = 120;

interface Judged {
  readonly kind: Trouble;
  readonly since: EpochMs;
}

/**
 * Looks once: what is wrong, what of it is to be told now, and what is over. It is wrong only while the market
 * is open, but over at any time. A message is told once; while it goes on, again at growing intervals.
 */
export function watchdogStep(state: WatchState, facts: WatchFacts): WatchStep {
  const wrong = judge(facts);
  const { now } = facts;
  if (wrong !== null && wrong.kind !== state?.kind) return tell(wrong, now, 0);
  if (state === null) return { state, message: null };
  if (isOver(state, facts, wrong)) {
    const { kind: trouble, since } = state;
    return { state: null, message: { kind: 'over', trouble, since, now } };
  }
  const pause = REPEAT_MINUTES[state.tellings - 1] ?? LONGEST_REPEAT_MINUTES;
  const isDue = wrong !== null && now - state.toldAt >= pause * MINUTE_MS;
  return isDue ? tell(state, now, state.tellings) : { state, message: null };
}

const tell = ({ kind, since }: Judged, now: EpochMs, repeat: number): WatchStep => ({
  state: { kind, since, tellings: repeat + 1, toldAt: now },
  message: { kind: 'trouble', trouble: kind, since, now, repeat },
});

function judge(facts: WatchFacts): Judged | null {
  const { heartbeat, now } = facts;
  if (facts.kind === 'unreachable') {
    // Without a calendar it might be a session: a false alarm is better than none.
    const matters = heartbeat === null || sessionAt(heartbeat, now) !== null;
    const longest = barsOf(heartbeat?.barMinutes ?? USUAL_BAR_MINUTES, SILENT_BARS);
    return matters && now - facts.since > longest ? { kind: 'database', since: facts.since } : null;
  }
  if (heartbeat === null) return null;
  const session = sessionAt(heartbeat, now);
  if (session === null) return null;
  const time = exchangeTime(heartbeat, now);
  const { at, exchangeAt, upSince, barMinutes } = heartbeat;
  if (time - Math.max(exchangeAt, session.open) > barsOf(barMinutes, SILENT_BARS)) {
    return { kind: 'silent', since: at };
  }
  // A bot that has only just come up has not missed what came before.
  const lastCycle = Math.max(facts.lastBarEnd ?? session.open, session.open);
  return time - Math.max(lastCycle, upSince) > barsOf(barMinutes, IDLE_BARS)
    ? { kind: 'idle', since: lastCycle }
    : null;
}

const barsOf = (barMinutes: number, bars: number): number => bars * barMinutes * MINUTE_MS;

/** The exchange's clock goes on from where the bot saw it last. */
const exchangeTime = ({ at, exchangeAt }: Heartbeat, now: EpochMs): EpochMs =>
  exchangeAt + (now - at);

function sessionAt(heartbeat: Heartbeat, now: EpochMs): Session | null {
  const time = exchangeTime(heartbeat, now);
  return heartbeat.sessions.find(({ open, close }) => time >= open && time < close) ?? null;
}

/** Something new was seen of what had stopped, whether or not the market is open. */
function isOver({ kind, since }: ToldTrouble, facts: WatchFacts, wrong: Judged | null): boolean {
  if (facts.kind === 'unreachable' || wrong !== null) return false;
  if (kind === 'silent') return (facts.heartbeat?.at ?? since) > since;
  if (kind === 'idle') return (facts.lastBarEnd ?? since) > since;
  return true;
}
