import type { Asset } from '#core/account.ts';
import type { Ticker } from '#core/ids.ts';
import type { SessionDate } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';

/** What the broker allows for each symbol; asked once a session, since it changes overnight. */
export interface AssetCache {
  /** Null for a symbol that the broker does not know; one of which it could not be asked just now is missing. */
  of(symbols: readonly Ticker[], date: SessionDate): Promise<ReadonlyMap<Ticker, Asset | null>>;
}

/** Look-ups at a time: the broker counts requests, and the bars and the account must not wait behind them. */
const AT_A_TIME = 5;

/** An answer is kept as it arrives; a look-up that failed is made again the next time. */
export function createAssetCache(broker: Pick<Broker, 'asset'>, log: Logger): AssetCache {
  let date: SessionDate | null = null;
  let assets = new Map<Ticker, Asset | null>();

  const lookUp = async (symbol: Ticker, into: Map<Ticker, Asset | null>): Promise<void> => {
    try {
      into.set(symbol, await broker.asset(symbol));
    } catch (error) {
      log.warn({ symbol, error: String(error) }, 'an asset could not be read; asking again later');
    }
  };

  return {
    of: async (symbols, onDate) => {
      if (date !== onDate) {
        date = onDate;
        assets = new Map();
      }
      const known = assets;
      const unknown = symbols.filter((symbol) => !known.has(symbol)).values();
      const askOneByOne = async (): Promise<void> => {
        for (const symbol of unknown) await lookUp(symbol, known);
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, askOneByOne));
      return new Map(
        symbols
          .filter((symbol) => known.has(symbol))
          .map((each) => [each, known.get(each) ?? null]),
      );
    },
  };
}
