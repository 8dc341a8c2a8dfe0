import { newYorkTime } from './session.ts';
import type { EpochMs, SessionDate } from './session.ts';

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** A stock's ticker, upper case, as the broker spells it. */
export type Ticker = Id<'Ticker'>;
/** Our id of an order, sent along with it; a pure function of the intent behind it. */
export type ClientOrderId = Id<'ClientOrderId'>;
/** The broker's id of an order. Each replacement of an order has a new one. */
export type BrokerOrderId = Id<'BrokerOrderId'>;
/** One trade, from entry to flat. The id of the intent that opened it serves as its id. */
export type TradeId = Id<'TradeId'>;

const TICKER = /^[A-Z][A-Z0-9]{0,5}(?:[./][A-Z]{1,2})?$/;

/** Whether the text is spelled like a US ticker: AAPL, BRK.B. */
export const isTicker = (text: string): text is Ticker => TICKER.test(text);

export function ticker(text: string): Ticker {
  if (!isTicker(text)) throw new RangeError(`not a ticker: ${JSON.stringify(text)}`);
  return text;
}

export const brokerOrderId = (text: string): BrokerOrderId => text as BrokerOrderId;
export const clientOrderId = (text: string): ClientOrderId => text as ClientOrderId;
export const tradeId = (text: string): TradeId => text as TradeId;

/**
 * The trade that an entry decided at this bar opens: `2025-11-28-1030-NVDA` (New York time of the
 * bar's end). A bar decided twice gives the same id, so it can never become two trades.
 */
export const entryTradeId = (date: SessionDate, barEnd: EpochMs, symbol: Ticker): TradeId =>
  tradeId(`${date}-${newYorkTime(barEnd).replace(':', '')}-${symbol}`);

/** The id under which the broker hears of a trade's entry, whatever the number of attempts. */
export const entryClientOrderId = (trade: TradeId): ClientOrderId =>
  clientOrderId(`brk-${trade}-entry`);
