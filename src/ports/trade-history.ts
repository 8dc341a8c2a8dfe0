import type { Close } from '#core/close.ts';
import type { BrokerOrderId, TradeId } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { OrderSide } from '#core/order.ts';
import type { EpochMs } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';

/** One execution as it was booked. */
export interface BookedFill {
  readonly brokerOrderId: BrokerOrderId;
  readonly side: OrderSide;
  /** Shares. */
  readonly quantity: number;
  readonly price: Usd;
  readonly at: EpochMs;
}

/** What became of trades, for those who look back. */
export interface TradeHistoryReads {
  /** The newest trades that have shares, or had them; the newest first. */
  lastTrades(count: number): Promise<readonly Trade[]>;
  /** Oldest first. */
  fillsOf(id: TradeId): Promise<readonly BookedFill[]>;
  /** Trades of which an order was filled within an interval. */
  tradesFilled(range: {
    readonly from: EpochMs;
    readonly until: EpochMs;
  }): Promise<readonly TradeId[]>;
  /** All closings of a trade, oldest first. */
  closesOf(id: TradeId): Promise<readonly Close[]>;
}
