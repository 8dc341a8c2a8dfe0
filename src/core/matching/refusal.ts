import type { BrokerOrderId, Ticker } from '../ids.ts';
import type { Usd } from '../money.ts';
import type { OrderClass, OrderStatus } from '../order.ts';
import type { SimulatedOrderType } from './order.ts';

/** A price of a request, as the client spells it. */
export type PriceField =
  | 'limit_price'
  | 'stop_price'
  | 'take_profit.limit_price'
  | 'stop_loss.stop_price'
  | 'stop_loss.limit_price';

/** Every no of the exchange, with the numbers that explain it. */
export type RefusalReason =
  | { readonly code: 'unknown-asset'; readonly symbol: Ticker }
  | { readonly code: 'duplicate-client-order-id' }
  | { readonly code: 'missing-leg'; readonly orderClass: OrderClass; readonly field: PriceField }
  | { readonly code: 'too-many-legs'; readonly orderClass: OrderClass }
  /** The class takes only these order types. */
  | { readonly code: 'order-type'; readonly orderClass: OrderClass; readonly allowed: string }
  | { readonly code: 'time-in-force'; readonly orderClass: OrderClass }
  | { readonly code: 'extended-hours'; readonly orderClass: OrderClass }
  | { readonly code: 'not-positive-quantity' }
  | {
      readonly code: 'fractional';
      readonly orderClass: OrderClass;
      readonly symbol: Ticker;
    }
  | {
      readonly code: 'price-required';
      readonly type: SimulatedOrderType;
      readonly field: PriceField;
    }
  | {
      readonly code: 'price-not-allowed';
      readonly type: SimulatedOrderType;
      readonly field: PriceField;
    }
  | { readonly code: 'sub-penny'; readonly field: PriceField; readonly price: Usd }
  /** A leg's price is on the wrong side of the base price, or less than a cent away from it. */
  | {
      readonly code: 'base-price';
      readonly field: PriceField;
      readonly relation: '<=' | '>=';
      readonly basePrice: Usd;
    }
  | { readonly code: 'not-an-entry'; readonly orderClass: OrderClass }
  | { readonly code: 'not-an-exit'; readonly orderClass: OrderClass }
  | { readonly code: 'not-shortable'; readonly symbol: Ticker }
  | { readonly code: 'inactive-asset'; readonly symbol: Ticker }
  /** Hard to borrow. */
  | { readonly code: 'day-orders-only'; readonly symbol: Ticker }
  | { readonly code: 'halted'; readonly symbol: Ticker }
  /** An order that would open the other side is still working. */
  | { readonly code: 'opposite-entry-open'; readonly opening: 'long' | 'short' }
  | {
      readonly code: 'wash-trade';
      readonly existingOrderId: BrokerOrderId;
      readonly existingType: 'limit' | 'market/stop';
    }
  | {
      readonly code: 'insufficient-buying-power';
      readonly costBasis: Usd;
      readonly buyingPower: Usd;
    }
  | {
      readonly code: 'insufficient-quantity';
      readonly symbol: Ticker;
      readonly requested: number;
      readonly available: number;
      readonly existing: number;
      readonly held: number;
      /** The orders that hold the shares. */
      readonly relatedOrders: readonly BrokerOrderId[];
    }
  | { readonly code: 'unknown-order' }
  /** The order is filled, canceled, expired or replaced: there is nothing left to change. */
  | { readonly code: 'already-final'; readonly status: OrderStatus }
  /** It is being canceled already. */
  | { readonly code: 'cancel-pending' }
  /** It is being replaced. */
  | { readonly code: 'not-cancelable'; readonly status: OrderStatus }
  | { readonly code: 'not-replaceable'; readonly status: OrderStatus }
  | { readonly code: 'already-replaced' }
  /** An earlier replacement has not settled yet. */
  | { readonly code: 'chain-unsettled' }
  | { readonly code: 'nothing-changed' }
  | { readonly code: 'quantity-fixed' }
  | { readonly code: 'quantity-below-filled'; readonly filled: number };

export interface Refusal {
  readonly kind: 'refused';
  readonly reason: RefusalReason;
}

export const refused = (reason: RefusalReason): Refusal => ({ kind: 'refused', reason });
