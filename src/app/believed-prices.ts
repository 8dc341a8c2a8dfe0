import type { Position } from '#core/account.ts';
import type { Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import { quoteDefect } from '#core/quote-sanity.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { AppContext } from './context.ts';

interface Known {
  readonly at: EpochMs;
  /** Of last settled bars. */
  readonly closes: ReadonlyMap<Ticker, Usd>;
  /** Symbols of which the ledger has shares. */
  readonly ours: ReadonlySet<Ticker>;
}

/**
 * Why the price of one of the positions is not to be believed, as a sentence; null when all are. Shares that
 * are none of ours may be of anything, also of what has no bars: their price counts as well when it is near
 * to the one that was believed last, or has stood for as long as a bar.
 */
export function priceDefect(
  context: Pick<AppContext, 'parameters' | 'drawdownMemory'>,
  positions: readonly Position[],
  known: Known,
): string | null {
  const { absurdMovePercent } = context.parameters;
  const defects = positions.map((position) => {
    const { symbol, currentPrice: price, averageEntryPrice } = position;
    const reference = known.closes.get(symbol) ?? averageEntryPrice;
    const defect = quoteDefect({ symbol, price, reference }, absurdMovePercent);
    return known.ours.has(symbol) ? defect : doubtOf(context, position, { at: known.at, defect });
  });
  // All are looked at, so that each one's price is remembered.
  return defects.find((defect) => defect !== null) ?? null;
}

/** Of shares that are none of ours: what is left of a defect by what was seen of them before. */
function doubtOf(
  { parameters, drawdownMemory: { prices } }: Pick<AppContext, 'parameters' | 'drawdownMemory'>,
  { symbol, currentPrice: price }: Position,
  { at, defect }: { readonly at: EpochMs; readonly defect: string | null },
): string | null {
  const { believed, doubted } = prices.get(symbol) ?? { believed: null, doubted: null };
  const isNear = (reference: Usd): boolean =>
    quoteDefect({ symbol, price, reference }, parameters.absurdMovePercent) === null;
  const stoodFor = doubted !== null && isNear(doubted.price) ? at - doubted.since : null;
  const isBelieved =
    defect === null ||
    (believed !== null && isNear(believed)) ||
    (stoodFor !== null && stoodFor >= parameters.barMinutes * MINUTE_MS);
  if (isBelieved) {
    prices.set(symbol, { believed: price, doubted: null });
    return null;
  }
  const since = stoodFor === null ? at : at - stoodFor;
  prices.set(symbol, { believed, doubted: { price, since } });
  return defect;
}
