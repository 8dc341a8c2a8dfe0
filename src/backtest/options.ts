import type { Ticker } from '#core/ids.ts';
import { FEE_RATES_2026 } from '#core/matching/fees.ts';
import type { FeeRates } from '#core/matching/fees.ts';
import { micros } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { SessionDate } from '#core/session.ts';

import type { Recording } from './recording.ts';

/** How orders fill on bars, and what they cost. Prices inside a bar are unknown and taken for the worst. */
export interface FillModel {
  /** A limit order fills once price has gone a tick beyond it, or already at a touch. */
  readonly limitFill: 'penetrate' | 'touch';
  /**
   * What a closing by a rule gets. next-open: a market order, at the next bar's open and worse by the slippage.
   * at-close: the price at which the bar ended that it was decided on, as the sandbox has it.
   */
  readonly closings: 'next-open' | 'at-close';
  /** Of market orders, in hundredths of a per cent, against us. */
  readonly slippageBps: number;
  /** Hundredths of a per cent of a bar's volume that one limit order may take; null takes all it wants. */
  readonly maxParticipationBps: number | null;
  readonly fees: FeeRates;
  /** What borrowed shares cost a year, in hundredths of a per cent of their value, charged at each close. */
  readonly borrowBpsPerYear: number;
}

export interface BacktestOptions {
  readonly startingCash: Usd;
  readonly fills: FillModel;
  /** Buying power as a multiple of equity. */
  readonly marginMultiplier: number;
  readonly notShortable: ReadonlySet<Ticker>;
  readonly sectors: ReadonlyMap<Ticker, string>;
  /** The sessions before it only warm the features up; null trades from the first bar on. */
  readonly tradeFrom: SessionDate | null;
  /**
   * What follows a halt at the limit from the peak, which in life waits for a person. resume: at the next
   * session's open, measured anew from there. stay: no entry is made any more.
   */
  readonly afterPeakHalt: 'resume' | 'stay';
  /** A lived day that the run follows, and whose state it begins with; null begins with the starting cash alone. */
  readonly recording: Recording | null;
}

const DEFAULT_FILLS: FillModel = {
  limitFill: 'penetrate',
  closings: 'next-open',
  slippageBps: 2,
  maxParticipationBps: 1_000,
  fees: FEE_RATES_2026,
  borrowBpsPerYear: 30,
};

/** The sandbox's own: no slippage, no cap on volume, and closings that do not wait for a bar. */
export const SANDBOX_FILLS: FillModel = {
  limitFill: 'penetrate',
  closings: 'at-close',
  slippageBps: 0,
  maxParticipationBps: null,
  fees: FEE_RATES_2026,
  borrowBpsPerYear: 0,
};

export const DEFAULT_OPTIONS: BacktestOptions = {
  startingCash: micros(100_000_000_000),
  fills: DEFAULT_FILLS,
  marginMultiplier: 4,
  notShortable: new Set(),
  sectors: new Map(),
  tradeFrom: null,
  afterPeakHalt: 'resume',
  recording: null,
};
