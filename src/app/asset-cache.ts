import type { Asset } from '#core/account.ts';
import type { Ticker } from '#core/ids.ts';
import type { SessionDate } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';

/** What the broker allows for each symbol; asked once a session, since it changes overnight. */
export interface AssetCache {
  of(symbols: readonly Ticker[], date: SessionDate): Promise<ReadonlyMap<Ticker, Asset | null>>;
}

export function createAssetCache(broker: Pick<Broker, 'asset'>): AssetCache {
  let date: SessionDate | null = null;
  let assets = new Map<Ticker, Asset | null>();
  return {
    of: async (symbols, onDate) => {
      if (date !== onDate) {
        date = onDate;
        assets = new Map();
      }
      const unknown = symbols.filter((symbol) => !assets.has(symbol));
      const found = await Promise.all(unknown.map((symbol) => broker.asset(symbol)));
      unknown.forEach((symbol, index) => assets.set(symbol, found[index] ?? null));
      return assets;
    },
  };
}
