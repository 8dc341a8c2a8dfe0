import { addUsd, micros, ZERO_USD } from '../money.ts';
import type { Usd } from '../money.ts';
import type { OrderSide } from '../order.ts';
import type { EpochMs, SessionDate } from '../session.ts';

/**
 * What executions cost. Regulatory fees on sales, as the broker passes them on: the SEC's fee on proceeds
 * (Section 31 of the Exchange Act) and FINRA's trading activity fee on shares (FINRA By-Laws, Schedule A).
 * The broker's own commission on purchases and sales, which Alpaca does not take.
 */
export interface FeeRates {
  readonly secPerMillionUsd: Usd;
  readonly tafPerShare: Usd;
  /** The most that the trading activity fee takes from one trade. */
  readonly tafCapPerTrade: Usd;
  readonly commissionPerShare: Usd;
}

/** What was charged for a session's sales. */
export interface FeeCharge {
  readonly id: string;
  readonly date: SessionDate;
  readonly at: EpochMs;
  /** Positive, whole cents. */
  readonly amount: Usd;
}

/** The rates of 2026: $20.60 a million of proceeds, $0.000166 a share and at most $8.30 a trade. */
export const FEE_RATES_2026: FeeRates = {
  secPerMillionUsd: micros(20_600_000),
  tafPerShare: micros(166),
  tafCapPerTrade: micros(8_300_000),
  commissionPerShare: micros(0),
};

export const NO_FEES: FeeRates = {
  secPerMillionUsd: micros(0),
  tafPerShare: micros(0),
  tafCapPerTrade: micros(0),
  commissionPerShare: micros(0),
};

const MICROS_PER_MILLION_USD = 1e12;
const MICROS_PER_CENT = 10_000;

/** One execution, as far as its fees depend on it. */
export interface FeeBase {
  readonly side: OrderSide;
  readonly price: Usd;
  readonly quantity: number;
}

/** The fees of one execution, rounded up to the micro-dollar. */
export function executionFee(rates: FeeRates, { side, price, quantity }: FeeBase): Usd {
  const commission = micros(rates.commissionPerShare * quantity);
  return side === 'buy' ? commission : addUsd(commission, saleFee(rates, price, quantity));
}

/** The regulatory fees of one sale, rounded up to the micro-dollar. */
function saleFee(rates: FeeRates, price: Usd, shares: number): Usd {
  const sec = Math.ceil((price * shares * rates.secPerMillionUsd) / MICROS_PER_MILLION_USD);
  const taf = Math.min(shares * rates.tafPerShare, rates.tafCapPerTrade);
  return micros(sec + taf);
}

/** What is charged for a session: the sum of its fees, rounded up to the cent. */
export const chargedFee = (accrued: Usd): Usd =>
  micros(Math.ceil(accrued / MICROS_PER_CENT) * MICROS_PER_CENT);

/** Brokers count 360 days a year. */
const BORROW_DAYS = 360;

/** One day's fee for borrowed shares, rounded up to the cent; their value is negative, as a holding's is. */
export const borrowFee = (bpsPerYear: number, shortValue: Usd): Usd =>
  shortValue === 0 || bpsPerYear === 0
    ? ZERO_USD
    : chargedFee(micros(Math.ceil((Math.abs(shortValue) * bpsPerYear) / (10_000 * BORROW_DAYS))));
