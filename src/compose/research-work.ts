import { setTimeout as delay } from 'node:timers/promises';

import type { Chunk, ResearchWork } from '#adapters/bullmq/research-queue.ts';
import type { Bench } from '#adapters/research/protocol.ts';
import type { ResearchThreads } from '#adapters/research/threads.ts';
import { parametersKey } from '#adapters/system/parameters-key.ts';
import { isOver } from '#app/studies/follow-studies.ts';
import type { SessionDate } from '#core/session.ts';
import type { Clock } from '#ports/clock.ts';
import type { Study, StudyId, StudyResult, StudyStore } from '#ports/studies.ts';
import type { PointOutcome } from '#research/outcome.ts';
import { withNotes } from '#research/report.ts';
import type { StudyReport } from '#research/report.ts';
import { stateOf, studiedDates } from '#research/run-study.ts';
import { parseStudy } from '#research/study-request.ts';
import { chunksOf } from '#research/study.ts';
import type { Outcomes, StudyPlan, Task } from '#research/study.ts';

import { benchOf } from './bench.ts';
import { codeVersion } from './code-version.ts';
import type { LoadMarket } from './load-market.ts';
import { originOf } from './study-origin.ts';

/** Few enough that little is lost with a worker, and many enough that its tasks share work. */
const CHUNK_TASKS = 8;
/** How often a running piece of work asks whether it is still wanted. */
const ASK_MS = 1_000;

export interface Workshop {
  readonly store: StudyStore;
  readonly threads: ResearchThreads;
  readonly loadMarket: LoadMarket;
  readonly clock: Clock;
}

/** A study on the table: what it is, and the bars for it. */
interface OnTable {
  readonly plan: StudyPlan;
  readonly bench: Bench;
  readonly dates: readonly SessionDate[];
  /** What is to be known about the bars, a line each. */
  readonly notes: readonly string[];
  /** Of its bars and of this program: what was made of others does not belong to it. */
  readonly origin: string;
}

/** What came of a task, as it is kept. */
interface KeptOutcome extends PointOutcome {
  readonly origin: string;
}

const OTHER_ORIGIN =
  'some of its runs were made on other bars, or by another version of the program, than this process has: ask for it again, with the same bars and version wherever it is worked on';

/** What a process that researches does with studies; the bars of the last one stay. */
export function createResearchWork(workshop: Workshop): ResearchWork {
  const { store, clock } = workshop;
  let last: { readonly id: StudyId; readonly table: OnTable } | null = null;
  const lay = async (study: Study): Promise<OnTable> => {
    if (last?.id === study.id) return last.table;
    const table = await layOut(workshop, study);
    last = { id: study.id, table };
    return table;
  };
  return {
    async advance(id) {
      const study = await wanted(store, id);
      if (study === null) return null;
      const table = await lay(study);
      const outcomes = await outcomesOf(workshop, id, table);
      if (outcomes === null) return null;
      const state = stateOf(table.plan, table.dates, outcomes);
      if (state.kind === 'impossible') {
        await store.fail(id, state.error, clock.now());
        return null;
      }
      if (state.kind === 'ready') {
        await finish(workshop, id, table, outcomes);
        return null;
      }
      const { tasks } = state;
      if (!(await store.begin(id, outcomes.size + tasks.length, clock.now()))) return null;
      return chunksOf(tasks, CHUNK_TASKS).map((chunk) => chunk.map(({ key }) => key));
    },
    async runChunk(id, chunk) {
      const study = await wanted(store, id);
      if (study === null) return;
      await doChunk(workshop, id, await lay(study), chunk);
    },
    async fail(id, why) {
      await store.fail(id, why, clock.now());
    },
  };
}

async function doChunk(
  workshop: Workshop,
  id: StudyId,
  table: OnTable,
  chunk: Chunk,
): Promise<void> {
  const known = await outcomesOf(workshop, id, table);
  if (known === null) return;
  const tasks = missingOf(table, known, chunk);
  const outcomes = await whileWanted(workshop, id, (signal) =>
    workshop.threads.outcomes(table.bench, tasks, { done: () => {}, signal }),
  );
  const { origin } = table;
  const results = [...(outcomes ?? [])].map(([key, outcome]) => ({
    key,
    outcome: { ...outcome, origin } satisfies KeptOutcome,
  }));
  await workshop.store.saveResults(id, results);
}

async function wanted(store: StudyStore, id: StudyId): Promise<Study | null> {
  const study = await store.find(id);
  return study === null || isOver(study) ? null : study;
}

async function layOut({ loadMarket }: Workshop, { request }: Study): Promise<OnTable> {
  const parsed = parseStudy(request);
  if (!parsed.ok) throw new RangeError(parsed.error);
  const { bench, notes } = await benchOf(loadMarket, request, parsed.study);
  return {
    plan: parsed.study,
    bench,
    dates: studiedDates(bench, request.from),
    notes,
    origin: await originOf(bench),
  };
}

/** What is known of a study; null where not all of it belongs together, with which the study has failed. */
async function outcomesOf(
  { store, clock }: Workshop,
  id: StudyId,
  { origin }: OnTable,
): Promise<Outcomes | null> {
  const results = await store.results(id);
  const kept = results.map(({ key, outcome }) => [key, outcome as KeptOutcome] as const);
  if (kept.some(([, outcome]) => outcome.origin !== origin)) {
    await store.fail(id, OTHER_ORIGIN, clock.now());
    return null;
  }
  return new Map(kept.map(([key, { figures, returns }]) => [key, { figures, returns }]));
}

/** The chunk's tasks that nobody has done yet. */
function missingOf({ plan, dates }: OnTable, outcomes: Outcomes, chunk: Chunk): readonly Task[] {
  const state = stateOf(plan, dates, outcomes);
  if (state.kind !== 'tasks') return [];
  const keys = new Set(chunk);
  return state.tasks.filter(({ key }) => keys.has(key));
}

async function finish(
  workshop: Workshop,
  id: StudyId,
  { plan, bench, dates, notes }: OnTable,
  outcomes: Outcomes,
): Promise<void> {
  const report = await whileWanted(workshop, id, (signal) =>
    workshop.threads.report(bench, { study: plan, dates, outcomes }, signal),
  );
  if (report !== null) {
    await workshop.store.finish(id, resultOf(withNotes(report, notes)), workshop.clock.now());
  }
}

function resultOf(report: StudyReport): StudyResult {
  const { verdict, sentence, recommended } = report;
  const parameters = recommended?.parameters ?? null;
  return {
    verdict: verdict.kind,
    sentence,
    recommended: parameters,
    parametersKey: parameters === null ? null : parametersKey(parameters),
    codeVersion: codeVersion(),
    report,
  };
}

/** Without the ledger nobody can say: the work goes on. */
const isWanted = (store: StudyStore, id: StudyId): Promise<boolean> =>
  store.isWanted(id).catch(() => true);

/** Null when somebody has cancelled the study meanwhile. */
async function whileWanted<Result>(
  { store }: Workshop,
  id: StudyId,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result | null> {
  const [stopping, done] = [new AbortController(), new AbortController()];
  const watching = (async () => {
    while (!done.signal.aborted) {
      await delay(ASK_MS, undefined, { signal: done.signal, ref: false }).catch(() => undefined);
      if (!done.signal.aborted && !(await isWanted(store, id))) stopping.abort();
    }
  })();
  try {
    return await work(stopping.signal);
  } catch (error) {
    if (stopping.signal.aborted) return null;
    throw error;
  } finally {
    done.abort();
    await watching;
  }
}
