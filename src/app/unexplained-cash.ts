import type { Account, Position } from '#core/account.ts';
import type { Ticker } from '#core/ids.ts';
import { addUsd, subtractUsd, timesShares, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { Ledger } from '#ports/ledger.ts';

/** The ledger's side of the account. */
export interface Books {
  readonly cash: Usd;
  /** All deposits less withdrawals that are booked. */
  readonly flows: Usd;
  readonly quantities: ReadonlyMap<Ticker, number>;
}

export async function readBooks(ledger: Ledger): Promise<Books> {
  const [cash, flows, quantities] = await Promise.all([
    ledger.cashBooked(),
    ledger.cashFlows(),
    ledger.netQuantities(),
  ]);
  return { cash, flows, quantities };
}

export const areSame = (one: Books, other: Books): boolean =>
  one.cash === other.cash &&
  one.flows === other.flows &&
  one.quantities.size === other.quantities.size &&
  [...one.quantities].every(([symbol, shares]) => other.quantities.get(symbol) === shares);

/**
 * What of the account's cash the ledger cannot explain; only its changes mean anything. Shares that the ledger
 * lacks stand for what they have cost, and shares that it has and the broker does not for what they have
 * brought: neither a fill that is not booked yet nor a trade of somebody else looks like a deposit.
 *
 * @param closes of last settled bars
 */
export function unexplainedCash(
  { cash }: Account,
  positions: readonly Position[],
  books: Books,
  closes: ReadonlyMap<Ticker, Usd>,
): Usd {
  const held = new Map(positions.map((position) => [position.symbol, position]));
  const symbols = new Set([...held.keys(), ...books.quantities.keys()]);
  const others = [...symbols].map((symbol) => {
    const position = held.get(symbol);
    const shares = (position && signedQuantity(position)) ?? 0;
    const surplus = shares - (books.quantities.get(symbol) ?? 0);
    const cost = position?.averageEntryPrice ?? ZERO_USD;
    const isMore = Math.sign(surplus) === Math.sign(shares);
    return timesShares(isMore ? cost : (closes.get(symbol) ?? cost), surplus);
  });
  return subtractUsd(addUsd(cash, ...others), books.cash);
}

const signedQuantity = ({ side, quantity }: Position): number =>
  side === 'long' ? quantity : -quantity;
