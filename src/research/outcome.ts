import type { KeyFigures } from '#backtest/metrics/measure.ts';

/** What one point came to on one span; plain data, so that it goes to other threads and into the ledger. */
export interface PointOutcome {
  readonly figures: KeyFigures;
  /** Session by session, as fractions of equity. */
  readonly returns: readonly number[];
}
