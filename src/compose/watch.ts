import { setTimeout as delay } from 'node:timers/promises';

import { watchText } from '#adapters/discord/cards/watch.ts';
import { watchdogStep } from '#core/watchdog.ts';
import type { Heartbeat, WatchFacts, WatchState } from '#core/watchdog.ts';
import type { Clock } from '#ports/clock.ts';
import type { WatchStore } from '#ports/heartbeat.ts';
import type { Logger } from '#ports/logger.ts';

export interface WatchOptions {
  readonly store: WatchStore;
  readonly post: (text: string) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What the watchdog has in its own memory, which has to do while the database is away. */
interface Memory {
  state: WatchState;
  /** Whether the ledger does not have the state yet. */
  isUnsaved: boolean;
  heartbeat: Heartbeat | null;
  awaySince: number | null;
}

/** Returns a function that looks once, and tells what has to be told. It never rejects. */
export function createWatch(options: WatchOptions): () => Promise<void> {
  const memory: Memory = { state: null, isUnsaved: false, heartbeat: null, awaySince: null };
  return async () => {
    const facts = await look(options, memory);
    const { state, message } = watchdogStep(memory.state, facts);
    if (message !== null) {
      const text = watchText(message, memory.heartbeat);
      try {
        await options.post(text);
      } catch (error) {
        // Nobody was told: what was to be told stays to be told.
        options.log.error({ error: String(error), text }, 'the watchdog could not tell anybody');
        return;
      }
      options.log.warn({ text }, 'the watchdog has told this');
    }
    if (state !== memory.state) {
      memory.state = state;
      memory.isUnsaved = true;
    }
    if (memory.isUnsaved && facts.kind === 'read') await save(options, memory);
  };
}

async function look({ store, clock, log }: WatchOptions, memory: Memory): Promise<WatchFacts> {
  try {
    const { state, ...seen } = await store.read();
    memory.awaySince = null;
    memory.heartbeat = seen.heartbeat;
    if (!memory.isUnsaved) memory.state = state;
    return { kind: 'read', ...seen };
  } catch (error) {
    const now = clock.now();
    memory.awaySince ??= now;
    log.warn({ error: String(error) }, 'the ledger cannot be read');
    return { kind: 'unreachable', now, since: memory.awaySince, heartbeat: memory.heartbeat };
  }
}

async function save({ store, log }: WatchOptions, memory: Memory): Promise<void> {
  try {
    await store.save(memory.state);
    memory.isUnsaved = false;
  } catch (error) {
    log.warn({ error: String(error) }, 'what was told could not be written down; trying again');
  }
}

/** How often it looks. */
const LOOK_MS = 5_000;

/** Looks until the signal ends it. */
export async function keepWatch(options: WatchOptions, signal: AbortSignal): Promise<void> {
  const once = createWatch(options);
  while (!signal.aborted) {
    // oxlint-disable-next-line no-await-in-loop -- one look after the other
    await once();
    // oxlint-disable-next-line no-await-in-loop -- see above
    await delay(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}
