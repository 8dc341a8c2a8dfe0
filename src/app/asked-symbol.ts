import { asTickersAre, isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';

import { UserError } from './command.ts';
import type { CommandOption } from './command.ts';
import type { AppContext } from './context.ts';

/** A symbol as a person wrote it. Throws UserError where it is none. */
export function askedSymbol(option: unknown): Ticker {
  const text = asTickersAre(String(option));
  if (!isTicker(text)) throw new UserError(`“${text}” is no stock symbol: write one like AAPL.`);
  return text;
}

/** A stock that has to be named. */
export const SYMBOL_OPTION = {
  name: 'symbol',
  description: 'The stock, like AAPL',
  type: 'string',
  required: true,
  autocomplete: true,
} as const satisfies CommandOption;

/** Symbols whose name begins as it is typed, for someone who types one. */
export const watchedSymbols = (
  { watchlist }: Pick<AppContext, 'watchlist'>,
  typed: string,
): readonly { readonly name: Ticker; readonly value: Ticker }[] =>
  watchlist
    .filter((symbol) => symbol.startsWith(asTickersAre(typed)))
    .slice(0, 25)
    .map((symbol) => ({ name: symbol, value: symbol }));
