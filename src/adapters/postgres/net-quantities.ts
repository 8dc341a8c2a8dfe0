import type { Ticker } from '#core/ids.ts';
import type { Execution } from '#core/order.ts';

import type { Database } from './database.ts';
import { ne, sql } from './drizzle.ts';
import { netQuantities } from './schema/orders.ts';

/** Shares that one transaction has booked, by symbol; negative when more were sold than bought. */
export type BookedShares = Map<Ticker, number>;

export function countShares(
  booked: BookedShares,
  { symbol, side, quantity }: Pick<Execution, 'symbol' | 'side' | 'quantity'>,
): void {
  const signed = side === 'buy' ? quantity : -quantity;
  booked.set(symbol, (booked.get(symbol) ?? 0) + signed);
}

const bySymbol = ([left]: readonly [string, number], [right]: readonly [string, number]): number =>
  left < right ? -1 : 1;

/**
 * Adds a transaction's shares to the sums, when its work is done: their rows are locked only then, and in
 * one order always, so that no two transactions wait for each other.
 */
export async function writeShares(db: Database, booked: BookedShares): Promise<void> {
  if (booked.size === 0) return;
  const rows = [...booked].toSorted(bySymbol).map(([symbol, quantity]) => ({ symbol, quantity }));
  await db
    .insert(netQuantities)
    .values(rows)
    .onConflictDoUpdate({
      target: netQuantities.symbol,
      set: { quantity: sql`${netQuantities.quantity} + excluded.quantity` },
    });
}

export async function readNetQuantities(db: Database): Promise<ReadonlyMap<Ticker, number>> {
  const rows = await db.select().from(netQuantities).where(ne(netQuantities.quantity, 0));
  return new Map(rows.map(({ symbol, quantity }) => [symbol, quantity]));
}
