import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

import type { PointOutcome } from '#research/outcome.ts';
import type { StudyReport } from '#research/report.ts';
import type { Outcomes, StudyPlan, Task } from '#research/study.ts';
import { chunksOf } from '#research/study.ts';

import type { Answer, Bench, Order, OutcomeList } from './protocol.ts';

/** So many pieces a thread: the last ones to end differ little, and threads keep what neighbours share. */
const PIECES = 4;
/** Of each thread's own heap; bars and features lie outside of it, as typed arrays. */
const HEAP = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 32 } as const;

/** One core is left to what trades. */
export const spareThreads = (): number => Math.max(1, availableParallelism() - 1);

export interface Watch {
  /** So many more tasks are done. */
  readonly done: (tasks: number) => void;
  /** Stops what runs; the promise rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Threads that work on one market after the other. */
export interface ResearchThreads {
  outcomes(bench: Bench, tasks: readonly Task[], watch: Watch): Promise<Outcomes>;
  report(
    bench: Bench,
    asked: { readonly study: StudyPlan; readonly dates: Dates; readonly outcomes: Outcomes },
    signal: AbortSignal,
  ): Promise<StudyReport>;
  close(): Promise<void>;
}

type Dates = Extract<Order, { readonly type: 'report' }>['dates'];

/**
 * Threads of a lower priority, started for the first piece of work and kept while the bars stay the same. What
 * comes of a task does not depend on how many there are. They have one piece of work at a time: what is asked for
 * meanwhile, of these bars or of others, waits.
 */
export function createResearchThreads(count: number): ResearchThreads {
  const { employ, close } = createCrews(count);
  return {
    outcomes: (bench, tasks, watch) =>
      employ(bench, watch.signal, ({ threads }) => spread(threads, tasks, watch)),
    report: (bench, { study, dates, outcomes }, signal) =>
      employ(bench, signal, async ({ threads }) => {
        const order: Order = { type: 'report', study, dates, outcomes: [...outcomes] };
        const answer = await threads[0]?.do(order, signal);
        if (answer?.type !== 'report') throw new Error('a thread gave no report');
        return answer.report;
      }),
    close,
  };
}

interface Crews {
  readonly employ: <Result>(
    bench: Bench,
    signal: AbortSignal,
    work: (crew: Crew) => Promise<Result>,
  ) => Promise<Result>;
  readonly close: () => Promise<void>;
}

/** One crew after the other, each for as long as its bars are asked about, and with one piece of work at a time. */
function createCrews(count: number): Crews {
  let crew: Crew | null = null;
  let isClosed = false;
  const inTurn = createTurns();
  const crewFor = async (bench: Bench): Promise<Crew> => {
    if (crew?.bench === bench) return crew;
    const before = crew;
    crew = { bench, threads: Array.from({ length: count }, () => startThread(bench)) };
    await dismiss(before);
    return crew;
  };
  return {
    employ: (bench, signal, work) =>
      inTurn(async () => {
        signal.throwIfAborted();
        if (isClosed) throw new Error('the threads are closed');
        const asked = await crewFor(bench);
        try {
          return await work(asked);
        } catch (error) {
          // Whatever a stopped thread is busy with, nobody waits for it.
          if (crew === asked) crew = null;
          await dismiss(asked);
          throw error;
        }
      }),
    async close() {
      isClosed = true;
      const last = crew;
      crew = null;
      await dismiss(last);
    },
  };
}

/** Does one thing after the other, in the order in which they are asked for; what fails stops none of those after. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

interface Crew {
  readonly bench: Bench;
  readonly threads: readonly Thread[];
}

const dismiss = async (crew: Crew | null): Promise<void> => {
  await Promise.all(crew?.threads.map((thread) => thread.stop()) ?? []);
};

interface Thread {
  /** Rejects where the order cannot be done, the thread ends, or the signal is aborted. */
  do(order: Order, signal: AbortSignal): Promise<Answer>;
  stop(): Promise<void>;
}

function startThread(bench: Bench): Thread {
  const worker = new Worker(new URL('worker.ts', import.meta.url), {
    name: 'research',
    workerData: bench,
    resourceLimits: HEAP,
  });
  // The process does not stay for it.
  worker.unref();
  const ended = new Promise<never>((_, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread ended before its work')));
  });
  // Told to whoever waits for an answer.
  ended.catch(() => undefined);
  return {
    async do(order, signal) {
      signal.throwIfAborted();
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = (): void => reject(signal.reason as Error);
      signal.addEventListener('abort', abort);
      const answered = new Promise<Answer>((resolve) => worker.once('message', resolve));
      worker.postMessage(order, []);
      try {
        const answer = await Promise.race([answered, ended, aborted]);
        if (answer.type === 'failed') throw new Error(answer.error);
        return answer;
      } finally {
        signal.removeEventListener('abort', abort);
      }
    },
    async stop() {
      await worker.terminate();
    },
  };
}

/**
 * Each thread has a stretch of the tasks of its own, since neighbours share what is computed for them. Whoever is done
 * takes from the end of the longest stretch that is left.
 */
async function spread(
  threads: readonly Thread[],
  tasks: readonly Task[],
  { done, signal }: Watch,
): Promise<Outcomes> {
  const size = Math.max(1, Math.ceil(tasks.length / (threads.length * PIECES)));
  const stretches = [...chunksOf([...chunksOf(tasks, size)], PIECES)].map((pieces) => [...pieces]);
  const outcomes = new Map<string, PointOutcome>();
  const next = (own: Stretch | undefined): readonly Task[] | undefined =>
    own?.shift() ?? longestOf(stretches)?.pop();
  const work = async (thread: Thread, index: number): Promise<void> => {
    const own = stretches[index];
    for (let piece = next(own); piece !== undefined; piece = next(own)) {
      for (const [key, outcome] of await outcomesOf(thread, piece, signal)) {
        outcomes.set(key, outcome);
      }
      done(piece.length);
    }
  };
  await Promise.all(threads.map(work));
  return outcomes;
}

/** Pieces of work that lie beside each other. */
type Stretch = (readonly Task[])[];

const longestOf = (stretches: readonly Stretch[]): Stretch | undefined =>
  stretches.toSorted((left, right) => right.length - left.length)[0];

async function outcomesOf(
  thread: Thread,
  tasks: readonly Task[],
  signal: AbortSignal,
): Promise<OutcomeList> {
  const answer = await thread.do({ type: 'tasks', tasks }, signal);
  return answer.type === 'outcomes' ? answer.outcomes : [];
}
