import type { KeyFigures } from '#backtest/metrics/measure.ts';
import type { SessionEquity } from '#backtest/result.ts';
import type { Coordinates } from '#core/parameter-axes.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { SessionDate } from '#core/session.ts';

import type { Bootstrap } from './statistics/bootstrap.ts';
import type { Overfitting } from './statistics/overfitting.ts';
import type { Axis, HeatMap, SurfacePoint } from './surface.ts';
import type { Verdict } from './verdict.ts';
import type { AxisStability, SessionSpan } from './walk-forward.ts';

/** What a search found; plain data. */
export interface FoundPoint extends SurfacePoint {
  readonly figures: KeyFigures;
}

/** The middle of the plateau, which is recommended. */
export interface Recommendation {
  readonly coordinates: Coordinates;
  readonly parameters: StrategyParameters;
  /** Of the objective: mean of the point and its neighbours, and how many points that is. */
  readonly smoothed: number;
  readonly points: number;
  /** The single highest point, which is most likely to be luck. */
  readonly peak: Coordinates;
}

/** The same run twice, once with less to see: trades that are not in both. */
export interface SelfCheck {
  /** The session from which on, or up to which, less was seen. */
  readonly at: SessionDate;
  readonly trades: number;
  readonly differing: number;
}

/** How far a result can be trusted as it is. */
export interface SelfChecks {
  /** Null where nothing was run. */
  readonly lookAhead: SelfCheck | null;
  /** Null where there are too few sessions to halve the warm-up. */
  readonly warmUp: SelfCheck | null;
}

/** What all reports end in. */
export interface Judgement {
  readonly probabilisticSharpe: number | null;
  readonly deflatedSharpe: number | null;
  readonly overfitting: Overfitting | null;
  readonly bootstrap: Bootstrap | null;
  readonly verdict: Verdict;
  /** The verdict for a trader. */
  readonly sentence: string;
}

interface StudyReportBase extends Judgement, SelfChecks {
  readonly axes: readonly Axis[];
  readonly objective: string;
  readonly search: string;
  /** Points that were tried, on any part of the time. */
  readonly trials: number;
  readonly inSample: KeyFigures;
  readonly outOfSample: KeyFigures;
  /** Equity out of sample, in dollars at each session's close. */
  readonly equity: readonly SessionEquity[];
  /** Null where no neighbourhood is good on all its sides. */
  readonly recommended: Recommendation | null;
  /** What is to be known about what it stands on, a line each; missing where there is nothing. */
  readonly notes?: readonly string[];
}

export interface SweepReport extends StudyReportBase {
  readonly kind: 'sweep';
  readonly train: SessionSpan;
  readonly test: SessionSpan;
  /** In the order of the grid. */
  readonly points: readonly FoundPoint[];
  readonly neighbours: readonly FoundPoint[];
  /** Of the first two axes, the best over all others; null where there are no two. */
  readonly heatMap: HeatMap | null;
}

export interface WindowReport {
  readonly train: SessionSpan;
  readonly test: SessionSpan;
  /** Null where no plateau was found: nothing is traded then. */
  readonly choice: Coordinates | null;
  readonly inSample: KeyFigures;
  readonly outOfSample: KeyFigures;
}

export interface WalkForwardReport extends StudyReportBase {
  readonly kind: 'walk-forward';
  readonly windows: readonly WindowReport[];
  readonly stability: readonly AxisStability[];
  /** Annual return of all tests over that of all trainings; null where that is too little to be divided by. */
  readonly efficiency: number | null;
}

export type StudyReport = SweepReport | WalkForwardReport;

/** A report with more that is to be known. */
export const withNotes = (report: StudyReport, notes: readonly string[]): StudyReport =>
  notes.length === 0 ? report : { ...report, notes: [...(report.notes ?? []), ...notes] };
