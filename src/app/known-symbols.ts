import type { Ticker } from '#core/ids.ts';
import { newYorkDate } from '#core/session.ts';

import { UserError } from './command.ts';
import type { AppContext } from './context.ts';

type Context = Pick<AppContext, 'watchlist' | 'assets' | 'keepsBars' | 'clock'>;

/**
 * Refuses symbols that nobody knows: neither the watchlist nor the broker, and of which no bars are kept. While the
 * broker cannot be asked, a symbol counts as known.
 *
 * @throws UserError that names them, with the cure.
 */
export async function refuseUnknown(context: Context, symbols: readonly Ticker[]): Promise<void> {
  const doubtful = symbols.filter((symbol) => !context.watchlist.includes(symbol));
  if (doubtful.length === 0) return;
  const assets = await context.assets.of(doubtful, newYorkDate(context.clock.now()));
  const unknown: Ticker[] = [];
  for (const symbol of doubtful) {
    if (assets.get(symbol) === null && !(await context.keepsBars(symbol))) unknown.push(symbol);
  }
  if (unknown.length === 0) return;
  throw new UserError(
    `symbols: the broker does not know ${unknown.join(', ')}, and no bars are kept of ${unknown.length === 1 ? 'it' : 'them'}; check the spelling.`,
  );
}
