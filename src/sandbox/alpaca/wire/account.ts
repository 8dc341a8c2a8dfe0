import type { AccountState, PositionState } from '#core/matching/exchange.ts';
import { averagePriceOf } from '#core/matching/portfolio.ts';
import { ZERO_USD, micros, subtractUsd, timesShares } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import { decimal, instant, ratio } from './format.ts';
import { assetIdOf } from './order.ts';
import type { Json } from './order.ts';

interface AccountOwner {
  readonly id: string;
  readonly createdAt: EpochMs;
  readonly now: EpochMs;
}

/** The account, without the day-trading fields that Alpaca removed in July 2026. */
export function accountJson(account: AccountState, { id, createdAt, now }: AccountOwner): Json {
  const buyingPower = decimal(account.buyingPower);
  const equity = decimal(account.equity);
  const gross = subtractUsd(account.longMarketValue, account.shortMarketValue);
  return {
    id,
    admin_configurations: {},
    user_configurations: null,
    account_number: `PA${id.slice(0, 8).toUpperCase()}`,
    status: 'ACTIVE',
    crypto_status: 'INACTIVE',
    currency: 'USD',
    buying_power: buyingPower,
    regt_buying_power: decimal(account.regTBuyingPower),
    effective_buying_power: buyingPower,
    non_marginable_buying_power: decimal(micros(Math.max(0, account.cash - account.reserved))),
    options_buying_power: '0',
    cash: decimal(account.cash),
    accrued_fees: '0',
    portfolio_value: equity,
    trading_blocked: false,
    transfers_blocked: false,
    account_blocked: false,
    created_at: instant(createdAt),
    trade_suspended_by_user: false,
    multiplier: String(account.multiplier),
    shorting_enabled: account.multiplier > 1,
    equity,
    last_equity: decimal(account.lastEquity),
    long_market_value: decimal(account.longMarketValue),
    short_market_value: decimal(account.shortMarketValue),
    position_market_value: decimal(gross),
    initial_margin: decimal(account.initialMargin),
    maintenance_margin: decimal(account.maintenanceMargin),
    last_maintenance_margin: '0',
    sma: '0',
    balance_asof: newYorkDate(now),
    intraday_adjustments: '0',
    pending_reg_taf_fees: decimal(account.accruedFees),
  };
}

interface PositionMarket {
  readonly price: Usd;
  /** Null without history. */
  readonly lastDayPrice: Usd | null;
  readonly sessionOpen: EpochMs;
}

export function positionJson(position: PositionState, market: PositionMarket): Json {
  const { symbol, quantity, costBasis, marketValue, openedAt, available } = position;
  const { price, sessionOpen } = market;
  const lastDayPrice = market.lastDayPrice ?? price;
  const unrealized = subtractUsd(marketValue, costBasis);
  // What was opened today has its day's profit from its own price, everything else from the last close.
  const dayBasis = openedAt > sessionOpen ? costBasis : timesShares(lastDayPrice, quantity);
  const today = subtractUsd(marketValue, dayBasis);
  return {
    asset_id: assetIdOf(symbol),
    symbol,
    exchange: 'NASDAQ',
    asset_class: 'us_equity',
    asset_marginable: true,
    qty: String(quantity),
    qty_available: String(quantity < 0 ? -available : available),
    avg_entry_price: decimal(averagePriceOf(position)),
    side: quantity < 0 ? 'short' : 'long',
    market_value: decimal(marketValue),
    cost_basis: decimal(costBasis),
    unrealized_pl: decimal(unrealized),
    unrealized_plpc: share(unrealized, costBasis),
    unrealized_intraday_pl: decimal(today),
    unrealized_intraday_plpc: share(today, dayBasis),
    current_price: decimal(price),
    lastday_price: decimal(lastDayPrice),
    change_today: share(subtractUsd(price, lastDayPrice), lastDayPrice),
  };
}

const share = (part: Usd, whole: Usd): string =>
  whole === ZERO_USD ? '0' : ratio(part / Math.abs(whole));
