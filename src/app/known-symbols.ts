import type { Ticker } from '#core/ids.ts';
import { newYorkDate } from '#core/session.ts';

import type { PastTask } from './asked-past.ts';
import { UserError } from './command.ts';
import type { AppContext } from './context.ts';

/**
 * Refuses a symbol that the broker does not know. While it cannot be asked, a symbol counts as known.
 *
 * @throws UserError with the cure.
 */
export async function refuseStrange(
  { assets, clock }: Pick<AppContext, 'assets' | 'clock'>,
  symbol: Ticker,
): Promise<void> {
  const known = await assets.of([symbol], newYorkDate(clock.now()));
  if (known.get(symbol) !== null) return;
  throw new UserError(`The broker does not know ${symbol}: check the spelling.`);
}

type Context = Pick<AppContext, 'mode' | 'watchlist' | 'assets' | 'keptBars' | 'clock'>;

type Task = Pick<PastTask, 'name' | 'isOfMarket'>;

const namesOf = (symbols: readonly Ticker[]): { readonly names: string; readonly it: string } => ({
  names: symbols.join(', '),
  it: symbols.length === 1 ? 'it' : 'them',
});

/**
 * Refuses symbols that nobody knows: neither the watchlist nor the broker, and of which no bars are kept. While the
 * broker cannot be asked, a symbol counts as known.
 *
 * @throws UserError that names them, with the cure.
 */
export async function refuseUnknown(
  context: Context,
  symbols: readonly Ticker[],
  task: Task,
): Promise<void> {
  const doubtful = symbols.filter((symbol) => !context.watchlist.includes(symbol));
  if (doubtful.length === 0) return;
  const assets = await context.assets.of(doubtful, newYorkDate(context.clock.now()));
  const strange = doubtful.filter((symbol) => assets.get(symbol) === null);
  if (strange.length === 0) return;
  const kept = await context.keptBars(strange);
  const unknown = strange.filter((symbol) => !kept.has(symbol));
  if (unknown.length > 0) {
    const { names, it } = namesOf(unknown);
    throw new UserError(
      `symbols: the broker does not know ${names}, and no bars are kept of ${it}; check the spelling.`,
    );
  }
  if (context.mode !== 'SANDBOX' || !task.isOfMarket) return;
  const { names, it } = namesOf(strange);
  throw new UserError(
    `symbols: the sandbox’s market has no ${names}, and a ${task.name} here plays no other; leave ${it} out, or play stored bars with npm run ${task.name}.`,
  );
}
