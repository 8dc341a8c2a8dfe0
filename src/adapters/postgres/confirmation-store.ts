import type { EpochMs } from '#core/session.ts';
import type { Confirmation, ConfirmationReads, ConfirmationWrites } from '#ports/confirmations.ts';
import type { MessageId } from '#ports/notifier.ts';

import type { Database } from './database.ts';
import { and, eq, gt, isNull, lt, lte } from './drizzle.ts';
import { confirmations, replyPages } from './schema/confirmations.ts';
import { cardMessages } from './schema/outbox.ts';

export const confirmationReads = (db: Database): ConfirmationReads => ({
  async confirmation(id) {
    const [row] = await db.select().from(confirmations).where(eq(confirmations.id, id));
    return row ?? null;
  },

  async pageSet(id) {
    const [row] = await db.select().from(replyPages).where(eq(replyPages.id, id));
    return row ?? null;
  },

  async savePageSet(set, forgetBefore) {
    await db.insert(replyPages).values(set);
    await db.delete(replyPages).where(lt(replyPages.createdAt, forgetBefore));
  },
});

const isPending = eq(confirmations.state, 'pending');

export const confirmationWrites = (db: Database): ConfirmationWrites => ({
  async insertConfirmation(confirmation) {
    await db.insert(confirmations).values(confirmation);
  },

  // One statement: of two that come at once the second waits for the first, and then finds nothing pending.
  async answerConfirmation(id, { person, state, at }) {
    const [row] = await db
      .update(confirmations)
      .set({ state, settledAt: at })
      .where(
        and(
          eq(confirmations.id, id),
          isPending,
          eq(confirmations.person, person),
          gt(confirmations.expiresAt, at),
        ),
      )
      .returning();
    return row ?? null;
  },

  async expireConfirmation(id, at) {
    const [row] = await db
      .update(confirmations)
      .set({ state: 'expired', settledAt: at })
      .where(and(eq(confirmations.id, id), isPending, lte(confirmations.expiresAt, at)))
      .returning();
    return row ?? null;
  },

  expireConfirmations: (at) =>
    db.update(confirmations).set({ state: 'expired', settledAt: at }).where(isPending).returning(),

  async finishConfirmation(id, at) {
    const { rowCount } = await db
      .update(confirmations)
      .set({ finishedAt: at })
      .where(and(eq(confirmations.id, id), isNull(confirmations.finishedAt)));
    return rowCount === 1;
  },

  finishInterrupted: (at): Promise<readonly Confirmation[]> =>
    db
      .update(confirmations)
      .set({ finishedAt: at })
      .where(and(eq(confirmations.state, 'confirmed'), isNull(confirmations.finishedAt)))
      .returning(),

  claimMessage: (key, message, at) => claimMessage(db, { key, message, at }),
});

interface Claim {
  readonly key: string;
  readonly message: MessageId;
  readonly at: EpochMs;
}

async function claimMessage(db: Database, { key, message, at }: Claim): Promise<boolean> {
  const taken = await db.$count(cardMessages, eq(cardMessages.messageId, message));
  if (taken > 0) return false;
  const { rowCount } = await db
    .insert(cardMessages)
    .values({ key, messageId: message, deliveredAt: at })
    .onConflictDoNothing();
  return rowCount === 1;
}
