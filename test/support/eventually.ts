import { vi } from 'vitest';

/** A busy machine is no reason to fail. */
const PATIENCE_MS = 20_000;

interface Options {
  /** How often it is looked, in milliseconds. */
  readonly interval?: number;
}

/** Waits until nothing is expected in vain any more; longer than the second that vitest waits by itself. */
export const eventually = <T>(check: () => T | Promise<T>, options: Options = {}): Promise<T> =>
  vi.waitFor(check, { timeout: PATIENCE_MS, ...options });
