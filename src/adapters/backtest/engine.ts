import { Worker } from 'node:worker_threads';

import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import type { BacktestEngine, BacktestOutcome, BacktestTask } from '#ports/backtests.ts';

import type { EngineMessage, EngineTask } from './protocol.ts';

export interface EngineOptions {
  /** It is part of what a result follows from. */
  readonly codeVersion: string;
  /** The thread's own file. */
  readonly worker?: URL;
}

export interface EngineThread extends BacktestEngine {
  /** Aborted when it is closed. */
  readonly closed: AbortSignal;
  /** Stops what runs; from now on everything is stopped at once. */
  close(): Promise<void>;
}

/**
 * Each thread's own heap: it must never take what trading needs. The bars and what is computed of them lie outside
 * of it, as typed arrays.
 */
const HEAP = { maxOldGenerationSizeMb: 384, maxYoungGenerationSizeMb: 32 } as const;

type Watch = Parameters<BacktestEngine['run']>[1];

/** History played on a thread of its own, one for each run. */
export function createEngineThread({
  codeVersion,
  worker = new URL('worker.ts', import.meta.url),
}: EngineOptions): EngineThread {
  const closing = new AbortController();
  const running = new Set<Promise<BacktestOutcome>>();
  return {
    closed: closing.signal,
    async run(task, { progress, signal }) {
      const watch = { progress, signal: AbortSignal.any([signal, closing.signal]) };
      if (watch.signal.aborted) return { kind: 'stopped' };
      const outcome = play(worker, engineTask(codeVersion, task), watch);
      running.add(outcome);
      return outcome.finally(() => running.delete(outcome));
    },
    async close() {
      closing.abort();
      await Promise.all(running);
    },
  };
}

const engineTask = (codeVersion: string, task: BacktestTask): EngineTask => ({
  codeVersion,
  market: task.market,
  parameters: task.parameters,
  options: { ...DEFAULT_OPTIONS, sectors: task.sectors, tradeFrom: task.tradeFrom },
});

/** The memory of the columns, which is moved to the thread rather than copied, unless it is shared. */
const buffersOf = ({ market }: EngineTask): ArrayBuffer[] => {
  const buffers = [...market.bars.values()].flatMap((columns) =>
    Object.values(columns).map((column: Float64Array) => column.buffer),
  );
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
};

async function play(file: URL, task: EngineTask, watch: Watch): Promise<BacktestOutcome> {
  const { promise, resolve } = Promise.withResolvers<BacktestOutcome>();
  const thread = new Worker(file, {
    name: 'backtest',
    workerData: task,
    transferList: buffersOf(task),
    resourceLimits: HEAP,
  });
  // The process does not stay for it.
  thread.unref();
  thread.on('message', (message: EngineMessage) => {
    if (message.type === 'progress') watch.progress(message.share);
    else resolve(message.outcome);
  });
  thread.on('error', (error) => resolve({ kind: 'failed', why: whyOf(error) }));
  thread.on('exit', (code) =>
    resolve({ kind: 'failed', why: `its thread ended without a result (code ${code})` }),
  );
  const stop = (): void => resolve({ kind: 'stopped' });
  watch.signal.addEventListener('abort', stop);
  const outcome = await promise;
  watch.signal.removeEventListener('abort', stop);
  await thread.terminate();
  return outcome;
}

function whyOf(error: unknown): string {
  const isTooLarge =
    error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  if (isTooLarge)
    return 'it needed more memory than it may have: ask for fewer symbols or sessions';
  return error instanceof Error ? error.message : String(error);
}
