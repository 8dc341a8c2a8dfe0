import { setTimeout as delay } from 'node:timers/promises';

import { systemClock } from '#adapters/system/clock.ts';
import { isOver } from '#app/studies/follow-studies.ts';
import { count, formatDuration } from '#core/number-words.ts';
import type { Logger } from '#ports/logger.ts';
import type { Study, StudyRequest } from '#ports/studies.ts';
import type { StudyReport } from '#research/report.ts';

import { createLifecycle } from './lifecycle.ts';
import { createProgressBar } from './progress-bar.ts';
import type { ProgressBar } from './progress-bar.ts';
import { openResearch } from './research-process.ts';
import type { OpenResearch } from './research-process.ts';
import type { SharedStores } from './research-settings.ts';

/** How often the ledger is asked how far a study is. */
const LOOK_MS = 500;
/** How many looks it is until the queue is asked who works. */
const LOOKS_A_QUESTION = 10;
const NOBODY_WORKS =
  'it waits: no research process is running; start one with npm start -- --role research';
/** Who asks, where no chat knows a name. */
const WHO = 'the terminal';

export interface DistributedOptions {
  readonly stores: SharedStores;
  readonly dataDir: string;
  /** Aborted by who wants no result any more: the study is cancelled then. */
  readonly signal: AbortSignal;
  /** What a person should know meanwhile, a line each. */
  readonly say: (line: string) => void;
  readonly log: Logger;
}

/**
 * Has a study done by the processes that research, and waits for it. Null when it was cancelled, which is said.
 *
 * @throws Error, one line, when the stores cannot be used or the study has failed.
 */
export async function studyByAll(
  request: StudyRequest,
  { stores, dataDir, signal, say, log }: DistributedOptions,
): Promise<StudyReport | null> {
  const { databaseUrl, redisUrl } = stores;
  const lifecycle = createLifecycle(() => log);
  const bar = createProgressBar(process.stderr);
  try {
    const config = { dataDir, redisUrl, processRoles: [] };
    const desk = await openResearch({ config, databaseUrl, lifecycle, log });
    return reportOf(await untilOver(desk, request, { bar, signal, say }), say);
  } finally {
    bar.clear();
    await lifecycle.close();
  }
}

interface Watching extends Pick<DistributedOptions, 'signal' | 'say'> {
  readonly bar: ProgressBar;
}

async function untilOver(
  desk: OpenResearch,
  request: StudyRequest,
  { bar, signal, say }: Watching,
): Promise<Study> {
  const id = await desk.ask(request, WHO);
  let wasWorked = true;
  for (let look = 0; ; look += 1) {
    if (look % LOOKS_A_QUESTION === 0) {
      const isWorked = (await desk.research.isWorked()) !== false;
      if (wasWorked && !isWorked) say(NOBODY_WORKS);
      wasWorked = isWorked;
    }
    if (signal.aborted) await desk.cancel(id, WHO);
    const study = await desk.find(id);
    if (study === null) throw new Error(`the study ${id} is not in the ledger any more`);
    if (isOver(study)) return study;
    show(bar, study);
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

function show(bar: ProgressBar, { status, done, tasks, startedAt }: Study): void {
  if (status === 'queued' || startedAt === null) return bar.show(0, 1, 'queued');
  if (done >= tasks) return bar.show(1, 1, 'more of the search follows, or the report');
  const left = ((systemClock.now() - startedAt) / done) * (tasks - done);
  const words = done === 0 ? '' : `, about ${formatDuration(left)} left`;
  return bar.show(done, tasks, `${done} of ${count(tasks, 'run')}${words}`);
}

function reportOf(study: Study, say: (line: string) => void): StudyReport | null {
  const { status, result, failure, done, tasks, cancelledBy } = study;
  if (status === 'failed') throw new Error(failure ?? 'the study has failed');
  if (status === 'cancelled') {
    const where = tasks === 0 ? 'before it began' : `at ${done} of ${count(tasks, 'run')}`;
    say(`cancelled ${where} by ${cancelledBy ?? 'somebody'}`);
    return null;
  }
  return (result?.report as StudyReport | undefined) ?? null;
}
