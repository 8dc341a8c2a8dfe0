import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';

import type { Answer, DrawRequest, WorkerMessage } from './protocol.ts';

export interface ProcessEvents {
  readonly ready: () => void;
  readonly answered: (answer: Answer) => void;
  /** It has ended, and not because it was stopped. */
  readonly died: (why: string, wasReady: boolean) => void;
}

export interface ProcessOptions {
  readonly file: URL;
  /** Where the fonts' settings are written, and what the next start needs not compile again. */
  readonly folder: string;
  /** A start that takes longer counts as died. */
  readonly startTimeoutMs: number;
}

/** The process that draws: one life of it. */
export interface DrawingProcess {
  readonly isReady: () => boolean;
  /** Throws when the facts are of a kind that cannot be copied to a process. */
  readonly send: (request: DrawRequest) => void;
  /** Ends it, also in the middle of a picture, without an event. */
  readonly stop: () => Promise<void>;
}

/** Its heap, far above what a picture takes, and small where garbage waits to be collected. */
const HEAP = ['--max-old-space-size=192', '--max-semi-space-size=2'];

/**
 * Pictures are large blocks, one after the other, on one thread: so the allocator of Linux needs a single
 * arena, and gives each block back at once. Without this it keeps twice as much again.
 */
const ALLOCATOR = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_MMAP_THRESHOLD_: '131072',
  UV_THREADPOOL_SIZE: '1',
} as const;

/** A process and not a thread: only when a process ends does the machine get its memory back. */
export function startDrawingProcess(
  options: ProcessOptions,
  events: ProcessEvents,
): DrawingProcess {
  const child = forked(options);
  let isReady = false;
  let isOver = false;
  let isTooSlow = false;
  const startTimer = setTimeout(() => {
    isTooSlow = true;
    child.kill('SIGKILL');
  }, options.startTimeoutMs);
  startTimer.unref();
  child.on('message', (message: WorkerMessage) => {
    if (isOver) return;
    if (message.type !== 'ready') return events.answered(message);
    clearTimeout(startTimer);
    isReady = true;
    events.ready();
  });
  const ended = endOf(child);
  void mourn();
  async function mourn(): Promise<void> {
    const why = await ended;
    clearTimeout(startTimer);
    if (isOver) return;
    isOver = true;
    const slow = `the drawing process did not start within ${options.startTimeoutMs} ms`;
    events.died(isTooSlow ? slow : why, isReady);
  }
  return {
    isReady: () => isReady,
    // One that is gone says so by its end.
    send: (request) => void child.send(request, () => {}),
    async stop() {
      isOver = true;
      // Whoever waits for the end sees it.
      child.ref();
      (child.stderr as Socket | null)?.ref();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function forked({ file, folder }: ProcessOptions): ChildProcess {
  const child = fork(file, [folder], {
    execArgv: HEAP,
    // Nothing of ours: neither secrets, nor what would make a picture differ from machine to machine.
    env: { ...ALLOCATOR, NODE_COMPILE_CACHE: join(folder, 'compiled') },
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  letGo(child);
  return child;
}

/** Whoever waits for a picture keeps the trading process alive; an idle drawing process does not. */
function letGo(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  (child.stderr as Socket | null)?.unref();
}

/** Of what it writes before it ends: there is the reason. */
const KEPT_LENGTH = 8_192;

/** Resolves once it has ended, with why, as far as it said so. */
function endOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (more: string) => {
    text = (text + more).slice(-KEPT_LENGTH);
  });
  return new Promise((resolve) => {
    child.on('error', ({ message }) => {
      text += `\nError: ${message}`;
      // One that never ran has no end.
      if (child.pid === undefined) resolve(endWords(text));
    });
    child.on('close', () => resolve(endWords(text)));
  });
}

function endWords(text: string): string {
  const [, reason] = /^(?:FATAL ERROR|\w*Error): (.+)$/m.exec(text) ?? [];
  return reason === undefined
    ? 'the drawing process ended'
    : `the drawing process failed: ${reason}`;
}
