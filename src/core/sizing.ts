import type { BracketPlan, EntryIntent, SizeArithmetic, SizeCap, RuleView } from './decision.ts';
import type { Ticker } from './ids.ts';
import { micros, timesShares, ZERO_USD } from './money.ts';
import type { Usd } from './money.ts';
import { riskFrom } from './risk-tier.ts';

/**
 * What the account has taken on while one cycle is decided: its positions, the entries that still work,
 * and the intents of the cycle so far.
 */
export interface Book {
  readonly positions: ReadonlySet<Ticker>;
  readonly pendingEntries: Set<Ticker>;
  /** Every symbol that is held, or will be once its entry fills. */
  readonly open: Set<Ticker>;
  /** Value of all positions and pending entries, in micro-dollars. */
  exposure: number;
  /** Of pending entries alone; what a position costs has left the buying power already. */
  pendingNotional: number;
}

export function openBook({ positions, pendingEntries }: RuleView): Book {
  const book = {
    positions: new Set<Ticker>(),
    pendingEntries: new Set<Ticker>(),
    open: new Set<Ticker>(),
    exposure: 0,
    pendingNotional: 0,
  };
  // A figure of the wrong sign must not make room.
  for (const { symbol, quantity, currentPrice } of positions) {
    book.positions.add(symbol);
    book.open.add(symbol);
    book.exposure += Math.abs(quantity * currentPrice);
  }
  for (const { symbol, notional } of pendingEntries) takePending(book, symbol, Math.abs(notional));
  return book;
}

/** Counts an intent of this cycle as a pending entry for the symbols after it. */
export function takeIntent(book: Book, { symbol, quantity, bracket }: EntryIntent): void {
  takePending(book, symbol, timesShares(bracket.limitPrice, quantity));
}

function takePending(book: Book, symbol: Ticker, notional: number): void {
  book.pendingEntries.add(symbol);
  book.open.add(symbol);
  book.exposure += notional;
  book.pendingNotional += notional;
}

/**
 * Whole shares whose loss from limit to stop is at most the risk budget, and no more than the limits on a
 * position, on all exposure and on buying power leave room for.
 */
export function sizeEntry(
  { account, pastTrades, parameters }: RuleView,
  book: Book,
  { limitPrice, stopPrice }: BracketPlan,
): SizeArithmetic {
  const { equity, buyingPower } = account;
  const { maxPositionBps, maxExposureBps } = parameters;
  const { riskBps, tier } = riskFrom(pastTrades, parameters);
  const riskBudget = partOf(equity, riskBps);
  const riskPerShare = micros(Math.abs(limitPrice - stopPrice));
  const sharesByRisk = wholeShares(riskBudget, riskPerShare);
  let shares = sharesByRisk;
  let cappedBy: SizeCap | null = null;
  const capBy = (cap: SizeCap, room: number): void => {
    const affordable = wholeShares(room, limitPrice);
    if (affordable >= shares) return;
    shares = affordable;
    cappedBy = cap;
  };
  capBy('notional', partOf(equity, maxPositionBps));
  capBy('exposure', partOf(equity, maxExposureBps) - book.exposure);
  capBy('buying-power', buyingPower - book.pendingNotional);
  return { equity, riskBps, tier, riskBudget, riskPerShare, sharesByRisk, cappedBy, shares };
}

/**
 * Rounded down to a whole micro-dollar; the parts are taken apart so that large accounts stay exact. Of an
 * amount that is none, nothing.
 */
function partOf(amount: Usd, bps: number): Usd {
  const exact = Math.floor(amount / 10_000) * bps + Math.floor(((amount % 10_000) * bps) / 10_000);
  if (Number.isNaN(exact)) return ZERO_USD;
  return micros(Math.min(Math.max(Math.floor(exact), 0), Number.MAX_SAFE_INTEGER));
}

const wholeShares = (room: number, price: Usd): number => (room > 0 ? Math.floor(room / price) : 0);
