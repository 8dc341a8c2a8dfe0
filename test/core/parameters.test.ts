import { describe, expect, it } from 'vitest';

import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';

/** Every figure of the strategy once more, so that none changes by accident. */
const DEFAULTS: readonly (readonly [
  keyof StrategyParameters,
  StrategyParameters[keyof StrategyParameters],
])[] = [
  ['barMinutes', 5],
  ['emaFast', 9],
  ['emaSlow', 21],
  ['atrPeriod', 14],
  ['atrAveragePeriod', 20],
  ['adxPeriod', 14],
  ['relativeVolumePeriod', 20],
  ['trendBarMinutes', 15],
  ['crossWithinBars', 3],
  ['confidenceThreshold', 70],
  ['noEntryFirstMinutes', 5],
  ['noEntryLastMinutes', 15],
  ['stopAtrs', 2.5],
  ['targetAtrs', 4],
  ['trendingAdx', 25],
  ['trendingStopAtrs', 2],
  ['trendingTargetAtrs', 5],
  ['choppyAdx', 20],
  ['choppyStopAtrs', 3],
  ['choppyTargetAtrs', 3.5],
  ['volatileFactor', 1.2],
  ['scaleOutPercent', 50],
  ['scaleOutAtR', 2],
  ['entryLimitBps', 5],
  ['volumeProfileDays', 20],
  ['volumeBucketUnit', 'dollars'],
  ['volumeBucketWidth', 1],
  ['volumeNodeFactor', 1.5],
  ['volumeNodeReach', 2],
  ['cooldownMinutes', 30],
  ['streakStopOuts', 4],
  ['streakWindowMinutes', 60],
  ['streakPauseMinutes', 60],
  ['maxOpenPositions', 10],
  ['maxSectorShare', 0.4],
  ['correlationDays', 60],
  ['correlationMinDays', 20],
  ['maxCorrelation', 0.8],
  ['sizing', 'win-rate'],
  ['riskBps', 100],
  ['winRateTrades', 20],
  ['winRateMinTrades', 10],
  ['topWinRatePercent', 65],
  ['topRiskBps', 150],
  ['goodWinRatePercent', 55],
  ['goodRiskBps', 120],
  ['poorWinRatePercent', 45],
  ['poorRiskBps', 50],
  ['maxPositionBps', 2500],
  ['maxExposureBps', 20000],
  ['allowShort', true],
  ['trailFromR', 1.5],
  ['trailBehindR', 1],
  ['trailMinStepR', 0.1],
  ['timeExitMinutes', 120],
  ['timeExitPercent', 0.5],
  ['endOfDay', 'flatten'],
  ['flattenMinutes', 5],
  ['dailyDrawdownPercent', 3],
  ['peakDrawdownPercent', 5],
  ['drawdownFirstWarningPercent', 50],
  ['drawdownSecondWarningPercent', 75],
  ['drawdownHysteresisPercent', 10],
  ['drawdownPolicy', 'keep'],
  ['absurdMovePercent', 20],
];

describe('the defaults of the strategy', () => {
  it.each(DEFAULTS)('%s is %s', (name, value) => {
    expect(DEFAULT_PARAMETERS[name]).toBe(value);
  });

  it('are all in this table', () => {
    const names = DEFAULTS.map(([name]) => name);
    expect(Object.keys(DEFAULT_PARAMETERS).toSorted()).toEqual(names.toSorted());
  });
});
