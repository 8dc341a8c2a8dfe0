import type { Answer, DrawRequest } from './protocol.ts';
import { startThread } from './thread.ts';
import type { Thread, ThreadOptions } from './thread.ts';

export interface KeeperOptions extends ThreadOptions {
  /** After a start that failed: until the next one is tried. */
  readonly restMs: number;
}

export interface KeeperEvents {
  /** A thread can draw now. */
  readonly ready: () => void;
  readonly answered: (answer: Answer) => void;
  readonly died: (why: string, isReplaced: boolean) => void;
}

/** Sees to it that there is a drawing thread. */
export interface ThreadKeeper {
  /** Whether there is a thread that can draw now; starts one when there is none. */
  readonly isReady: () => boolean;
  /** Why there will be no thread for a while, or null. */
  readonly outage: () => string | null;
  /** Throws when the facts are of a kind that cannot be copied to a thread. */
  readonly send: (request: DrawRequest) => void;
  /** A fresh thread instead of one that hangs. */
  readonly replace: () => void;
  readonly close: () => Promise<void>;
}

/**
 * A thread that dies while it draws is followed by another at once, so that the next picture does not wait
 * for its start. One that cannot even start is not tried again for a while: each try costs the machine a
 * second, and its pictures are the least that matters.
 */
export function createThreadKeeper(options: KeeperOptions, events: KeeperEvents): ThreadKeeper {
  let thread: Thread | null = null;
  let outage: { readonly why: string; readonly until: number } | null = null;

  function start(): Thread {
    outage = null;
    const started = startThread(options, {
      ready: events.ready,
      answered: events.answered,
      died(why, wasReady) {
        thread = null;
        if (wasReady) start();
        else outage = { why, until: performance.now() + options.restMs };
        events.died(why, wasReady);
      },
    });
    thread = started;
    return started;
  }

  return {
    isReady: () => (thread ?? start()).isReady(),
    outage: () => (outage !== null && performance.now() < outage.until ? outage.why : null),
    send: (request) => thread?.send(request),
    replace() {
      void thread?.stop();
      start();
    },
    async close() {
      await thread?.stop();
    },
  };
}
