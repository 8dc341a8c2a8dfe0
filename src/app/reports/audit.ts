import type { Ticker } from '#core/ids.ts';
import { toIso } from '#core/session.ts';
import type { AuditReads, AuditRow } from '#ports/audit-log.ts';

import type { AppContext } from '../context.ts';
import { csvLine } from './csv.ts';

/** What `/audit` tells: rows of the audit log, the newest first. */
export interface AuditReport {
  readonly kind: 'audit';
  readonly symbol: Ticker | null;
  readonly person: string | null;
  readonly rows: readonly AuditRow[];
}

/** The newest rows that name a symbol, or that a person is behind. */
export async function auditReport(
  { ledger }: Pick<AppContext, 'ledger'>,
  question: Parameters<AuditReads['auditRows']>[0],
): Promise<AuditReport> {
  const { symbol, person } = question;
  return { kind: 'audit', symbol, person, rows: await ledger.auditRows(question) };
}

const COLUMNS = ['sequence', 'at', 'actor', 'name', 'action', 'outcome', 'details', 'hash'];

/** The first line of the audit log as CSV. */
export const auditCsvHead = csvLine(COLUMNS);

/** A row of it: the instant in ISO 8601, the details as JSON. */
export const auditCsvLine = (row: AuditRow): string =>
  csvLine([
    String(row.sequence),
    toIso(row.at),
    row.actor,
    row.details['name'] ?? '',
    row.action,
    row.outcome,
    JSON.stringify(row.details),
    row.hash,
  ]);

/** Rows read at once for a file. */
const CHUNK = 1_000;

/** The whole log as CSV, the oldest row first, in pieces. */
export async function* auditCsv(log: Pick<AuditReads, 'auditRowsAfter'>): AsyncGenerator<string> {
  yield auditCsvHead;
  let last = 0;
  for (;;) {
    const rows = await log.auditRowsAfter(last, CHUNK);
    if (rows.length === 0) return;
    yield rows.map(auditCsvLine).join('');
    last = rows.at(-1)?.sequence ?? last;
  }
}
