import type { ChartFailureCode, ChartResult, ChartSpec } from '#ports/charts.ts';

import { createProcessKeeper } from './process-keeper.ts';
import type { KeeperOptions, ProcessKeeper } from './process-keeper.ts';
import type { Answer } from './protocol.ts';
import { HEIGHT, SCALE, WIDTH } from './theme.ts';

interface Job {
  readonly id: number;
  readonly chart: ChartSpec;
  readonly settle: (result: ChartResult) => void;
}

/** What waits for the process, oldest first, and what it draws. */
interface Desk {
  readonly keeper: ProcessKeeper;
  readonly idleMs: number;
  readonly waiting: Map<number, Job>;
  drawing: Job | null;
  isClosed: boolean;
  idleTimer: NodeJS.Timeout | undefined;
  lastId: number;
}

export interface QueueOptions extends KeeperOptions {
  /** With nothing to draw for so long, the process is ended. */
  readonly idleMs: number;
}

export interface DrawQueue {
  /** Never rejects. The chart must be without defects. */
  readonly draw: (chart: ChartSpec, patienceMs: number) => Promise<ChartResult>;
  readonly close: () => Promise<void>;
}

/** Pictures that may wait; of a burst, those beyond it are turned away at once. */
const MOST_WAITING = 32;
const CLOSED = 'the charts were closed';

export const failure = (code: ChartFailureCode, why: string): ChartResult => ({
  ok: false,
  code,
  why,
});

/** One process draws one picture at a time; none waits longer than its caller's patience. */
export function createDrawQueue(options: QueueOptions): DrawQueue {
  const keeper = createProcessKeeper(options, {
    ready: () => drawNext(desk),
    answered: (answer) => finish(desk, answer),
    died: (why, isReplaced) => bury(desk, why, isReplaced),
  });
  const desk: Desk = {
    keeper,
    idleMs: options.idleMs,
    waiting: new Map(),
    drawing: null,
    isClosed: false,
    idleTimer: undefined,
    lastId: 0,
  };
  return {
    draw: (chart, patienceMs) => add(desk, chart, patienceMs),
    async close() {
      desk.isClosed = true;
      clearTimeout(desk.idleTimer);
      dismiss(desk, CLOSED);
      await keeper.close();
    },
  };
}

function add(desk: Desk, chart: ChartSpec, patienceMs: number): Promise<ChartResult> {
  const outage = desk.isClosed ? CLOSED : desk.keeper.outage();
  if (outage !== null) return Promise.resolve(failure('unavailable', outage));
  if (desk.waiting.size >= MOST_WAITING) {
    return Promise.resolve(failure('busy', `${desk.waiting.size} charts wait already`));
  }
  const { promise, resolve } = Promise.withResolvers<ChartResult>();
  const timer = setTimeout(() => giveUp(desk, job, patienceMs), patienceMs);
  desk.lastId += 1;
  const job: Job = {
    id: desk.lastId,
    chart,
    settle(result) {
      clearTimeout(timer);
      resolve(result);
    },
  };
  desk.waiting.set(job.id, job);
  drawNext(desk);
  return promise;
}

function drawNext(desk: Desk): void {
  clearTimeout(desk.idleTimer);
  const [job] = desk.waiting.values();
  if (desk.isClosed || desk.drawing !== null) return;
  if (job === undefined) {
    desk.idleTimer = setTimeout(desk.keeper.rest, desk.idleMs).unref();
    return;
  }
  if (!desk.keeper.isReady()) return;
  desk.waiting.delete(job.id);
  desk.drawing = job;
  try {
    desk.keeper.send({ id: job.id, chart: job.chart });
  } catch (error) {
    finish(desk, { type: 'failed', id: job.id, why: String(error) });
  }
}

function finish(desk: Desk, answer: Answer): void {
  if (desk.drawing?.id !== answer.id) return;
  desk.drawing.settle(resultOf(answer));
  desk.drawing = null;
  drawNext(desk);
}

/** What the process drew went with it. What waits is drawn by the next one, if there is one. */
function bury(desk: Desk, why: string, isReplaced: boolean): void {
  desk.drawing?.settle(failure('crashed', why));
  desk.drawing = null;
  if (!isReplaced) dismiss(desk, why);
}

/** One that waits is only taken off the list; one that is being drawn takes its process with it. */
function giveUp(desk: Desk, job: Job, patienceMs: number): void {
  desk.waiting.delete(job.id);
  job.settle(failure('late', `it was not drawn within ${patienceMs} ms`));
  if (desk.drawing !== job) return;
  desk.drawing = null;
  desk.keeper.replace();
}

function dismiss(desk: Desk, why: string): void {
  const jobs = [...(desk.drawing === null ? [] : [desk.drawing]), ...desk.waiting.values()];
  desk.drawing = null;
  desk.waiting.clear();
  for (const job of jobs) job.settle(failure('unavailable', why));
}

const resultOf = (answer: Answer): ChartResult =>
  answer.type === 'failed'
    ? failure('crashed', answer.why)
    : {
        ok: true,
        image: {
          png: answer.png,
          width: WIDTH * SCALE,
          height: HEIGHT * SCALE,
          altText: answer.altText,
          fileName: answer.fileName,
        },
      };
