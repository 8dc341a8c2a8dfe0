import type { EpochMs } from '#core/session.ts';

/** The exchange's time: the system's in paper and live, the replay's in the sandbox. */
export interface Clock {
  now(): EpochMs;
}
