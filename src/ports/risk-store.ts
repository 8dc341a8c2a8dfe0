import type { Contributor } from '#core/contributors.ts';
import type { ControlState } from '#core/control.ts';
import type { DrawdownState, RecordedPeak } from '#core/drawdown.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

/** A session's first reading. */
export interface SessionOpen {
  readonly sessionDate: SessionDate;
  /** What the day's fall is measured from. */
  readonly equity: Usd;
  /** Deposits less withdrawals that were known by then. */
  readonly flows: Usd;
  readonly at: EpochMs;
  /** What each symbol's trades had brought by then, realized and unrealized; of those that were open. */
  readonly results: readonly Contributor[];
  /** The session's deepest fall since, in per cent, never negative. */
  readonly deepestPercent: number;
}

/** How often the control state was written: a halt on top of one counts also where it changes nothing. */
interface ControlWrites {
  controlWrites(): Promise<number>;
}

/** What the ledger knows of the drawdown. */
export interface RiskReads extends ControlWrites {
  /** Null before the first reading. */
  drawdownState(): Promise<DrawdownState | null>;
  /** Null for a session without a reading. */
  sessionOpen(date: SessionDate): Promise<SessionOpen | null>;
  /** All deposits less withdrawals that are booked, or those dated up to a date. */
  cashFlows(until?: SessionDate): Promise<Usd>;
  /** Sum of all that is booked as having moved cash: fills (adopted ones too), fees, other activities. */
  cashBooked(): Promise<Usd>;
  /** The recorded equity that was highest without what had been paid in by the end of its day; null: none is. */
  highestEquity(): Promise<RecordedPeak | null>;
}

export interface RiskWrites extends ControlWrites {
  /** The control state, locked against everybody else until the transaction ends. */
  lockControl(): Promise<ControlState>;
  /** Returns how often it was written, this time included. */
  saveControl(state: ControlState): Promise<number>;
  saveDrawdown(state: DrawdownState): Promise<void>;
  /** The first one of a session stays. */
  insertSessionOpen(open: SessionOpen): Promise<void>;
  /** How deep a session's fall since its open has come; a smaller one changes nothing. */
  noteDeepest(date: SessionDate, percent: number): Promise<void>;
}
