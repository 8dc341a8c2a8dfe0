import { startDrawingProcess } from './drawing-process.ts';
import type { DrawingProcess, ProcessOptions } from './drawing-process.ts';
import type { Answer, DrawRequest } from './protocol.ts';

export interface KeeperOptions extends ProcessOptions {
  /** After a start that failed: until the next one is tried. */
  readonly restMs: number;
}

export interface KeeperEvents {
  /** A process can draw now. */
  readonly ready: () => void;
  readonly answered: (answer: Answer) => void;
  readonly died: (why: string, isReplaced: boolean) => void;
}

/** Sees to it that there is a drawing process. */
export interface ProcessKeeper {
  /** Whether there is a process that can draw now; starts one when there is none. */
  readonly isReady: () => boolean;
  /** Why there will be no process for a while, or null. */
  readonly outage: () => string | null;
  /** Throws when the facts are of a kind that cannot be copied to a process. */
  readonly send: (request: DrawRequest) => void;
  /** A fresh process instead of one that hangs. */
  readonly replace: () => void;
  /** Ends the process, if there is one, until the next is needed. */
  readonly rest: () => void;
  readonly close: () => Promise<void>;
}

/**
 * A process that dies while it draws is followed by another at once, so that the next picture does not wait
 * for its start. One that cannot even start is not tried again for a while: each try costs the machine a
 * second, and its pictures are the least that matters.
 */
export function createProcessKeeper(options: KeeperOptions, events: KeeperEvents): ProcessKeeper {
  let running: DrawingProcess | null = null;
  let outage: { readonly why: string; readonly until: number } | null = null;

  function start(): DrawingProcess {
    outage = null;
    const started = startDrawingProcess(options, {
      ready: events.ready,
      answered: events.answered,
      died(why, wasReady) {
        running = null;
        if (wasReady) start();
        else outage = { why, until: performance.now() + options.restMs };
        events.died(why, wasReady);
      },
    });
    running = started;
    return started;
  }

  return {
    isReady: () => (running ?? start()).isReady(),
    outage: () => (outage !== null && performance.now() < outage.until ? outage.why : null),
    send: (request) => running?.send(request),
    replace() {
      void running?.stop();
      start();
    },
    rest() {
      void running?.stop();
      running = null;
    },
    async close() {
      await running?.stop();
    },
  };
}
