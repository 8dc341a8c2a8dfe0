import type { EpochMs } from '#core/session.ts';
import type { Heartbeat, WatchState } from '#core/watchdog.ts';

/** What a bot writes down of itself, again and again; the database's clock says when. */
export interface Beat extends Omit<Heartbeat, 'at' | 'sessions'> {
  /** Null: the calendar cannot be read now, and what is known stays. */
  readonly sessions: Heartbeat['sessions'] | null;
}

export interface HeartbeatWrites {
  beat(beat: Beat): Promise<void>;
}

/** The ledger as a watchdog has it: a process of its own that needs no broker. */
export interface WatchStore {
  /** Throws when the database does not answer. */
  read(): Promise<WatchedLedger>;
  save(state: WatchState): Promise<void>;
  close(): Promise<void>;
}

export interface WatchedLedger {
  /** By the database's clock. */
  readonly now: EpochMs;
  readonly heartbeat: Heartbeat | null;
  readonly lastBarEnd: EpochMs | null;
  readonly state: WatchState;
}
