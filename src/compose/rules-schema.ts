import { z } from 'zod';

import { DEFAULT_PARAMETERS as DEFAULTS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';

const within = (min: number, max: number) => {
  const error = `must be a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
};

const wholeWithin = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

const oneOf = <const Values extends readonly [string, string]>(...values: Values) =>
  z.enum(values, { error: `must be ${values.join(' or ')}` });

/** The figures of the strategy that a team may change, each within what still makes sense. */
export const rules = z.strictObject(
  {
    barMinutes: z.literal([5, 15], { error: 'must be 5 or 15' }).default(DEFAULTS.barMinutes),
    emaFast: wholeWithin(2, 100).default(DEFAULTS.emaFast),
    emaSlow: wholeWithin(3, 200).default(DEFAULTS.emaSlow),
    atrPeriod: wholeWithin(2, 100).default(DEFAULTS.atrPeriod),
    atrAveragePeriod: wholeWithin(2, 200).default(DEFAULTS.atrAveragePeriod),
    adxPeriod: wholeWithin(2, 100).default(DEFAULTS.adxPeriod),
    relativeVolumePeriod: wholeWithin(2, 200).default(DEFAULTS.relativeVolumePeriod),
    trendBarMinutes: wholeWithin(5, 60).default(DEFAULTS.trendBarMinutes),
    crossWithinBars: wholeWithin(1, 20).default(DEFAULTS.crossWithinBars),
    confidenceThreshold: within(0, 100).default(DEFAULTS.confidenceThreshold),
    noEntryFirstMinutes: wholeWithin(0, 180).default(DEFAULTS.noEntryFirstMinutes),
    noEntryLastMinutes: wholeWithin(0, 180).default(DEFAULTS.noEntryLastMinutes),
    stopAtrs: within(0.5, 20).default(DEFAULTS.stopAtrs),
    targetAtrs: within(0.5, 40).default(DEFAULTS.targetAtrs),
    trendingAdx: within(0, 100).default(DEFAULTS.trendingAdx),
    trendingStopAtrs: within(0.5, 20).default(DEFAULTS.trendingStopAtrs),
    trendingTargetAtrs: within(0.5, 40).default(DEFAULTS.trendingTargetAtrs),
    choppyAdx: within(0, 100).default(DEFAULTS.choppyAdx),
    choppyStopAtrs: within(0.5, 20).default(DEFAULTS.choppyStopAtrs),
    choppyTargetAtrs: within(0.5, 40).default(DEFAULTS.choppyTargetAtrs),
    volatileFactor: within(1, 5).default(DEFAULTS.volatileFactor),
    scaleOutPercent: wholeWithin(0, 90).default(DEFAULTS.scaleOutPercent),
    scaleOutAtR: within(0.5, 20).default(DEFAULTS.scaleOutAtR),
    entryLimitBps: within(0, 200).default(DEFAULTS.entryLimitBps),
    volumeProfileDays: wholeWithin(5, 60).default(DEFAULTS.volumeProfileDays),
    volumeBucketUnit: oneOf('dollars', 'percent').default(DEFAULTS.volumeBucketUnit),
    volumeBucketWidth: within(0.01, 100).default(DEFAULTS.volumeBucketWidth),
    volumeNodeFactor: within(0, 20).default(DEFAULTS.volumeNodeFactor),
    volumeNodeReach: wholeWithin(0, 1_000).default(DEFAULTS.volumeNodeReach),
    cooldownMinutes: wholeWithin(0, 1_440).default(DEFAULTS.cooldownMinutes),
    streakStopOuts: wholeWithin(1, 50).default(DEFAULTS.streakStopOuts),
    streakWindowMinutes: wholeWithin(1, 1_440).default(DEFAULTS.streakWindowMinutes),
    streakPauseMinutes: wholeWithin(0, 1_440).default(DEFAULTS.streakPauseMinutes),
    maxOpenPositions: wholeWithin(1, 200).default(DEFAULTS.maxOpenPositions),
    maxSectorShare: within(0, 1).default(DEFAULTS.maxSectorShare),
    correlationDays: wholeWithin(5, 250).default(DEFAULTS.correlationDays),
    correlationMinDays: wholeWithin(3, 250).default(DEFAULTS.correlationMinDays),
    maxCorrelation: within(-1, 1).default(DEFAULTS.maxCorrelation),
    sizing: oneOf('fixed', 'win-rate').default(DEFAULTS.sizing),
    riskBps: within(1, 500).default(DEFAULTS.riskBps),
    winRateTrades: wholeWithin(1, 500).default(DEFAULTS.winRateTrades),
    winRateMinTrades: wholeWithin(1, 500).default(DEFAULTS.winRateMinTrades),
    topWinRatePercent: within(0, 100).default(DEFAULTS.topWinRatePercent),
    topRiskBps: within(1, 500).default(DEFAULTS.topRiskBps),
    goodWinRatePercent: within(0, 100).default(DEFAULTS.goodWinRatePercent),
    goodRiskBps: within(1, 500).default(DEFAULTS.goodRiskBps),
    poorWinRatePercent: within(0, 100).default(DEFAULTS.poorWinRatePercent),
    poorRiskBps: within(1, 500).default(DEFAULTS.poorRiskBps),
    maxPositionBps: within(1, 40_000).default(DEFAULTS.maxPositionBps),
    maxExposureBps: within(1, 40_000).default(DEFAULTS.maxExposureBps),
    allowShort: z.boolean({ error: 'must be true or false' }).default(DEFAULTS.allowShort),
    trailFromR: within(0.1, 20).default(DEFAULTS.trailFromR),
    trailBehindR: within(0.1, 20).default(DEFAULTS.trailBehindR),
    trailMinStepR: within(0, 5).default(DEFAULTS.trailMinStepR),
    timeExitMinutes: wholeWithin(0, 100_000).default(DEFAULTS.timeExitMinutes),
    timeExitPercent: within(0, 100).default(DEFAULTS.timeExitPercent),
    endOfDay: oneOf('flatten', 'hold').default(DEFAULTS.endOfDay),
    flattenMinutes: wholeWithin(1, 180).default(DEFAULTS.flattenMinutes),
    dailyDrawdownPercent: within(0.1, 100).default(DEFAULTS.dailyDrawdownPercent),
    peakDrawdownPercent: within(0.1, 100).default(DEFAULTS.peakDrawdownPercent),
    drawdownFirstWarningPercent: within(1, 99).default(DEFAULTS.drawdownFirstWarningPercent),
    drawdownSecondWarningPercent: within(1, 99).default(DEFAULTS.drawdownSecondWarningPercent),
    drawdownHysteresisPercent: within(0, 50).default(DEFAULTS.drawdownHysteresisPercent),
    drawdownPolicy: oneOf('keep', 'flatten').default(DEFAULTS.drawdownPolicy),
    absurdMovePercent: within(1, 100).default(DEFAULTS.absurdMovePercent),
  } satisfies Record<keyof StrategyParameters, z.ZodType>,
  { error: 'must be an object with the rules to change, like { "emaFast": 9 }' },
);
