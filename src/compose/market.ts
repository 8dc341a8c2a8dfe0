import type { SandboxConfig } from '#config';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { readMarketFolder } from '#sandbox/market/read-market-folder.ts';
import type { Market } from '#sandbox/market/types.ts';

/** The market that the sandbox replays. Throws MarketDataError, which names every file at fault. */
export function openMarket({ market, watchlist, parameters }: SandboxConfig): Market {
  const symbols = watchlist === null ? {} : { symbols: watchlist };
  if (market.kind === 'generated') {
    return generateMarket({ seed: market.seed, barMinutes: parameters.barMinutes, ...symbols });
  }
  return readMarketFolder({
    folder: market.folder,
    ...symbols,
    ...(market.from === null ? {} : { from: market.from }),
    ...(market.to === null ? {} : { to: market.to }),
  });
}
