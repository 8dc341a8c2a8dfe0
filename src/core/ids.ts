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
/** One closing of a trade, or of a part of it. */
export type CloseId = Id<'CloseId'>;

const TICKER = /^[A-Z][A-Z0-9]{0,5}(?:[./][A-Z]{1,2})?$/;

/** Whether the text is spelled like a US ticker: AAPL, BRK.B. */
export const isTicker = (text: string): text is Ticker => TICKER.test(text);

/** What a person has typed for a symbol, or for a trade, or for a part of either, as tickers are spelled. */
export const asTickersAre = (typed: string): string => typed.trim().toUpperCase();

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

/** The n-th closing of a trade, from 1. */
export const closeIdOf = (trade: TradeId, n: number): CloseId => `${trade}-close${n}` as CloseId;

/**
 * What an order of ours is for. `entry` and `scale` are the two brackets that a trade may be entered with;
 * `guard` puts protection back, `move` moves a stop; of a closing, `exit` sells (or buys back), `keep`
 * protects the shares that stay, and `rescue` is the stop that goes back in when the closing is stuck.
 */
export type OrderPurpose =
  | { readonly of: 'trade'; readonly tradeId: TradeId; readonly kind: 'entry' | 'scale' }
  | {
      readonly of: 'trade';
      readonly tradeId: TradeId;
      readonly kind: 'guard' | 'move';
      /** Which one, from 1. */
      readonly n: number;
    }
  | {
      readonly of: 'close';
      readonly tradeId: TradeId;
      readonly closeId: CloseId;
      readonly kind: 'exit' | 'keep' | 'rescue';
      readonly n: number;
    };

/**
 * The id under which the broker hears of an order, whatever the number of attempts: a pure function of
 * what the order is for.
 */
export function clientOrderIdOf(purpose: OrderPurpose): ClientOrderId {
  const subject = purpose.of === 'trade' ? purpose.tradeId : purpose.closeId;
  const n = 'n' in purpose ? String(purpose.n) : '';
  return clientOrderId(`brk-${subject}-${purpose.kind}${n}`);
}

/** Whether an order enters a position: one of the brackets that a trade is entered with. */
export function isEntryId(id: string): boolean {
  const kind = purposeOf(id)?.kind;
  return kind === 'entry' || kind === 'scale';
}

/** The id of a trade's entry. */
export const entryClientOrderId = (id: TradeId): ClientOrderId =>
  clientOrderIdOf({ of: 'trade', tradeId: id, kind: 'entry' });

const PURPOSE =
  /^brk-(\d{4}-\d\d-\d\d-\d{4}-[A-Z0-9./]+)(?:-(entry|scale)|-(guard|move)([1-9]\d*)|-close([1-9]\d*)-(exit|keep|rescue)([1-9]\d*))$/;

/** What an order is for, by its id; null when the id is none of ours. */
export function purposeOf(text: string): OrderPurpose | null {
  const match = PURPOSE.exec(text);
  if (match === null) return null;
  const [, trade = '', entry, tended, tendedN, close, closing, closingN] = match;
  const id = tradeId(trade);
  if (entry === 'entry' || entry === 'scale') return { of: 'trade', tradeId: id, kind: entry };
  if (tended === 'guard' || tended === 'move') {
    return { of: 'trade', tradeId: id, kind: tended, n: Number(tendedN) };
  }
  if (closing !== 'exit' && closing !== 'keep' && closing !== 'rescue') return null;
  const closeId = closeIdOf(id, Number(close));
  return { of: 'close', tradeId: id, closeId, kind: closing, n: Number(closingN) };
}
