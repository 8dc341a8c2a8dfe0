import { LeaseLostError } from '#ports/lease.ts';
import type { LeaseAnswer, LeaseStore } from '#ports/lease.ts';

import { storableText } from './columns.ts';
import type { Database } from './database.ts';
import { and, eq, isNotNull, sql } from './drizzle.ts';
import { traderLease } from './schema/control.ts';

/** The moment at which the row is written, which may be after a wait for whoever holds it. */
const after = (ms: number) => sql`clock_timestamp() + make_interval(secs => ${ms / 1000})`;

const isFree = sql`${traderLease.expiresAt} IS NULL OR ${traderLease.expiresAt} <= clock_timestamp()`;

/** The very first holder writes the row. One of two who do so at once does nothing, whichever key they meet at. */
const write = (db: Database, holder: string, forMs: number) =>
  db
    .insert(traderLease)
    .values({ token: 1, holder, expiresAt: after(forMs) })
    .onConflictDoNothing()
    .returning({ token: traderLease.token });

/** Of a row that is there: what is written into it is found out once it is had, after any wait for it. */
const takeOver = (db: Database, holder: string, forMs: number) =>
  db
    .insert(traderLease)
    .values({ token: 1, holder, expiresAt: after(forMs) })
    .onConflictDoUpdate({
      target: traderLease.id,
      set: { token: sql`${traderLease.token} + 1`, holder, expiresAt: after(forMs) },
      setWhere: sql`${traderLease.holder} = ${storableText(holder)} OR ${isFree}`,
    })
    .returning({ token: traderLease.token });

async function acquire(db: Database, holder: string, forMs: number): Promise<LeaseAnswer> {
  const [written] = await write(db, holder, forMs);
  const held = written ?? (await takeOver(db, holder, forMs))[0];
  if (held !== undefined) return { kind: 'held', token: held.token };
  const left = sql<string>`extract(epoch FROM ${traderLease.expiresAt} - clock_timestamp()) * 1000`;
  const [taken] = await db.select({ holder: traderLease.holder, left }).from(traderLease);
  return {
    kind: 'taken',
    holder: taken?.holder ?? '',
    // It may have been given back, or have run out, since it was asked for.
    expiresInMs: Math.max(0, Math.ceil(Number(taken?.left ?? 0))),
  };
}

export const createLease = (db: Database): LeaseStore => ({
  acquire: (holder, forMs) => acquire(db, holder, forMs),

  async renew(token, forMs) {
    const { rowCount } = await db
      .update(traderLease)
      .set({ expiresAt: after(forMs) })
      // One that was given back stays so, however late a renewal comes.
      .where(and(eq(traderLease.token, token), isNotNull(traderLease.expiresAt)));
    return rowCount === 1;
  },

  async release(token) {
    await db.update(traderLease).set({ expiresAt: null }).where(eq(traderLease.token, token));
  },
});

/**
 * Throws when the token is not the newest. The row is locked as a foreign key would lock it: until the
 * transaction ends nobody takes the lease, which changes its key, while a renewal goes on unhindered.
 */
export async function assertFence(db: Database, token: number): Promise<void> {
  const [row] = await db
    .select({ token: traderLease.token, holder: traderLease.holder })
    .from(traderLease)
    .for('key share');
  if (row?.token === token) return;
  throw new LeaseLostError(
    row === undefined
      ? 'nobody has ever taken the lease of this account'
      : `the account is traded by ${row.holder} now (lease ${row.token}, and this process had ${token})`,
  );
}
