import type { Ticker } from './ids.ts';
import type { Usd } from './money.ts';
import type { PositionSide } from './order.ts';

/** The account as the broker reports it. */
export interface Account {
  readonly id: string;
  /** Cash plus the value of all positions. */
  readonly equity: Usd;
  /** Equity at the previous session's close. */
  readonly lastEquity: Usd;
  readonly cash: Usd;
  readonly buyingPower: Usd;
  readonly shortingEnabled: boolean;
  /** The broker blocks trading, or the account's owner does. */
  readonly tradingBlocked: boolean;
}

/** A holding as the broker reports it. */
export interface Position {
  readonly symbol: Ticker;
  readonly side: PositionSide;
  /** Whole shares, always positive. */
  readonly quantity: number;
  /** Shares that no order holds. */
  readonly available: number;
  readonly averageEntryPrice: Usd;
  readonly currentPrice: Usd;
  readonly unrealizedPnl: Usd;
}

/** What the broker allows for a symbol. */
export interface Asset {
  readonly symbol: Ticker;
  readonly tradable: boolean;
  readonly shortable: boolean;
  /** Orders in it are for the day only. */
  readonly hardToBorrow: boolean;
}
