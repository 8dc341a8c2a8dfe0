import { SHARE_ENV, Worker } from 'node:worker_threads';

import type { Answer, DrawRequest, WorkerMessage } from './protocol.ts';

export interface ThreadEvents {
  readonly ready: () => void;
  readonly answered: (answer: Answer) => void;
  /** It has ended, and not because it was stopped. */
  readonly died: (why: string, wasReady: boolean) => void;
}

export interface ThreadOptions {
  readonly file: URL;
  /** Where the fonts' settings are written. */
  readonly folder: string;
  /** A start that takes longer counts as died. */
  readonly startTimeoutMs: number;
}

/** The drawing thread: one life of it. */
export interface Thread {
  readonly isReady: () => boolean;
  /** Throws when the facts are of a kind that cannot be copied to a thread. */
  readonly send: (request: DrawRequest) => void;
  /** Ends it, also in the middle of a picture, without an event. */
  readonly stop: () => Promise<void>;
}

/** The thread's own heap: it must never take what trading needs. Far above what a picture takes. */
const HEAP = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 16 } as const;

export function startThread(options: ThreadOptions, events: ThreadEvents): Thread {
  const worker = new Worker(options.file, {
    name: 'charts',
    workerData: { folder: options.folder },
    // The library that draws letters reads the process's environment, of which a thread has a copy only.
    env: SHARE_ENV,
    resourceLimits: HEAP,
  });
  // Whoever waits for a picture keeps the process alive; an idle thread does not.
  worker.unref();
  let isReady = false;
  let isOver = false;
  let why = 'the drawing thread ended';
  const startTimer = setTimeout(() => {
    why = `the drawing thread did not start within ${options.startTimeoutMs} ms`;
    void worker.terminate();
  }, options.startTimeoutMs);
  startTimer.unref();
  worker.on('message', (message: WorkerMessage) => {
    if (isOver) return;
    if (message.type !== 'ready') return events.answered(message);
    clearTimeout(startTimer);
    isReady = true;
    events.ready();
  });
  worker.on('error', (error) => {
    why = `the drawing thread failed: ${error instanceof Error ? error.message : String(error)}`;
  });
  worker.on('exit', () => {
    clearTimeout(startTimer);
    if (isOver) return;
    isOver = true;
    events.died(why, isReady);
  });
  return {
    isReady: () => isReady,
    send: (request) => worker.postMessage(request, []),
    async stop() {
      isOver = true;
      clearTimeout(startTimer);
      await worker.terminate();
    },
  };
}
