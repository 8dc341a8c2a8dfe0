import type { Bar } from '#core/bars.ts';
import { sessionsBetween } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { createExchange } from '#core/matching/exchange.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { createExpiry } from '#core/matching/expiry.ts';
import type { ExchangeEvent } from '#core/matching/order.ts';
import type { ExchangeRules } from '#core/matching/venue.ts';
import { usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { addDays } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import type { Market } from '../market/types.ts';
import { createActivityLog } from './activity-log.ts';
import type { ActivityLog } from './activity-log.ts';
import { createIdSource } from './ids.ts';

export interface WorldOptions {
  readonly market: Market;
  readonly startingCash: Usd;
  readonly rules: Partial<ExchangeRules>;
  readonly notShortable: readonly Ticker[];
}

const CALENDAR_DAYS_AHEAD = 100;

/** All that changes with time and orders. */
export interface WorldState {
  readonly market: Market;
  readonly exchange: Exchange;
  readonly sessions: readonly Session[];
  readonly activities: ActivityLog;
  readonly latestBars: Map<Ticker, Bar>;
  readonly lastDayPrices: Map<Ticker, Usd>;
  now: EpochMs;
  /** How many of the market's bar ends are over. */
  barEndsDone: number;
  /** The session that is open. */
  session: Session | null;
}

/** The world at the market's start. */
export function createWorldState(options: WorldOptions): WorldState {
  const state = emptyState(options);
  begin(state);
  return state;
}

function emptyState({ market, startingCash, rules, notShortable }: WorldOptions): WorldState {
  const last = market.sessions.at(-1)?.date;
  const ahead =
    last === undefined ? [] : sessionsBetween(addDays(last, 1), addDays(last, CALENDAR_DAYS_AHEAD));
  const sessions = [...market.sessions, ...ahead];
  const listed = new Set(market.symbols);
  const unshortable = new Set(notShortable);
  const exchange = createExchange({
    startingCash,
    nextId: createIdSource(market.identity),
    assetOf: (symbol) => (listed.has(symbol) ? { isShortable: !unshortable.has(symbol) } : null),
    expiresAt: createExpiry(sessions),
    rules,
  });
  return {
    market,
    exchange,
    sessions,
    activities: createActivityLog(),
    latestBars: new Map(),
    lastDayPrices: new Map(),
    now: market.start,
    barEndsDone: 0,
    session: null,
  };
}

/** Prices of the days before, and the open of the first session. */
function begin(state: WorldState): void {
  const { market, exchange, sessions } = state;
  for (const symbol of market.symbols) {
    const bar = lastBarBefore(market, symbol);
    if (bar === null) continue;
    state.latestBars.set(symbol, bar);
    exchange.markToMarket(symbol, usdFromNumber(bar.close));
  }
  const session = sessions.find(({ open, close }) => open <= market.start && market.start < close);
  if (session !== undefined) openSession(state, session);
}

function lastBarBefore(market: Market, symbol: Ticker): Bar | null {
  for (const { open, close } of market.sessions.toReversed()) {
    if (open >= market.start) continue;
    const bar = market.bars(symbol, open, Math.min(close, market.start)).at(-1);
    if (bar !== undefined) return bar;
  }
  return null;
}

function openSession(state: WorldState, session: Session): readonly ExchangeEvent[] {
  state.session = session;
  for (const symbol of state.market.symbols) {
    const price = state.exchange.priceOf(symbol);
    if (price !== undefined) state.lastDayPrices.set(symbol, price);
  }
  return state.exchange.openSession(session);
}

function closeSession(state: WorldState, session: Session): readonly ExchangeEvent[] {
  const { exchange, activities } = state;
  const charges = exchange.fees().length;
  const events = exchange.closeSession(session);
  for (const charge of exchange.fees().slice(charges)) activities.addFee(charge);
  state.session = null;
  return events;
}

/** The symbol's bar that ends there; none while its trading is halted. */
export const tradedBar = (
  { market, exchange }: WorldState,
  symbol: Ticker,
  barEnd: EpochMs,
): Bar | null =>
  exchange.quirks().halted.includes(symbol) ? null : market.barEnding(symbol, barEnd);

/** Lives through the bars that end at the market's next bar end; returns what the exchange made of them. */
export function liveBar(state: WorldState, barEnd: EpochMs): readonly ExchangeEvent[] {
  const { market, exchange, activities, latestBars } = state;
  const events: ExchangeEvent[] = [];
  // A session whose last bar is missing closes before the next one opens.
  if (state.session !== null && barEnd > state.session.close) {
    events.push(...closeSession(state, state.session));
  }
  if (state.session === null) {
    const session = state.sessions.find(({ open, close }) => open < barEnd && barEnd <= close);
    if (session !== undefined) events.push(...openSession(state, session));
  }
  for (const symbol of market.symbols) {
    const bar = tradedBar(state, symbol, barEnd);
    if (bar === null) continue;
    latestBars.set(symbol, bar);
    const made = exchange.applyBar(symbol, bar, barEnd);
    activities.addFills(made);
    if (made.length > 0) events.push(...made);
  }
  state.now = barEnd;
  state.barEndsDone += 1;
  if (state.session?.close === barEnd) events.push(...closeSession(state, state.session));
  return events;
}
