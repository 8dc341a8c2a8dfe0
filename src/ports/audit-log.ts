import type { Ticker } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';

/** Something a person tried, or the bot did by itself, and what came of it. */
export interface AuditEntry {
  readonly at: EpochMs;
  readonly actor: string;
  readonly action: string;
  readonly outcome: 'done' | 'denied' | 'failed';
  readonly details: Readonly<Record<string, string>>;
}

/** An entry as it stands in the chain. */
export interface AuditRow extends AuditEntry {
  readonly sequence: number;
  /** SHA-256 over the previous row's hash and this row, in hexadecimal. */
  readonly hash: string;
}

/** Which rows are wanted; null asks nothing. */
export interface AuditQuestion {
  /** Named by the action or by a detail. */
  readonly symbol: Ticker | null;
  /** The chat's id of a person, or a part of the name, in capitals or not. */
  readonly person: string | null;
  readonly newest: number;
}

/** Whether every row follows from the one before it. */
export type AuditVerdict =
  | { readonly kind: 'sound'; readonly rows: number; readonly lastHash: string | null }
  /** The first row that does not follow: it, or one before it, is not what was written. */
  | { readonly kind: 'broken'; readonly rows: number; readonly at: AuditRow };

export interface AuditReads {
  /** The newest rows first. */
  auditRows(question: AuditQuestion): Promise<readonly AuditRow[]>;
  /** So many rows after one, the oldest first: 0 is before the first. */
  auditRowsAfter(sequence: number, limit: number): Promise<readonly AuditRow[]>;
  verifyAudit(): Promise<AuditVerdict>;
}
