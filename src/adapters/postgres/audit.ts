import { createHash } from 'node:crypto';

import { desc } from 'drizzle-orm';

import { toIso } from '#core/session.ts';
import type { AuditEntry } from '#ports/ledger.ts';

import { storableText } from './columns.ts';
import { lockUntilCommit } from './database.ts';
import type { Database } from './database.ts';
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
