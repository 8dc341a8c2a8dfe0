import type { Charts, ChartResult, ChartSpec } from '#ports/charts.ts';
import type { Logger } from '#ports/logger.ts';

import { chartDefect } from './defects.ts';
import { createDrawQueue, failure } from './draw-queue.ts';
import type { DrawQueue } from './draw-queue.ts';
import { SAMPLE } from './sample.ts';

export interface ChartsOptions {
  /** For the fonts' settings; made if it is missing. */
  readonly folder: string;
  readonly log: Logger;
  /** A picture that is not there after so long is given up: its message goes without. */
  readonly timeoutMs?: number;
  /** For loading the libraries, which takes long on a slow disk. */
  readonly startTimeoutMs?: number;
  /** After a start that failed: until the next one is tried. */
  readonly restMs?: number;
  /** With nothing to draw for so long, the process is ended, and started again for the next picture. */
  readonly idleMs?: number;
  /** The process's own file. */
  readonly worker?: URL;
}

/** Pictures drawn by a process of their own, one after the other. */
export interface DrawnCharts extends Charts {
  /** Starts the process and draws once, so that the first real picture is not the slow one. */
  warmUp(): Promise<void>;
  /** What still waits is answered as unavailable. */
  close(): Promise<void>;
}

/** The process is started with the first picture, and again whenever it dies or hangs. */
export function createCharts({
  folder,
  log,
  timeoutMs = 5_000,
  startTimeoutMs = 60_000,
  restMs = 60_000,
  idleMs = 60_000,
  worker = new URL('worker.ts', import.meta.url),
}: ChartsOptions): DrawnCharts {
  const queue = createDrawQueue({ file: worker, folder, startTimeoutMs, restMs, idleMs });
  async function render(chart: ChartSpec, patienceMs: number): Promise<ChartResult> {
    const result = await attempt(queue, chart, patienceMs);
    if (!result.ok) {
      const { code, why } = result;
      log.warn({ chart: chart.kind, code, why }, 'a chart was not drawn');
    }
    return result;
  }
  return {
    render: (chart) => render(chart, timeoutMs),
    // Nobody waits for this one.
    warmUp: async () => void (await render(SAMPLE, startTimeoutMs)),
    close: queue.close,
  };
}

async function attempt(
  queue: DrawQueue,
  chart: ChartSpec,
  patienceMs: number,
): Promise<ChartResult> {
  try {
    // Here and not in the process, since copying far too many facts to it would take time.
    const defect = chartDefect(chart);
    return defect === null ? await queue.draw(chart, patienceMs) : failure('unfit', defect);
  } catch (error) {
    // Facts that are none at all, whatever their type says: still no reason to keep a message back.
    return failure('unfit', String(error));
  }
}
