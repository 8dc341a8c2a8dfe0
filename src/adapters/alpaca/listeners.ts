import type { Logger } from '#ports/logger.ts';

/**
 * Runs a listener of the application. One that throws would be swallowed by the SDK, and one that rejects
 * would end the process; both are logged.
 */
export function tell(log: Logger, what: string, run: () => unknown): void {
  const failed = (error: unknown): void =>
    log.error({ error: String(error) }, `${what} could not be handled`);
  try {
    Promise.resolve(run()).catch(failed);
  } catch (error) {
    failed(error);
  }
}
