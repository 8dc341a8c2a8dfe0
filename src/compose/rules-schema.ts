import { z } from 'zod';

import { limitWords, PARAMETER_LIMITS } from '#core/parameter-limits.ts';
import type { ParameterName } from '#core/parameter-limits.ts';
import { DEFAULT_PARAMETERS as DEFAULTS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';

type Limits = typeof PARAMETER_LIMITS;
type Name<Kind> = {
  [Each in ParameterName]: Limits[Each] extends { readonly kind: Kind } ? Each : never;
}[ParameterName];

const figure = (name: Name<'number'>) => {
  const { isWhole, min, max } = PARAMETER_LIMITS[name];
  const error = limitWords(PARAMETER_LIMITS[name]);
  const number = isWhole ? z.int({ error }) : z.number({ error });
  return number.min(min, { error }).max(max, { error }).default(DEFAULTS[name]);
};

const choice = <const Value extends number | string | boolean>(limit: {
  readonly kind: 'choice';
  readonly values: readonly Value[];
}) => z.literal([...limit.values], { error: limitWords(limit) });

/** The figures of the strategy that a team may change, each within what still makes sense. */
export const rules = z.strictObject(
  {
    barMinutes: choice(PARAMETER_LIMITS.barMinutes).default(DEFAULTS.barMinutes),
    emaFast: figure('emaFast'),
    emaSlow: figure('emaSlow'),
    atrPeriod: figure('atrPeriod'),
    atrAveragePeriod: figure('atrAveragePeriod'),
    adxPeriod: figure('adxPeriod'),
    relativeVolumePeriod: figure('relativeVolumePeriod'),
    trendBarMinutes: figure('trendBarMinutes'),
    crossWithinBars: figure('crossWithinBars'),
    confidenceThreshold: figure('confidenceThreshold'),
    noEntryFirstMinutes: figure('noEntryFirstMinutes'),
    noEntryLastMinutes: figure('noEntryLastMinutes'),
    stopAtrs: figure('stopAtrs'),
    targetAtrs: figure('targetAtrs'),
    trendingAdx: figure('trendingAdx'),
    trendingStopAtrs: figure('trendingStopAtrs'),
    trendingTargetAtrs: figure('trendingTargetAtrs'),
    choppyAdx: figure('choppyAdx'),
    choppyStopAtrs: figure('choppyStopAtrs'),
    choppyTargetAtrs: figure('choppyTargetAtrs'),
    volatileFactor: figure('volatileFactor'),
    scaleOutPercent: figure('scaleOutPercent'),
    scaleOutAtR: figure('scaleOutAtR'),
    entryLimitBps: figure('entryLimitBps'),
    volumeProfileDays: figure('volumeProfileDays'),
    volumeBucketUnit: choice(PARAMETER_LIMITS.volumeBucketUnit).default(DEFAULTS.volumeBucketUnit),
    volumeBucketWidth: figure('volumeBucketWidth'),
    volumeNodeFactor: figure('volumeNodeFactor'),
    volumeNodeReach: figure('volumeNodeReach'),
    cooldownMinutes: figure('cooldownMinutes'),
    streakStopOuts: figure('streakStopOuts'),
    streakWindowMinutes: figure('streakWindowMinutes'),
    streakPauseMinutes: figure('streakPauseMinutes'),
    maxOpenPositions: figure('maxOpenPositions'),
    maxSectorShare: figure('maxSectorShare'),
    correlationDays: figure('correlationDays'),
    correlationMinDays: figure('correlationMinDays'),
    maxCorrelation: figure('maxCorrelation'),
    sizing: choice(PARAMETER_LIMITS.sizing).default(DEFAULTS.sizing),
    riskBps: figure('riskBps'),
    winRateTrades: figure('winRateTrades'),
    winRateMinTrades: figure('winRateMinTrades'),
    topWinRatePercent: figure('topWinRatePercent'),
    topRiskBps: figure('topRiskBps'),
    goodWinRatePercent: figure('goodWinRatePercent'),
    goodRiskBps: figure('goodRiskBps'),
    poorWinRatePercent: figure('poorWinRatePercent'),
    poorRiskBps: figure('poorRiskBps'),
    maxPositionBps: figure('maxPositionBps'),
    maxExposureBps: figure('maxExposureBps'),
    allowShort: choice(PARAMETER_LIMITS.allowShort).default(DEFAULTS.allowShort),
    trailFromR: figure('trailFromR'),
    trailBehindR: figure('trailBehindR'),
    trailMinStepR: figure('trailMinStepR'),
    timeExitMinutes: figure('timeExitMinutes'),
    timeExitPercent: figure('timeExitPercent'),
    endOfDay: choice(PARAMETER_LIMITS.endOfDay).default(DEFAULTS.endOfDay),
    flattenMinutes: figure('flattenMinutes'),
    dailyDrawdownPercent: figure('dailyDrawdownPercent'),
    peakDrawdownPercent: figure('peakDrawdownPercent'),
    drawdownFirstWarningPercent: figure('drawdownFirstWarningPercent'),
    drawdownSecondWarningPercent: figure('drawdownSecondWarningPercent'),
    drawdownHysteresisPercent: figure('drawdownHysteresisPercent'),
    drawdownPolicy: choice(PARAMETER_LIMITS.drawdownPolicy).default(DEFAULTS.drawdownPolicy),
    absurdMovePercent: figure('absurdMovePercent'),
  } satisfies Record<keyof StrategyParameters, z.ZodType>,
  { error: 'must be an object with the rules to change, like { "emaFast": 9 }' },
);
