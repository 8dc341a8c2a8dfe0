import type { StrategyParameters } from '#core/parameters.ts';
import type { AskedStudy, Study, StudyId } from '#ports/studies.ts';
import type { ParameterChange, StudyCard, StudyProgress } from '#ports/study-card.ts';

import type { AppContext } from '../context.ts';

/** The message that tells of a study, through all its states. */
export const studyCardKey = (id: StudyId): string => `study:${id}`;

export function studyCard(
  { clock }: Pick<AppContext, 'clock'>,
  { id, requestedBy, request }: AskedStudy,
  progress: StudyProgress,
): StudyCard {
  const { base: _base, sectors: _sectors, ...asked } = request;
  return { kind: 'study', id, requestedBy, request: asked, progress, at: clock.now() };
}

type Context = Pick<AppContext, 'systemClock' | 'research' | 'parameters'>;

/** Where a study stands, as its message tells it. */
export function progressOf(
  context: Context,
  study: Study,
  isWorked: boolean | null,
): StudyProgress {
  const { status, done, tasks } = study;
  switch (status) {
    case 'queued':
      return { status, isWorked };
    case 'running':
      return { status, isWorked, done, tasks, leftMs: timeLeft(context, study) };
    case 'done':
      return doneProgress(context, study);
    case 'failed':
      return { status, why: study.failure ?? 'nobody knows why' };
    case 'cancelled':
      return { status, by: study.cancelledBy ?? 'somebody', done, tasks };
    default:
      return status satisfies never;
  }
}

function timeLeft({ systemClock }: Context, { startedAt, done, tasks }: Study): number | null {
  if (startedAt === null || done === 0) return null;
  return (Math.max(0, systemClock.now() - startedAt) * Math.max(0, tasks - done)) / done;
}

function doneProgress({ research, parameters }: Context, study: Study): StudyProgress {
  const summary = research.summaryOf(study);
  if (summary === null) return { status: 'failed', why: 'its report is missing' };
  const { result, startedAt, finishedAt } = study;
  return {
    status: 'done',
    summary,
    changes: result?.recommended == null ? [] : changesTo(result.recommended, parameters),
    tookMs: (finishedAt ?? 0) - (startedAt ?? finishedAt ?? 0),
  };
}

/** What differs from the parameters in force. */
function changesTo(
  recommended: StrategyParameters,
  present: StrategyParameters,
): readonly ParameterChange[] {
  const names = Object.keys(present) as (keyof StrategyParameters)[];
  return names
    .filter((name) => recommended[name] !== present[name])
    .map((name) => ({ name, from: present[name], to: recommended[name] }));
}
