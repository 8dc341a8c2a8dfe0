import { createHash } from 'node:crypto';

import { exactJson } from '#core/exact-json.ts';
import type { StrategyParameters } from '#core/parameters.ts';

/** By what parameters are known: SHA-256 of all of them, in hexadecimal. */
export const parametersKey = (parameters: StrategyParameters): string =>
  createHash('sha256').update(exactJson(parameters)).digest('hex');
