import type { StudyId } from '#ports/studies.ts';

import { UserError } from '../command.ts';
import type { Actor } from '../command.ts';
import type { AppContext } from '../context.ts';
import { tellEnd } from './follow-studies.ts';

/**
 * Ends a study that is not over; whoever works on it notices within a second. Returns what the person is told.
 *
 * @throws UserError when it is over.
 */
export async function cancelStudy(
  context: AppContext,
  { actor, id }: { readonly actor: Actor; readonly id: string },
): Promise<string> {
  const { ledger, systemClock } = context;
  const study = await ledger.study(id as StudyId);
  if (study === null) throw new UserError('This study is not known. Nothing was changed.');
  const { kind } = study.request;
  if (study.person !== actor.id && actor.role !== 'admin') {
    throw new UserError(
      `Only ${study.requestedBy}, who asked for it, or an admin can cancel this ${kind}. It goes on.`,
      'denied',
    );
  }
  const at = systemClock.now();
  const isCancelled = await ledger.transaction((tx) => tx.cancelStudy(study.id, actor.name, at));
  if (!isCancelled) throw new UserError(`This ${kind} is over already. Nothing was changed.`);
  await tellEnd(context, study.id);
  return `The ${kind} is cancelled.`;
}
