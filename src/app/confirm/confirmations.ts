import type { EpochMs } from '#core/session.ts';
import type { AuditEntry } from '#ports/audit-log.ts';
import type { Confirmation } from '#ports/confirmations.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';
import type { MessageId } from '#ports/notifier.ts';

import type { Actor, ConfirmReply } from '../command.ts';
import type { AppContext } from '../context.ts';

interface Question extends Pick<ConfirmReply, 'title' | 'action'> {
  readonly id: string;
  readonly command: string;
  readonly actor: Pick<Actor, 'id' | 'name'>;
  readonly messageId: MessageId | null;
  /** By the system's clock, as all instants of confirmations. */
  readonly askedAt: EpochMs;
  readonly expiresAt: EpochMs;
}

/** Writes down that a person is asked. Nothing is done until the same person says yes in time. */
export async function askConfirmation(
  { ledger }: AppContext,
  { actor, ...question }: Question,
): Promise<void> {
  await ledger.transaction((tx) =>
    tx.insertConfirmation({
      ...question,
      person: actor.id,
      personName: actor.name,
      state: 'pending',
      settledAt: null,
      finishedAt: null,
    }),
  );
}

/** What became of a press on Yes or No. Only one that was taken may have any effect. */
export type Answered =
  | { readonly kind: 'taken'; readonly confirmation: Confirmation }
  /** It is not this person's to answer. */
  | { readonly kind: 'not-yours'; readonly confirmation: Confirmation }
  /** It was answered, or ran out, before. */
  | { readonly kind: 'over'; readonly confirmation: Confirmation }
  | { readonly kind: 'unknown' };

/** Takes a person's answer, once: whoever presses twice, or in two processes, has pressed once. */
export async function answerConfirmation(
  context: AppContext,
  id: string,
  answer: {
    readonly person: string;
    readonly state: 'confirmed' | 'declined';
    readonly at: EpochMs;
  },
): Promise<Answered> {
  const { ledger } = context;
  const taken = await ledger.transaction((tx) => tx.answerConfirmation(id, answer));
  if (taken !== null) return { kind: 'taken', confirmation: taken };
  await expireConfirmation(context, id, answer.at);
  const confirmation = await ledger.confirmation(id);
  if (confirmation === null) return { kind: 'unknown' };
  // What is over, is over for everybody.
  if (confirmation.state !== 'pending') return { kind: 'over', confirmation };
  return { kind: 'not-yours', confirmation };
}

/** What was confirmed has been done, or has failed for good: a restart finds nothing interrupted. */
export const finishConfirmation = (
  { ledger }: AppContext,
  id: string,
  at: EpochMs,
): Promise<boolean> => ledger.transaction((tx) => tx.finishConfirmation(id, at));

/** Settles a question whose time has run out as a no, and has its message say so. Whether it was this that did. */
export async function expireConfirmation(
  context: AppContext,
  id: string,
  at: EpochMs,
): Promise<boolean> {
  const expired = await context.ledger.transaction(async (tx) => {
    const confirmation = await tx.expireConfirmation(id, at);
    if (confirmation === null) return false;
    const { askedAt, expiresAt } = confirmation;
    const seconds = Math.round((expiresAt - askedAt) / 1_000);
    await close(context, tx, confirmation, {
      title: `Expired: ${confirmation.title}`,
      text: `Nobody confirmed it within ${seconds} s: nothing was done. Ask again if you still want it.`,
      audit: { verb: 'expired', outcome: 'done', reason: null },
    });
    return true;
  });
  if (expired) await context.wakeOutbox();
  return expired;
}

/**
 * At a start: what an earlier run had asked is a no, and what it was carrying out when it ended is told as
 * interrupted. Both messages lose their buttons.
 */
export async function settleLeftConfirmations(context: AppContext): Promise<void> {
  const { ledger, systemClock } = context;
  const at = systemClock.now();
  const touched = await ledger.transaction(async (tx) => {
    const pending = await tx.expireConfirmations(at);
    for (const confirmation of pending) {
      await close(context, tx, confirmation, {
        title: `Expired: ${confirmation.title}`,
        text: 'The bot was restarted before it was confirmed: nothing was done. Ask again if you still want it.',
        audit: { verb: 'expired', outcome: 'done', reason: 'restart' },
      });
    }
    const interrupted = await tx.finishInterrupted(at);
    for (const confirmation of interrupted) {
      await close(context, tx, confirmation, {
        title: `Interrupted: ${confirmation.title}`,
        text: 'The bot stopped while it carried this out, so it may be done, or in part, or not at all. Positions keep their brackets. See /status before you ask again.',
        audit: { verb: 'confirmed', outcome: 'failed', reason: 'interrupted' },
      });
    }
    return pending.length + interrupted.length;
  });
  if (touched > 0) await context.wakeOutbox();
}

interface Ending {
  readonly title: string;
  readonly text: string;
  readonly audit: {
    readonly verb: 'expired' | 'confirmed';
    readonly outcome: AuditEntry['outcome'];
    readonly reason: string | null;
  };
}

/** Puts the end on record, and into the message with the buttons unless a card has taken that over. */
async function close(
  { clock }: AppContext,
  tx: LedgerTransaction,
  confirmation: Confirmation,
  { title, text, audit }: Ending,
): Promise<void> {
  const { id, command, person, personName, messageId } = confirmation;
  const at = clock.now();
  const details = {
    name: personName,
    confirmation: id,
    what: confirmation.title,
    ...(audit.reason === null ? {} : { reason: audit.reason }),
  };
  const { verb, outcome } = audit;
  await tx.audit({ at, actor: person, action: `${command} ${verb}`, outcome, details });
  const key = `confirmation:${id}`;
  if (messageId === null || !(await tx.claimMessage(key, messageId, at))) return;
  await tx.enqueueCard(key, { kind: 'notice', tone: 'warning', title, text, at });
}
