import type { Ticker } from '../ids.ts';
import { ZERO_USD, addUsd, micros, subtractUsd, timesShares } from '../money.ts';
import type { Usd } from '../money.ts';
import type { EpochMs } from '../session.ts';

/** Shares of one symbol. */
export interface Holding {
  readonly symbol: Ticker;
  /** Whole shares, negative when short, never zero. */
  readonly quantity: number;
  /** What the shares cost; negative when short: what their sale brought in. */
  readonly costBasis: Usd;
  readonly openedAt: EpochMs;
}

/** What an account that was there before brings besides its cash. */
export interface OpeningBalance {
  readonly holdings: readonly Holding[];
  /** Equity at the previous session's close. */
  readonly lastEquity: Usd;
}

/** Cash, holdings and the latest price of each symbol. */
export interface Portfolio {
  cash(): Usd;
  holding(symbol: Ticker): Holding | undefined;
  holdings(): Iterable<Holding>;
  /** The latest price; a symbol that never traded has none. */
  mark(symbol: Ticker): Usd | undefined;
  setMark(symbol: Ticker, price: Usd): void;
  /** Buys (positive) or sells shares; returns the profit or loss that this made final. */
  trade(execution: Execution): Usd;
  /** Takes an amount out of the cash. */
  charge(amount: Usd): void;
  marketValueOf(holding: Holding): Usd;
  /** Market value of the long and of the short holdings; the latter is not positive. */
  marketValues(): { readonly long: Usd; readonly short: Usd };
  equity(): Usd;
}

interface Execution {
  readonly symbol: Ticker;
  /** Signed by the side: positive bought, negative sold. */
  readonly quantity: number;
  readonly price: Usd;
  readonly at: EpochMs;
}

interface PortfolioState {
  readonly holdings: Map<Ticker, Holding>;
  readonly marks: Map<Ticker, Usd>;
  cash: Usd;
  /** Null while nobody has asked since a holding has changed. */
  equity: Usd | null;
}

export function createPortfolio(startingCash: Usd, opening?: OpeningBalance): Portfolio {
  const state: PortfolioState = {
    holdings: new Map(opening?.holdings.map((holding) => [holding.symbol, holding])),
    marks: new Map(),
    cash: startingCash,
    equity: null,
  };
  const { holdings, marks } = state;
  return {
    cash: () => state.cash,
    holding: (symbol) => holdings.get(symbol),
    holdings: () => holdings.values(),
    mark: (symbol) => marks.get(symbol),
    setMark: (symbol, price) => setMark(state, symbol, price),
    trade: (execution) => trade(state, execution),
    charge(amount) {
      state.cash = subtractUsd(state.cash, amount);
      state.equity = null;
    },
    marketValueOf: (holding) => marketValueOf(state, holding),
    marketValues: () => marketValues(state),
    equity() {
      state.equity ??= equityOf(state);
      return state.equity;
    },
  };
}

function setMark(state: PortfolioState, symbol: Ticker, price: Usd): void {
  const { holdings, marks } = state;
  const holding = holdings.get(symbol);
  if (holding !== undefined && state.equity !== null) {
    const before = marketValueOf(state, holding);
    state.equity = micros(state.equity - before + price * holding.quantity);
  }
  marks.set(symbol, price);
}

function marketValueOf({ marks }: PortfolioState, { symbol, quantity, costBasis }: Holding): Usd {
  const price = marks.get(symbol);
  return price === undefined ? costBasis : timesShares(price, quantity);
}

function marketValues(state: PortfolioState) {
  let [long, short] = [0, 0];
  for (const holding of state.holdings.values()) {
    const value = marketValueOf(state, holding);
    if (holding.quantity > 0) long += value;
    else short += value;
  }
  return { long: micros(long), short: micros(short) };
}

function equityOf(state: PortfolioState): Usd {
  const { long, short } = marketValues(state);
  return addUsd(state.cash, long, short);
}

function trade(state: PortfolioState, execution: Execution): Usd {
  const { symbol, quantity } = execution;
  const held = state.holdings.get(symbol)?.quantity ?? 0;
  if (held * quantity >= 0 || Math.abs(quantity) <= Math.abs(held)) return step(state, execution);
  // More than is held: what closes the holding, then what opens one of the other side.
  const realized = step(state, { ...execution, quantity: -held });
  step(state, { ...execution, quantity: quantity + held });
  return realized;
}

/** A trade that adds to a holding or takes from it, but never turns it around. */
function step(state: PortfolioState, { symbol, quantity, price, at }: Execution): Usd {
  const value = timesShares(price, quantity);
  state.cash = subtractUsd(state.cash, value);
  state.equity = null;
  const before = state.holdings.get(symbol);
  if (before === undefined || Math.sign(before.quantity) === Math.sign(quantity)) {
    state.holdings.set(symbol, {
      symbol,
      quantity: (before?.quantity ?? 0) + quantity,
      costBasis: addUsd(before?.costBasis ?? ZERO_USD, value),
      openedAt: before?.openedAt ?? at,
    });
    return ZERO_USD;
  }
  const released = costOf(before, Math.abs(quantity));
  const left = before.quantity + quantity;
  if (left === 0) state.holdings.delete(symbol);
  else {
    const costBasis = subtractUsd(before.costBasis, released);
    state.holdings.set(symbol, { ...before, quantity: left, costBasis });
  }
  return subtractUsd(ZERO_USD, addUsd(value, released));
}

/**
 * The cost of a part of the shares, at their average, to the nearest micro-dollar. The last part takes
 * what is left, so that the parts always add up.
 */
function costOf({ quantity, costBasis }: Holding, shares: number): Usd {
  const held = Math.abs(quantity);
  return shares === held ? costBasis : micros(Math.round((costBasis * shares) / held));
}

/** The average price that the shares were bought or sold at. */
export const averagePriceOf = ({ quantity, costBasis }: Holding): Usd =>
  micros(Math.round(costBasis / quantity));
