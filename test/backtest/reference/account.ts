/** One account with all its trades and orders as plain objects that change; amounts in micro-dollars. */
import type { FillModel } from '#backtest/options.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';
import type { ExitReason } from '#core/trade.ts';

/** An entry with its two exits, or, with `entry` null, the two exits alone. */
export interface Group {
  /** Null once it is filled whole, or for exits that never had one. */
  entry: { readonly limit: number; left: number } | null;
  /** Shares that each of the exits is for. */
  shares: number;
  readonly target: number;
  stop: number;
  readonly lapsesAt: EpochMs;
  isOver: boolean;
}

/** What the rules wanted, with all that is planned. */
export interface Plan {
  readonly symbol: Ticker;
  readonly side: 'long' | 'short';
  readonly shares: number;
  readonly early: { readonly shares: number; readonly target: number } | null;
  readonly limit: number;
  readonly stop: number;
  readonly target: number;
  readonly risk: number;
  readonly riskBudget: number;
  readonly decisionPrice: number;
  readonly decidedAt: EpochMs;
  readonly confidence: number;
}

/** A trade from its entry on. */
export interface Position {
  readonly plan: Plan;
  readonly groups: Group[];
  /** A market order that waits for the next bar. */
  closing: { readonly shares: number; readonly reason: ExitReason } | null;
  /** All of it is being closed. */
  isLeaving: boolean;
  watchesEarlyTarget: boolean;
  stop: number;
  entered: number;
  entryValue: number;
  left: number;
  exitValue: number;
  openedAt: EpochMs | null;
  closedAt: EpochMs | null;
  reason: ExitReason | null;
  best: number | null;
  worst: number | null;
  fees: number;
  isAmbiguous: boolean;
}

export interface ReferenceTrade {
  readonly symbol: Ticker;
  readonly side: 'long' | 'short';
  readonly quantity: number;
  readonly entryPrice: number;
  readonly exitPrice: number;
  readonly exitReason: ExitReason;
  readonly openedAt: EpochMs;
  readonly closedAt: EpochMs;
  readonly pnl: number;
  readonly rMultiple: number;
  readonly fees: number;
  readonly confidence: number;
  readonly maeR: number;
  readonly mfeR: number;
  readonly isAmbiguous: boolean;
}

export interface Book {
  cash: number;
  readonly prices: Map<Ticker, number>;
  /** In the order in which they were entered. */
  positions: Position[];
  readonly closed: ReferenceTrade[];
  /** Fees of the session that are not charged yet. */
  owed: number;
  fees: number;
  borrow: number;
  readonly entries: { filled: number; missed: number; rejected: number };
}

export const heldOf = ({ entered, left }: Position): number => entered - left;

export const signOf = (side: 'long' | 'short'): 1 | -1 => (side === 'long' ? 1 : -1);

export const priceOf = ({ prices }: Book, { symbol, decisionPrice }: Plan): number =>
  prices.get(symbol) ?? decisionPrice;

export function equityOf(book: Book): number {
  let equity = book.cash;
  for (const position of book.positions) equity += valueOf(book, position);
  return equity;
}

/** Negative when short. */
export const valueOf = (book: Book, position: Position): number =>
  signOf(position.plan.side) * heldOf(position) * priceOf(book, position.plan);

/** Equity as often as the broker lends it, less all that is held and what entries that still work will take. */
export function buyingPowerOf(book: Book, multiplier: number): number {
  let power = Math.floor(equityOf(book) * multiplier);
  for (const position of book.positions) {
    power -= Math.abs(valueOf(book, position));
    for (const { entry, isOver } of position.groups) {
      if (!isOver && entry !== null) power -= reserveOf(position.plan) * entry.left;
    }
  }
  return Math.max(0, power);
}

/** What a share of an entry takes: its limit, and a short sale three per cent above the market at least. */
export const reserveOf = (plan: Plan): number =>
  plan.side === 'long' ? plan.limit : Math.max(plan.limit, Math.round(plan.decisionPrice * 1.03));

const CENT = 10_000;

/** A cent from a dollar on, a hundredth of a cent below. */
const tickOf = (price: number): number => (price >= 1_000_000 ? CENT : 100);

export const onTick = (price: number, way: 'down' | 'up' | 'nearest'): number => {
  const ticks = price / tickOf(price);
  const whole =
    way === 'down' ? Math.floor(ticks) : way === 'up' ? Math.ceil(ticks) : Math.floor(ticks + 0.5);
  return whole * tickOf(price);
};

/** The broker takes no stop that is less than a cent away from what it is measured against. */
export const isFarEnough = (side: 'long' | 'short', stop: number, from: number): boolean =>
  signOf(side) * (from - stop) >= CENT;

export const oneTickBeyond = (price: number): number => tickOf(price);

/** Rounded up, exactly. */
const ceilDivide = (value: bigint, by: bigint): number => Number((value + by - 1n) / by);

export function feeOf(
  { fees }: FillModel,
  sold: boolean,
  { price, shares }: { readonly price: number; readonly shares: number },
): number {
  const commission = fees.commissionPerShare * shares;
  if (!sold) return commission;
  const proceeds = BigInt(price) * BigInt(shares);
  const sec = ceilDivide(proceeds * BigInt(fees.secPerMillionUsd), 1_000_000_000_000n);
  return commission + sec + Math.min(fees.tafPerShare * shares, fees.tafCapPerTrade);
}

/** The session's fees in one sum, and a day of borrowing, each rounded up to the cent. */
export function chargeDay(book: Book, borrowBpsPerYear: number): void {
  const fees = Math.ceil(book.owed / CENT) * CENT;
  const short = book.positions
    .map((position) => valueOf(book, position))
    .filter((value) => value < 0)
    .reduce((sum, value) => sum - value, 0);
  const micros = ceilDivide(BigInt(short) * BigInt(borrowBpsPerYear), 10_000n * 360n);
  const borrow = Math.ceil(micros / CENT) * CENT;
  book.owed = 0;
  book.fees += fees;
  book.borrow += borrow;
  book.cash -= fees + borrow;
}

/** Ends a position whose entries are over: as a trade where it had shares, as a missed entry where not. */
export function endIfOver(book: Book, position: Position): void {
  const mayEnter = position.groups.some(({ entry, isOver }) => entry !== null && !isOver);
  if (mayEnter || heldOf(position) > 0 || !book.positions.includes(position)) return;
  book.positions = book.positions.filter((other) => other !== position);
  if (position.entered === 0) book.entries.missed += 1;
  else {
    book.entries.filled += 1;
    book.closed.push(tradeOf(position));
  }
}

function tradeOf(position: Position): ReferenceTrade {
  const { plan, entered, left, entryValue, exitValue, best, worst } = position;
  const entryPrice = Math.round(entryValue / entered);
  const exitPrice = Math.round(exitValue / left);
  const pnl = plan.side === 'long' ? exitValue - entryValue : entryValue - exitValue;
  const gains = [entryPrice, exitPrice, best ?? entryPrice, worst ?? entryPrice].map(
    (price) => (signOf(plan.side) * (price - entryPrice)) / plan.risk,
  );
  return {
    symbol: plan.symbol,
    side: plan.side,
    quantity: entered,
    entryPrice,
    exitPrice,
    exitReason: position.reason!,
    openedAt: position.openedAt!,
    closedAt: position.closedAt!,
    pnl,
    rMultiple: pnl / (plan.risk * entered),
    fees: position.fees,
    confidence: plan.confidence,
    maeR: Math.min(...gains),
    mfeR: Math.max(...gains),
    isAmbiguous: position.isAmbiguous,
  };
}
