import type { Bar } from '../bars.ts';
import type { BrokerOrderId, ClientOrderId, Ticker } from '../ids.ts';
import { ZERO_USD, usdFromNumber } from '../money.ts';
import type { Usd } from '../money.ts';
import type { TimeInForce } from '../order.ts';
import type { EpochMs, Session } from '../session.ts';
import { quietGap } from './bar-prices.ts';
import type { PriceGap } from './bar-prices.ts';
import { createBook } from './book.ts';
import type { OrderMemory } from './book.ts';
import { cancel, requestCancel } from './cancel.ts';
import type { Canceled, ReleaseMoment } from './cancel.ts';
import { closeSession } from './close-session.ts';
import type { FeeCharge } from './fees.ts';
import { buyingPowerOf, marginOf } from './margin.ts';
import type { Margin } from './margin.ts';
import { matchBar } from './match-bar.ts';
import type {
  BookOrder,
  ExchangeEvent,
  ReplaceRequest,
  SimulatedOrder,
  SubmitRequest,
} from './order.ts';
import { workingStatusOf } from './order.ts';
import { createPortfolio } from './portfolio.ts';
import type { Holding, OpeningBalance } from './portfolio.ts';
import { NO_QUIRKS } from './quirks.ts';
import type { Quirks } from './quirks.ts';
import { refused } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import { completeReplace, replace, requestReplace } from './replace.ts';
import { availableShares } from './shares.ts';
import { submit } from './submit.ts';
import type { Accepted } from './submit.ts';
import { fillAnyway, trade } from './trade.ts';
import { DEFAULT_RULES, moveOn } from './venue.ts';
import type { Ambiguities, ExchangeRules, Tradable, Turn, Venue } from './venue.ts';

export interface ExchangeOptions {
  readonly startingCash: Usd;
  readonly opening?: OpeningBalance;
  /** Gives every order, client order id and execution its id; the same ids in the same order replay alike. */
  readonly nextId: () => string;
  /** Null for a symbol that the exchange does not list. */
  readonly assetOf: (symbol: Ticker) => Tradable | null;
  /** When an order lapses; see createExpiry. */
  readonly expiresAt: (timeInForce: TimeInForce, at: EpochMs) => EpochMs;
  readonly rules?: Partial<ExchangeRules>;
  /** All, when left out. */
  readonly memory?: OrderMemory;
}

export interface AccountState extends Margin {
  readonly cash: Usd;
  /** Equity at the previous session's close; the starting cash before there was one. */
  readonly lastEquity: Usd;
  readonly accruedFees: Usd;
  readonly multiplier: number;
}

export interface PositionState extends Holding {
  readonly marketValue: Usd;
  /** Without a sign: shares that no order holds. */
  readonly available: number;
}

/**
 * An exchange with one margin account that fills orders on bars. Deterministic: no clock, no I/O, no
 * chance. Time only goes forward, and the caller tells it: sessions are opened and closed, and every bar
 * is applied when it is complete. An order works from the bar after the one at whose end it was sent.
 * An exit may trade between the bars as well, when the caller says so; and what a client asks for may be
 * enacted at once or in two steps, so that the caller can let time pass in between.
 * What happened comes back in order, from the call that made it happen.
 */
export interface Exchange {
  /** Orders that waited for the open begin to work. */
  openSession(session: Session): readonly ExchangeEvent[];
  /** Fills orders on a completed bar and takes its close as the symbol's price. */
  applyBar(symbol: Ticker, bar: Bar, at: EpochMs): readonly ExchangeEvent[];
  /** Takes a price without a bar: history from before the first session, or a bar within the quiet gap. */
  markToMarket(symbol: Ticker, price: Usd): void;
  /** Bars that stay within it do nothing to the symbol's orders as they are; null: every bar may. */
  quietGap(symbol: Ticker): PriceGap | null;
  /** Orders whose time is over expire, and the session's fees are charged. */
  closeSession(session: Session): readonly ExchangeEvent[];
  submit(request: SubmitRequest, at: EpochMs): Accepted | Refusal;
  /** Cancels the order with its whole group. Its shares are free at once, or when `release` is called. */
  cancel(id: BrokerOrderId, at: EpochMs, moment?: ReleaseMoment): Canceled | Refusal;
  /** Makes the order `pending_cancel`: it works on, and may still fill, until `cancel` is called. */
  requestCancel(id: BrokerOrderId, at: EpochMs): Canceled | Refusal;
  /** Frees the shares that a canceled order still keeps; whether there were any. */
  release(id: BrokerOrderId): boolean;
  replace(id: BrokerOrderId, change: ReplaceRequest, at: EpochMs): Accepted | Refusal;
  /** Makes the order `pending_replace`; it works on until `completeReplace` is called with the new id. */
  requestReplace(id: BrokerOrderId, change: ReplaceRequest, at: EpochMs): Accepted | Refusal;
  /** The replacement takes over, or is rejected where the order before it has ended meanwhile. */
  completeReplace(id: BrokerOrderId, at: EpochMs): readonly ExchangeEvent[];
  /** Executes an exit at the latest price, if it could trade there; a market does not wait for bars. */
  trade(id: BrokerOrderId, at: EpochMs): readonly ExchangeEvent[];
  /** Fills a working order at its own price, whatever the market says. */
  fillAnyway(id: BrokerOrderId, at: EpochMs): readonly ExchangeEvent[];
  /** From now on the exchange has these quirks. */
  behave(quirks: Quirks): void;
  quirks(): Quirks;
  /** Canceled orders whose shares are not free yet. */
  lingering(): readonly BrokerOrderId[];
  order(id: BrokerOrderId): SimulatedOrder | undefined;
  orderByClientId(id: ClientOrderId): SimulatedOrder | undefined;
  /** Every order that is remembered, legs included, in order of submission. */
  orders(): readonly SimulatedOrder[];
  liveOrders(): readonly SimulatedOrder[];
  account(): AccountState;
  cash(): Usd;
  buyingPower(): Usd;
  /** Cash and the value of all positions. */
  equity(): Usd;
  /** Equity at the previous session's close. */
  lastEquity(): Usd;
  /** Fees of this session's executions, charged at its close. */
  accruedFees(): Usd;
  position(symbol: Ticker): PositionState | undefined;
  /** The positions without what follows from their orders. */
  holdings(): Iterable<Holding>;
  holding(symbol: Ticker): Holding | undefined;
  positions(): readonly PositionState[];
  /** The symbol's latest price. */
  priceOf(symbol: Ticker): Usd | undefined;
  fees(): readonly FeeCharge[];
  /** All that was charged for borrowed shares so far. */
  borrowPaid(): Usd;
  isOpen(): boolean;
  /** How many times a rule, not the data, decided what a bar did. */
  ambiguities(): Ambiguities;
}

const NO_EVENTS: readonly ExchangeEvent[] = [];

export function createExchange(options: ExchangeOptions): Exchange {
  const venue: Venue = {
    book: createBook(options.memory ?? 'all'),
    portfolio: createPortfolio(options.startingCash, options.opening),
    rules: { ...DEFAULT_RULES, ...options.rules },
    quirks: NO_QUIRKS,
    lingering: new Map(),
    nextId: options.nextId,
    assetOf: options.assetOf,
    expiresAt: options.expiresAt,
    isOpen: false,
    lastEquity: options.opening?.lastEquity ?? options.startingCash,
    closingEquity: options.opening?.lastEquity ?? options.startingCash,
    feeCharges: [],
    accruedFees: ZERO_USD,
    borrowPaid: ZERO_USD,
    ambiguities: { stopAndTarget: 0, targetOnEntryBar: 0 },
  };
  return { ...marketOf(venue), ...orderEntryOf(venue), ...viewsOf(venue) };
}

const turnAt = (at: EpochMs): Turn => ({ at, events: [] });

/** What an act makes happen. */
function during(at: EpochMs, act: (turn: Turn) => void): readonly ExchangeEvent[] {
  const turn = turnAt(at);
  act(turn);
  return turn.events;
}

type MarketCalls = 'openSession' | 'applyBar' | 'markToMarket' | 'closeSession';

function marketOf(venue: Venue): Pick<Exchange, MarketCalls> {
  const { book, portfolio } = venue;
  return {
    openSession({ open }) {
      venue.isOpen = true;
      venue.lastEquity = venue.closingEquity;
      const turn = turnAt(open);
      for (const order of book.live()) {
        if (workingStatusOf(order) === 'accepted') moveOn(venue, turn, order, 'new');
      }
      return turn.events;
    },
    applyBar(symbol, bar, at) {
      if (venue.quirks.halted.includes(symbol)) return NO_EVENTS;
      const events = matchBar(venue, symbol, bar, at);
      portfolio.setMark(symbol, usdFromNumber(bar.close));
      return events;
    },
    markToMarket(symbol, price) {
      portfolio.setMark(symbol, price);
    },
    closeSession: (session) => during(session.close, (turn) => closeSession(venue, turn, session)),
  };
}

type EntryCalls =
  | 'submit'
  | 'cancel'
  | 'requestCancel'
  | 'release'
  | 'replace'
  | 'requestReplace'
  | 'completeReplace'
  | 'trade'
  | 'fillAnyway'
  | 'behave';

function orderEntryOf(venue: Venue): Pick<Exchange, EntryCalls> {
  const withOrder = <T>(
    id: BrokerOrderId,
    then: (order: BookOrder) => T | Refusal,
  ): T | Refusal => {
    const order = venue.book.byId(id);
    return order === undefined ? refused({ code: 'unknown-order' }) : then(order);
  };
  return {
    submit: (request, at) => submit(venue, turnAt(at), request),
    cancel: (id, at, moment = 'at-once') =>
      withOrder(id, (order) => cancel(venue, turnAt(at), order, moment)),
    requestCancel: (id, at) => withOrder(id, (order) => requestCancel(venue, turnAt(at), order)),
    release: (id) => venue.lingering.delete(id),
    replace: (id, change, at) =>
      withOrder(id, (order) => replace(venue, turnAt(at), order, change)),
    requestReplace: (id, change, at) =>
      withOrder(id, (order) => requestReplace(venue, turnAt(at), order, change)),
    completeReplace: (id, at) => during(at, (turn) => completeReplace(venue, turn, id)),
    trade: (id, at) => during(at, (turn) => trade(venue, turn, id)),
    fillAnyway: (id, at) => during(at, (turn) => fillAnyway(venue, turn, id)),
    behave(quirks) {
      venue.quirks = quirks;
    },
  };
}

function viewsOf(venue: Venue): Omit<Exchange, MarketCalls | EntryCalls> {
  const { book, portfolio } = venue;
  const viewOf = (order: BookOrder | undefined) => order && book.view(order);
  const stateOf = (holding: Holding): PositionState => ({
    ...holding,
    marketValue: portfolio.marketValueOf(holding),
    available: availableShares(venue, holding.symbol),
  });
  return {
    order: (id) => viewOf(book.byId(id)),
    orderByClientId: (id) => viewOf(book.byClientId(id)),
    orders: () => book.all().map((order) => book.view(order)),
    liveOrders: () => book.live().map((order) => book.view(order)),
    account: () => ({
      ...marginOf(venue),
      cash: portfolio.cash(),
      lastEquity: venue.lastEquity,
      accruedFees: venue.accruedFees,
      multiplier: venue.rules.marginMultiplier,
    }),
    cash: () => portfolio.cash(),
    buyingPower: () => buyingPowerOf(venue),
    equity: () => portfolio.equity(),
    lastEquity: () => venue.lastEquity,
    accruedFees: () => venue.accruedFees,
    position(symbol) {
      const holding = portfolio.holding(symbol);
      return holding && stateOf(holding);
    },
    positions: () => [...portfolio.holdings()].map(stateOf),
    holdings: () => portfolio.holdings(),
    holding: (symbol) => portfolio.holding(symbol),
    priceOf: (symbol) => portfolio.mark(symbol),
    quietGap: (symbol) => quietGap(book.liveOf(symbol)),
    fees: () => venue.feeCharges,
    borrowPaid: () => venue.borrowPaid,
    quirks: () => venue.quirks,
    lingering: () => [...venue.lingering.keys()],
    isOpen: () => venue.isOpen,
    ambiguities: () => venue.ambiguities,
  };
}
