import type { Logger } from '#ports/logger.ts';

/** Says nothing. */
export const silentLog: Logger = { info: () => {}, warn: () => {}, error: () => {} };
