import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';

/**
 * GICS sectors of large US stocks, in short words, so that the sector limit works before anybody has set
 * one. A fund of one sector belongs to it; those of the whole market are a sector of their own.
 */
const WELL_KNOWN: Readonly<Record<string, string>> = {
  Technology: 'AAPL ADBE AMD AVGO CRM CSCO IBM INTC INTU MSFT MU NVDA ORCL PLTR QCOM TXN XLK',
  Communication: 'DIS GOOG GOOGL META NFLX T TMUS VZ XLC',
  'Consumer Discretionary': 'AMZN BKNG F GM HD LOW MCD NKE SBUX TSLA XLY',
  'Consumer Staples': 'COST KO MDLZ PEP PG PM WMT XLP',
  'Health Care': 'ABBV ABT AMGN BMY JNJ LLY MRK MRNA PFE TMO UNH XLV',
  Financials: 'AXP BAC BLK C COIN GS JPM MA MS SCHW V WFC XLF',
  Industrials: 'BA CAT DE GE HON LMT RTX UNP UPS XLI',
  Energy: 'COP CVX OXY SLB XLE XOM',
  Materials: 'FCX LIN NEM XLB',
  Utilities: 'DUK NEE SO XLU',
  'Real Estate': 'AMT PLD XLRE',
  'Broad market': 'DIA IWM QQQ SPY VOO VTI',
};

/** Sector by symbol: what is given, over what is well known. A symbol in neither has no sector. */
export function sectorsFrom(given: Readonly<Record<string, string>>): ReadonlyMap<Ticker, string> {
  const known = Object.entries(WELL_KNOWN).flatMap(([sector, symbols]) =>
    symbols.split(' ').map((symbol) => [ticker(symbol), sector] as const),
  );
  const own = Object.entries(given).map(([symbol, sector]) => [ticker(symbol), sector] as const);
  return new Map([...known, ...own]);
}
