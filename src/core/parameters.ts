/** Every figure of the strategy, as one object, so that a sweep can vary any of them. */
export interface StrategyParameters {
  readonly barMinutes: 5 | 15;
  readonly emaFast: number;
  readonly emaSlow: number;
  readonly atrPeriod: number;
  readonly atrAveragePeriod: number;
  readonly adxPeriod: number;
  readonly relativeVolumePeriod: number;
  readonly trendBarMinutes: number;
  /** A crossing counts as a signal within this many bars. */
  readonly crossWithinBars: number;
  /** 0–100. */
  readonly confidenceThreshold: number;
  /** No entries in the first and last minutes of a session. */
  readonly noEntryFirstMinutes: number;
  readonly noEntryLastMinutes: number;
  readonly stopAtrs: number;
  readonly targetAtrs: number;
  readonly trendingAdx: number;
  readonly trendingStopAtrs: number;
  readonly trendingTargetAtrs: number;
  readonly choppyAdx: number;
  readonly choppyStopAtrs: number;
  readonly choppyTargetAtrs: number;
  /** Both distances are multiplied by this when the ATR is above its average. */
  readonly volatileFactor: number;
  /** Part of a position that leaves early, in per cent; 0 lets all of it run. */
  readonly scaleOutPercent: number;
  /** Where it does, in multiples of R; only where the target lies beyond it. */
  readonly scaleOutAtR: number;
  /** How far through the decision price the entry's limit stands. */
  readonly entryLimitBps: number;
  readonly riskBps: number;
  /** Of equity. */
  readonly maxPositionBps: number;
  /** All positions and pending entries together, of equity. */
  readonly maxExposureBps: number;
  readonly allowShort: boolean;
}

export const DEFAULT_PARAMETERS: StrategyParameters = {
  barMinutes: 5,
  emaFast: 9,
  emaSlow: 21,
  atrPeriod: 14,
  atrAveragePeriod: 20,
  adxPeriod: 14,
  relativeVolumePeriod: 20,
  trendBarMinutes: 15,
  crossWithinBars: 3,
  confidenceThreshold: 70,
  noEntryFirstMinutes: 5,
  noEntryLastMinutes: 15,
  stopAtrs: 2.5,
  targetAtrs: 4,
  trendingAdx: 25,
  trendingStopAtrs: 2,
  trendingTargetAtrs: 5,
  choppyAdx: 20,
  choppyStopAtrs: 3,
  choppyTargetAtrs: 3.5,
  volatileFactor: 1.2,
  scaleOutPercent: 50,
  scaleOutAtR: 2,
  entryLimitBps: 5,
  riskBps: 100,
  maxPositionBps: 2_500,
  maxExposureBps: 20_000,
  allowShort: true,
};
