import type { BracketPlan, EntryIntent, SizeArithmetic, SizeCap, Snapshot } from './decision.ts';
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
  /** Value of all positions and pending entries, in micro-dollars. */
  exposure: number;
  /** Of pending entries alone; what a position costs has left the buying power already. */
  pendingNotional: number;
}

export function openBook({ positions, pendingEntries }: Snapshot): Book {
  const pendingNotional = sum(pendingEntries.map(({ notional }) => Math.abs(notional)));
  // A figure of the wrong sign must not make room.
  const held = sum(
    positions.map((position) => Math.abs(position.quantity * position.currentPrice)),
  );
  return {
    positions: new Set(positions.map(({ symbol }) => symbol)),
    pendingEntries: new Set(pendingEntries.map(({ symbol }) => symbol)),
    exposure: held + pendingNotional,
    pendingNotional,
  };
}

/** Every symbol that is held, or will be once its entry fills; each counts once. */
export const openSymbols = ({ positions, pendingEntries }: Book): ReadonlySet<Ticker> =>
  new Set([...positions, ...pendingEntries]);

/** Counts an intent of this cycle as a pending entry for the symbols after it. */
export function takeIntent(book: Book, { symbol, quantity, bracket }: EntryIntent): void {
  const notional = timesShares(bracket.limitPrice, quantity);
  book.pendingEntries.add(symbol);
  book.exposure += notional;
  book.pendingNotional += notional;
}

/**
 * Whole shares whose loss from limit to stop is at most the risk budget, and no more than the limits on a
 * position, on all exposure and on buying power leave room for.
 */
export function sizeEntry(
  { account, pastTrades, parameters }: Snapshot,
  book: Book,
  { limitPrice, stopPrice }: BracketPlan,
): SizeArithmetic {
  const { equity, buyingPower } = account;
  const { maxPositionBps, maxExposureBps } = parameters;
  const { riskBps, tier } = riskFrom(pastTrades, parameters);
  const riskBudget = partOf(equity, riskBps);
  const riskPerShare = micros(Math.abs(limitPrice - stopPrice));
  const sharesByRisk = wholeShares(riskBudget, riskPerShare);
  const rooms: readonly (readonly [SizeCap, number])[] = [
    ['notional', partOf(equity, maxPositionBps)],
    ['exposure', partOf(equity, maxExposureBps) - book.exposure],
    ['buying-power', buyingPower - book.pendingNotional],
  ];
  let shares = sharesByRisk;
  let cappedBy: SizeCap | null = null;
  for (const [cap, room] of rooms) {
    const affordable = wholeShares(room, limitPrice);
    if (affordable >= shares) continue;
    shares = affordable;
    cappedBy = cap;
  }
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

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
