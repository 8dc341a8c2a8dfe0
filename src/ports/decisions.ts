import type { CycleIntents } from '#core/cycle-intents.ts';
import type { DecisionRecord } from '#core/decision-record.ts';
import type { Decision, EntryFilterName, Snapshot } from '#core/decision.ts';
import type { Ticker, TradeId } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

/** A cycle as it was decided: what the core saw, and what it made of it. */
export interface DecidedCycle {
  readonly snapshot: Snapshot;
  /** One for each symbol of the snapshot. */
  readonly decisions: readonly Decision[];
  readonly intents: CycleIntents;
}

/** What was decided for a symbol at a bar, as the ledger has it. */
export interface StoredDecision {
  readonly sessionDate: SessionDate;
  readonly barEnd: EpochMs;
  readonly symbol: Ticker;
  readonly kind: Decision['kind'];
  readonly refusedBy: EntryFilterName | null;
  readonly tradeId: TradeId | null;
  readonly record: DecisionRecord;
}

/** A stored cycle, rebuilt. */
export interface StoredCycle {
  readonly snapshot: Snapshot;
  readonly decisions: readonly StoredDecision[];
  /** The cycle's intents as {@link exactJson}, byte by byte as they were written. */
  readonly intents: string;
}

export interface DecisionReads {
  /** The newest decision about a symbol within a session, at or before an instant. */
  decisionAt(date: SessionDate, symbol: Ticker, at: EpochMs): Promise<StoredDecision | null>;
  /** The figures of the strategy that a cycle was decided by; null where its inputs are not stored. */
  parametersOf(date: SessionDate, barEnd: EpochMs): Promise<StrategyParameters | null>;
  /** Ends of the bars of a session whose cycles are stored with all their inputs, oldest first. */
  storedCycles(date: SessionDate): Promise<readonly EpochMs[]>;
  /** Null when the cycle, or a part of what it saw, is not stored any more. */
  storedCycle(date: SessionDate, barEnd: EpochMs): Promise<StoredCycle | null>;
  /** The newest session that has decisions; null when none has. */
  lastDecidedSession(): Promise<SessionDate | null>;
}

export interface DecisionWrites {
  /**
   * Records a cycle: each symbol's decision, the inputs and the intents. A bar that was decided before, by a
   * run that died, keeps all of its first cycle.
   *
   * @returns the symbols whose decision is recorded just now.
   */
  recordCycle(cycle: DecidedCycle): Promise<ReadonlySet<Ticker>>;
  /**
   * Deletes decisions and inputs of the sessions before a date, at most so many rows of each kind.
   *
   * @returns how many rows are gone; none when there are none left.
   */
  pruneDecisions(before: SessionDate, limit: number): Promise<number>;
}
