import { createHash } from 'node:crypto';

import type { Ticker } from '#core/ids.ts';
import { toIso } from '#core/session.ts';
import type {
  AuditEntry,
  AuditQuestion,
  AuditReads,
  AuditRow,
  AuditVerdict,
} from '#ports/audit-log.ts';

import { storableText } from './columns.ts';
import { lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
import { and, asc, desc, eq, getTableColumns, gt, ilike, or, sql } from './drizzle.ts';
import { auditLog } from './schema/control.ts';

/** What stands before the first row. */
const GENESIS = '0'.repeat(64);

const byName = ([left]: readonly [string, string], [right]: readonly [string, string]): number =>
  left < right ? -1 : 1;

/** As it comes back from the database, so that the hash can be computed again. */
const stored = (entry: AuditEntry): AuditEntry => ({
  at: entry.at,
  actor: storableText(entry.actor),
  action: storableText(entry.action),
  outcome: entry.outcome,
  details: Object.fromEntries(
    Object.entries(entry.details).map(([name, text]) => [storableText(name), storableText(text)]),
  ),
});

/**
 * SHA-256, in hexadecimal, of the previous row's hash followed by the entry as JSON without spaces: keys
 * in alphabetical order, the instant in ISO 8601 with milliseconds.
 */
const chainHash = (previous: string, entry: AuditEntry): string =>
  createHash('sha256')
    .update(previous)
    .update(
      JSON.stringify({
        action: entry.action,
        actor: entry.actor,
        at: toIso(entry.at),
        details: Object.fromEntries(Object.entries(entry.details).toSorted(byName)),
        outcome: entry.outcome,
      }),
    )
    .digest('hex');

/** Appends to the chain, within a transaction. */
export async function appendAudit(db: Database, raw: AuditEntry): Promise<void> {
  const entry = stored(raw);
  await lockUntilCommit(db, 'auditChain');
  const [last] = await db
    .select({ hash: auditLog.hash })
    .from(auditLog)
    .orderBy(desc(auditLog.sequence))
    .limit(1);
  const hash = chainHash(last?.hash ?? GENESIS, entry);
  await db.insert(auditLog).values({ ...entry, hash });
}

/** Of the database in one answer, so that a long log never is in memory as a whole. */
const CHUNK = 1_000;

export const auditReads = (db: Database): AuditReads => ({
  auditRows: (question) => auditRows(db, question),
  auditRowsAfter: (sequence, limit) => rowsAfter(db, sequence, limit),
  verifyAudit: () => verify(db),
});

const rowsAfter = (db: Database, sequence: number, limit: number): Promise<readonly AuditRow[]> =>
  db
    .select()
    .from(auditLog)
    .where(gt(auditLog.sequence, sequence))
    .orderBy(asc(auditLog.sequence))
    .limit(limit);

async function verify(db: Database): Promise<AuditVerdict> {
  let rows = 0;
  let lastHash: string | null = null;
  let chunk = await rowsAfter(db, 0, CHUNK);
  while (chunk.length > 0) {
    for (const row of chunk) {
      rows += 1;
      if (row.hash !== chainHash(lastHash ?? GENESIS, row))
        return { kind: 'broken', rows, at: row };
      lastHash = row.hash;
    }
    chunk = await rowsAfter(db, chunk.at(-1)?.sequence ?? 0, CHUNK);
  }
  return { kind: 'sound', rows, lastHash };
}

const { details: DETAILS } = getTableColumns(auditLog);
const nameOf = sql<string>`${DETAILS}->>'name'`;

/** What stands for itself in a pattern. */
const literally = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

async function auditRows(
  db: Database,
  { symbol, person, newest }: AuditQuestion,
): Promise<readonly AuditRow[]> {
  const name = person === null ? '' : `%${literally(storableText(person))}%`;
  return db
    .select()
    .from(auditLog)
    .where(
      and(
        symbol === null ? undefined : mentions(symbol),
        person === null
          ? undefined
          : or(
              eq(auditLog.actor, storableText(person)),
              ilike(auditLog.actor, name),
              ilike(nameOf, name),
            ),
      ),
    )
    .orderBy(desc(auditLog.sequence))
    .limit(newest);
}

/** Whether the symbol stands in the action or in one of the details, and not as a part of a longer word. */
const mentions = (symbol: Ticker) => {
  const pattern = `(^|[^[:alnum:]])${symbol.replaceAll(/[^A-Za-z0-9]/g, '\\$&')}($|[^[:alnum:]])`;
  return sql`(${auditLog.action} ~ ${pattern} OR EXISTS (
    SELECT FROM jsonb_each_text(${DETAILS}) AS detail WHERE detail.value ~ ${pattern}))`;
};
