import type { EpochMs } from '#core/session.ts';
import type { AuditEntry } from '#ports/audit-log.ts';
import type { Study, StudyId } from '#ports/studies.ts';
import type { StudyProgress } from '#ports/study-card.ts';

import type { AppContext } from '../context.ts';
import { progressOf, studyCard, studyCardKey } from './study-card.ts';

/** One whose message does not stand by then has nobody any more who sees to it. */
const SILENT_MS = 10_000;

/** Tells in the channel how far studies are that were asked for there, and how they have ended. */
export async function followStudies(context: AppContext): Promise<void> {
  const { ledger, research, systemClock } = context;
  const studies = await ledger.untoldStudies();
  if (studies.length === 0) return;
  const isWorked = await research.isWorked();
  const silentSince = systemClock.now() - SILENT_MS;
  for (const study of studies) {
    if (study.telling === 'asked' && study.requestedAt > silentSince) continue;
    if (study.telling === 'asked') await letGo(context, study.id);
    if (isOver(study)) await tellEnd(context, study.id);
    else await tellProgress(context, study, isWorked);
  }
}

/** Done, cancelled or failed. */
export const isOver = ({ status }: Pick<Study, 'status'>): boolean =>
  status !== 'queued' && status !== 'running';

/** What could not be put on the queue is not followed yet: it is tried again. */
export async function letGo({ research, ledger }: AppContext, id: StudyId): Promise<void> {
  await research.start(id);
  await ledger.transaction((tx) => tx.followStudy(id));
}

/** What is told anew; the time that is left alone is no news. */
export function newsOf(progress: StudyProgress): string {
  const { leftMs: _, ...news } = { leftMs: null, ...progress };
  return JSON.stringify(news);
}

async function tellProgress(
  context: AppContext,
  study: Study,
  isWorked: boolean | null,
): Promise<void> {
  const { toldStudies, ledger } = context;
  const progress = progressOf(context, study, isWorked);
  const news = newsOf(progress);
  if (toldStudies.get(study.id) === news) return;
  await ledger.transaction(async (tx) => {
    // Somebody may have ended it meanwhile, and told so: nothing may follow that.
    if (!(await tx.followStudy(study.id))) return;
    await tx.enqueueCard(studyCardKey(study.id), studyCard(context, study, progress));
  });
  toldStudies.set(study.id, news);
  await context.wakeOutbox();
}

const auditOf = (study: Study, at: EpochMs): AuditEntry => ({
  at,
  actor: study.person ?? study.requestedBy,
  action: `${study.request.kind} finished`,
  outcome: study.status === 'done' ? 'done' : 'failed',
  details: {
    name: study.requestedBy,
    study: study.id,
    ...(study.failure === null ? {} : { reason: study.failure }),
    ...(study.result === null ? {} : { verdict: study.result.sentence }),
  },
});

/** How a study has ended, told and on record once, whoever notices it first. */
export async function tellEnd(context: AppContext, id: StudyId): Promise<void> {
  const { ledger, clock, toldStudies } = context;
  const study = await ledger.study(id);
  if (study === null || !isOver(study)) return;
  const progress = progressOf(context, study, null);
  await ledger.transaction(async (tx) => {
    if (!(await tx.tellStudy(id))) return;
    await tx.enqueueCard(studyCardKey(id), studyCard(context, study, progress));
    // A cancelling is on record as the deed of whoever did it.
    if (progress.status !== 'cancelled') await tx.audit(auditOf(study, clock.now()));
  });
  toldStudies.delete(id);
  await context.wakeOutbox();
}
