import { randomUUID } from 'node:crypto';

import type { MessageId } from '#ports/notifier.ts';
import type { AskedStudy, Study, StudyId } from '#ports/studies.ts';
import type { StudyCard } from '#ports/study-card.ts';

import { UserError } from '../command.ts';
import type { Actor, CommandCall, Reply } from '../command.ts';
import type { AppContext } from '../context.ts';
import { askedStudy } from './asked-study.ts';
import { letGo, newsOf } from './follow-studies.ts';
import { studyCard, studyCardKey } from './study-card.ts';

/** All processes share their time between them. */
const MOST_IN_ALL = 5;

/**
 * Asks for a study. It is not put on the queue before its message stands.
 *
 * @throws UserError when the request is wrong, or too many are open already.
 */
export async function requestStudy(
  context: AppContext,
  { actor, options, message = null }: CommandCall,
): Promise<Reply> {
  const request = await askedStudy(context, options);
  const study: AskedStudy = {
    id: randomUUID() as string as StudyId,
    request,
    requestedBy: actor.name,
    person: actor.id,
    requestedAt: context.systemClock.now(),
    telling: 'asked',
  };
  const key = studyCardKey(study.id);
  await context.ledger.transaction(async (tx) => {
    refuseTooMany(await tx.lockStudies(), actor);
    await tx.insertStudy(study);
    if (message !== null) await tx.claimMessage(key, message, context.clock.now());
  });
  const isWorked = await context.research.isWorked();
  return { kind: 'card', key, first: studyCard(context, study, { status: 'queued', isWorked }) };
}

function refuseTooMany(open: readonly Study[], actor: Actor): void {
  const own = open.find(({ person }) => person === actor.id);
  if (own !== undefined) {
    throw new UserError(
      `You have a ${own.request.kind} that is not over, and nobody may have more than one. Cancel it, or wait until it is done.`,
    );
  }
  if (open.length >= MOST_IN_ALL) {
    throw new UserError(
      `${open.length} sweeps and walk-forwards are not over, and no more are taken. Ask again when one is done.`,
    );
  }
}

/** The first card of a study stands: it may begin, and what comes later edits the message. */
export async function studyShown(
  context: AppContext,
  card: StudyCard,
  message: MessageId | null,
): Promise<void> {
  // Where no card can take the message over, one of its own follows it in the channel.
  if (message === null) {
    await context.ledger.transaction((tx) => tx.enqueueCard(studyCardKey(card.id), card));
    await context.wakeOutbox();
  }
  context.toldStudies.set(card.id, newsOf(card.progress));
  await letGo(context, card.id);
}
