import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { LuckTest } from '#core/study-words.ts';

import type { StudyId, StudyRequest, VerdictKind } from './studies.ts';

/** Of a span of time, after costs. */
export interface StudyFigures {
  readonly trades: number;
  readonly netPnl: Usd;
  readonly profitFactor: number | null;
  readonly expectancyR: number | null;
  /** Of a year. */
  readonly sharpe: number | null;
}

export interface StudySpan {
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly sessions: number;
}

/** Two axes of what was searched, with the best of all others in each cell; null where no point counts. */
export interface StudyHeatMap {
  readonly x: StudyAxis;
  readonly y: StudyAxis;
  /** Row by row of y. */
  readonly cells: readonly (readonly (number | null)[])[];
}

interface StudyAxis {
  readonly name: string;
  readonly values: readonly (number | string | boolean)[];
}

/** What a message has room for of a study that is done. */
export interface StudySummary {
  readonly verdict: VerdictKind;
  /** The verdict for a trader, without a full stop. */
  readonly sentence: string;
  readonly objective: string;
  readonly search: string;
  /** Points that were tried, on any part of the time. */
  readonly trials: number;
  /** Of a sweep, what it has chosen on and what it was tried on; null of a walk-forward. */
  readonly spans: { readonly train: StudySpan; readonly test: StudySpan } | null;
  /**
   * Of a walk-forward: how many, and the share of the annual return in training that the tests kept; null where that
   * is too little to be divided by.
   */
  readonly windows: { readonly count: number; readonly efficiency: number | null } | null;
  readonly inSample: StudyFigures;
  readonly outOfSample: StudyFigures;
  /** What the verdict asks of luck; missing in a message of before it was told. */
  readonly luck?: readonly LuckTest[];
  /** `stop=2.5 target=4`; null where nothing is recommended. */
  readonly recommended: string | null;
  readonly heatMap: StudyHeatMap | null;
  /** What is to be known about what it stands on, a line each; missing where there is nothing. */
  readonly notes?: readonly string[];
}

/** A parameter that a study wants to be another one. */
export interface ParameterChange {
  readonly name: keyof StrategyParameters;
  readonly from: StrategyParameters[keyof StrategyParameters];
  readonly to: StrategyParameters[keyof StrategyParameters];
}

export type StudyProgress =
  | {
      readonly status: 'queued';
      /** Whether any process does such work just now; null where nobody can say. */
      readonly isWorked: boolean | null;
    }
  | {
      readonly status: 'running';
      readonly isWorked: boolean | null;
      /** Runs that are done, and those that are known of; a search may find more to do. */
      readonly done: number;
      readonly tasks: number;
      /** By how it went so far; null while nobody can say. */
      readonly leftMs: number | null;
    }
  | {
      readonly status: 'done';
      readonly summary: StudySummary;
      /** Of what it recommends, against what was in force when it ended. */
      readonly changes: readonly ParameterChange[];
      readonly tookMs: number;
    }
  | { readonly status: 'failed'; readonly why: string }
  | {
      readonly status: 'cancelled';
      readonly by: string;
      readonly done: number;
      readonly tasks: number;
    };

/** A sweep or walk-forward that somebody has asked for in the channel; one message from the wish to the result. */
export interface StudyCard {
  readonly kind: 'study';
  readonly id: StudyId;
  readonly requestedBy: string;
  readonly request: Omit<StudyRequest, 'base' | 'sectors'>;
  readonly progress: StudyProgress;
  readonly at: EpochMs;
}
