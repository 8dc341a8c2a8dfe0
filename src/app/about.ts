import type { EpochMs } from '#core/session.ts';
import type { Clock } from '#ports/clock.ts';
import type { Logger } from '#ports/logger.ts';

/** One setting as it is in force, safe to be shown. */
export interface Setting {
  /** As in the environment, on the command line or in the file. */
  readonly name: string;
  readonly value: string;
}

/** What the bot can tell of itself. */
export interface About {
  readonly version: string;
  /** What it runs on: "Node 24.21.0". */
  readonly runtime: string;
  /** Without credentials. */
  readonly database: string;
  readonly queue: string;
  readonly settings: readonly Setting[];
  /** The last things that went wrong, the newest first. */
  readonly recentErrors: () => readonly RecentError[];
}

export interface RecentError {
  /** By the system's clock, when it was last so. */
  readonly at: EpochMs;
  readonly message: string;
  /** How often since the start. */
  readonly times: number;
}

const REMEMBERED = 10;

/**
 * A log that remembers the last errors. Only what it is called is kept, not the fields beside it: those may
 * hold what is nobody's business in the channel.
 */
export function rememberErrors(
  log: Logger,
  clock: Clock,
): { readonly log: Logger; readonly recent: () => readonly RecentError[] } {
  const seen = new Map<string, RecentError>();
  return {
    recent: () => [...seen.values()].toReversed(),
    log: {
      info: (fields, message) => log.info(fields, message),
      warn: (fields, message) => log.warn(fields, message),
      error: (fields, message) => {
        const times = (seen.get(message)?.times ?? 0) + 1;
        // Last in the order of the map is the newest.
        seen.delete(message);
        seen.set(message, { at: clock.now(), message, times });
        const [oldest] = seen.keys();
        if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
        log.error(fields, message);
      },
    },
  };
}
