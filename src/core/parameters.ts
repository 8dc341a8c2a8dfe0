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
  /** Sessions whose daily bars make the volume profile. */
  readonly volumeProfileDays: number;
  /** What the width of a bucket of the profile is: dollars, or per cent of the price. */
  readonly volumeBucketUnit: 'dollars' | 'percent';
  readonly volumeBucketWidth: number;
  /** A bucket with more than this many times the average volume is a high-volume node. */
  readonly volumeNodeFactor: number;
  /** An entry must be within so many buckets of a node. */
  readonly volumeNodeReach: number;
  /** After a stop-out, its symbol is not entered for so long; 0 for no cooldown. */
  readonly cooldownMinutes: number;
  /** So many stop-outs of any symbols … */
  readonly streakStopOuts: number;
  /** … within so many minutes … */
  readonly streakWindowMinutes: number;
  /** … keep all entries away for so many minutes after the last of them; 0 for no such pause. */
  readonly streakPauseMinutes: number;
  /** Open positions and pending entries together. */
  readonly maxOpenPositions: number;
  /** With n open positions, k of them in the symbol's sector, k must be below this share of n. */
  readonly maxSectorShare: number;
  /** Daily returns that a correlation is measured over, and how few of them are too few. */
  readonly correlationDays: number;
  readonly correlationMinDays: number;
  /** With an open position, −1 to 1. */
  readonly maxCorrelation: number;
  /** fixed: `riskBps` always; win-rate: by the tiers below, `riskBps` where none applies. */
  readonly sizing: 'fixed' | 'win-rate';
  /** Of equity, risked from entry to stop. */
  readonly riskBps: number;
  /** Closed trades that the win rate is taken of, and how few of them are too few. */
  readonly winRateTrades: number;
  readonly winRateMinTrades: number;
  /** A win rate above these limits risks more, below the last one less; all strict. */
  readonly topWinRatePercent: number;
  readonly topRiskBps: number;
  readonly goodWinRatePercent: number;
  readonly goodRiskBps: number;
  readonly poorWinRatePercent: number;
  readonly poorRiskBps: number;
  /** Of equity. */
  readonly maxPositionBps: number;
  /** All positions and pending entries together, of equity. */
  readonly maxExposureBps: number;
  readonly allowShort: boolean;
  /** The stop trails once the best price since entry was so many R away … */
  readonly trailFromR: number;
  /** … so many R behind it … */
  readonly trailBehindR: number;
  /** … and moves by no less than so many R at a time. */
  readonly trailMinStepR: number;
  /** A trade that is so old … */
  readonly timeExitMinutes: number;
  /** … and has moved less than so many per cent, either way, is closed; 0 minutes for never. */
  readonly timeExitPercent: number;
  readonly endOfDay: 'flatten' | 'hold';
  /** Before the close. */
  readonly flattenMinutes: number;
  /** Fall of equity since the session's open that halts entries for the session, in per cent. */
  readonly dailyDrawdownPercent: number;
  /** Fall of equity from its peak that halts entries until someone resumes, in per cent. */
  readonly peakDrawdownPercent: number;
  /** Parts of either limit that are warned at, in per cent of it. */
  readonly drawdownFirstWarningPercent: number;
  readonly drawdownSecondWarningPercent: number;
  /** By how much of the limit, in per cent of it, equity must recover before a crossing is told again. */
  readonly drawdownHysteresisPercent: number;
  /** What a breach does to open positions. */
  readonly drawdownPolicy: 'keep' | 'flatten';
  /** A price so many per cent away from the last settled bar's close is not believed. */
  readonly absurdMovePercent: number;
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
  volumeProfileDays: 20,
  volumeBucketUnit: 'dollars',
  volumeBucketWidth: 1,
  volumeNodeFactor: 1.5,
  volumeNodeReach: 2,
  cooldownMinutes: 30,
  streakStopOuts: 4,
  streakWindowMinutes: 60,
  streakPauseMinutes: 60,
  maxOpenPositions: 10,
  maxSectorShare: 0.4,
  correlationDays: 60,
  correlationMinDays: 20,
  maxCorrelation: 0.8,
  sizing: 'win-rate',
  riskBps: 100,
  winRateTrades: 20,
  winRateMinTrades: 10,
  topWinRatePercent: 65,
  topRiskBps: 150,
  goodWinRatePercent: 55,
  goodRiskBps: 120,
  poorWinRatePercent: 45,
  poorRiskBps: 50,
  maxPositionBps: 2_500,
  maxExposureBps: 20_000,
  allowShort: true,
  trailFromR: 1.5,
  trailBehindR: 1,
  trailMinStepR: 0.1,
  timeExitMinutes: 120,
  timeExitPercent: 0.5,
  endOfDay: 'flatten',
  flattenMinutes: 5,
  dailyDrawdownPercent: 3,
  peakDrawdownPercent: 5,
  drawdownFirstWarningPercent: 50,
  drawdownSecondWarningPercent: 75,
  drawdownHysteresisPercent: 10,
  drawdownPolicy: 'keep',
  absurdMovePercent: 20,
};
