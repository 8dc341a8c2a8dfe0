import type { Bar } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';
import type { Usd } from '#core/money.ts';
import type { PositionSide } from '#core/order.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

export interface EquityPoint {
  readonly at: EpochMs;
  readonly equity: Usd;
}

/** The account's equity over time, with its fall from the highest point so far below it. */
export interface EquityChart {
  readonly kind: 'equity';
  /** "Tuesday's session": shortened where it does not fit the width. */
  readonly title: string;
  /** In order of time. */
  readonly points: readonly EquityPoint[];
  /** Equity at the session's open, as a line to compare with; null leaves it out. */
  readonly sessionOpen: Usd | null;
  /** The equity at which entries halt, as a line; null leaves it out. */
  readonly haltsAt: Usd | null;
}

/** A moving average beside its bars: one value a bar, null where it is not warm yet. */
export interface ChartAverage {
  /** Bars. */
  readonly period: number;
  readonly values: readonly (number | null)[];
}

/** Where the stop was from an instant on. */
export interface StopStep {
  readonly at: EpochMs;
  readonly price: Usd;
}

/** A trade's levels, drawn from its entry to `until`, or to the last bar while it is open. */
export interface ChartPosition {
  readonly side: PositionSide;
  readonly openedAt: EpochMs;
  readonly until: EpochMs | null;
  readonly entryPrice: Usd;
  /** In order of time; the first is the plan's stop. Empty: none is drawn. */
  readonly stops: readonly StopStep[];
  readonly targetPrice: Usd | null;
}

export interface ChartFill {
  readonly at: EpochMs;
  readonly role: 'entry' | 'exit';
  readonly price: Usd;
  /** Shares. */
  readonly quantity: number;
}

/** A symbol's bars with one trade in it: what happened, and where its bracket was. */
export interface CandlesChart {
  readonly kind: 'candles';
  readonly symbol: Ticker;
  /** "NVDA long, 100 shares": shortened where it does not fit the width. */
  readonly title: string;
  /** Of one bar. */
  readonly barMinutes: number;
  /** In order of time; gaps between sessions are not drawn. */
  readonly bars: readonly Bar[];
  readonly averages: { readonly fast: ChartAverage; readonly slow: ChartAverage } | null;
  readonly position: ChartPosition | null;
  readonly fills: readonly ChartFill[];
}

export interface ChartDay {
  readonly date: SessionDate;
  /** Realized on that day. */
  readonly pnl: Usd;
}

/** Profit and loss of each day, with its sum so far. */
export interface PerformanceChart {
  readonly kind: 'performance';
  /** "Last 30 days": shortened where it does not fit the width. */
  readonly title: string;
  /** In order of date, also those without a trade. */
  readonly days: readonly ChartDay[];
}

export type ChartSpec = EquityChart | CandlesChart | PerformanceChart;

export interface ChartImage {
  readonly png: Uint8Array;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** The figures in a sentence, for those who cannot see the picture. */
  readonly altText: string;
  /** `nvda-candles.png`: letters, digits and hyphens. */
  readonly fileName: string;
}

/**
 * unfit: the facts cannot be drawn. late: not done in time. crashed: the drawing failed. busy: too many
 * wait already. unavailable: drawing cannot be started on this machine, or was closed.
 */
export type ChartFailureCode = 'unfit' | 'late' | 'crashed' | 'busy' | 'unavailable';

export type ChartResult =
  | { readonly ok: true; readonly image: ChartImage }
  | {
      readonly ok: false;
      readonly code: ChartFailureCode;
      /** A sentence for the log. */
      readonly why: string;
    };

/** Pictures of facts. One that fails is an ordinary result: it must never keep a message from being sent. */
export interface Charts {
  /** Never rejects. */
  render(chart: ChartSpec): Promise<ChartResult>;
}
