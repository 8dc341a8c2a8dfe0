import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';

import { UserError } from './command.ts';

/** A symbol as a person wrote it. Throws UserError where it is none. */
export function askedSymbol(option: unknown): Ticker {
  const text = String(option).trim().toUpperCase();
  if (!isTicker(text)) throw new UserError(`“${text}” is no stock symbol: write one like AAPL.`);
  return text;
}
