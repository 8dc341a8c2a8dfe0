import { MINUTE_MS } from '#core/session.ts';
import type { BarStore, StoredBars } from '#ports/bar-store.ts';
import type { MarketData } from '#ports/market-data.ts';

interface Context {
  readonly marketData: Pick<MarketData, 'bars' | 'feed'>;
  readonly store: BarStore;
}

/** A split moves every price by more; a correction of a trade by less. */
const MOST_CORRECTION = 1.05;

/**
 * Whether the broker tells the last stored bar at another price by now: the stock has split since then, and
 * what is stored is in shares that are no more. Throws BrokerError when the broker does not answer.
 */
export async function isRestated(
  { marketData, store }: Context,
  { symbol, barMinutes, feed, last }: StoredBars,
): Promise<boolean> {
  if (last === null || feed !== marketData.feed) return false;
  const span = { from: last, until: last + barMinutes * MINUTE_MS };
  const stored = await store.load({ symbol, barMinutes, ...span });
  const found = await marketData.bars({ symbols: [symbol], barMinutes, ...span });
  const before = stored.kind === 'loaded' ? stored.columns.close[0] : undefined;
  const now = found.get(symbol)?.[0]?.close;
  if (before === undefined || now === undefined) return false;
  return Math.abs(Math.log(now / before)) > Math.log(MOST_CORRECTION);
}
