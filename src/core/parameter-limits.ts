import type { StrategyParameters } from './parameters.ts';

/** What a parameter may be. */
export type ParameterLimit =
  | {
      readonly kind: 'number';
      readonly isWhole: boolean;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'choice'; readonly values: readonly (number | string | boolean)[] };

const within = (min: number, max: number) =>
  ({ kind: 'number', isWhole: false, min, max }) as const;
const whole = (min: number, max: number) => ({ kind: 'number', isWhole: true, min, max }) as const;
const oneOf = <const Values extends readonly (number | string | boolean)[]>(...values: Values) =>
  ({ kind: 'choice', values }) as const;

/** Each figure of the strategy within what still makes sense; both ends included. */
export const PARAMETER_LIMITS = {
  barMinutes: oneOf(5, 15),
  emaFast: whole(2, 100),
  emaSlow: whole(3, 200),
  atrPeriod: whole(2, 100),
  atrAveragePeriod: whole(2, 200),
  adxPeriod: whole(2, 100),
  relativeVolumePeriod: whole(2, 200),
  trendBarMinutes: whole(5, 60),
  crossWithinBars: whole(1, 20),
  confidenceThreshold: within(0, 100),
  noEntryFirstMinutes: whole(0, 180),
  noEntryLastMinutes: whole(0, 180),
  stopAtrs: within(0.5, 20),
  targetAtrs: within(0.5, 40),
  trendingAdx: within(0, 100),
  trendingStopAtrs: within(0.5, 20),
  trendingTargetAtrs: within(0.5, 40),
  choppyAdx: within(0, 100),
  choppyStopAtrs: within(0.5, 20),
  choppyTargetAtrs: within(0.5, 40),
  volatileFactor: within(1, 5),
  scaleOutPercent: whole(0, 90),
  scaleOutAtR: within(0.5, 20),
  entryLimitBps: within(0, 200),
  volumeProfileDays: whole(5, 60),
  volumeBucketUnit: oneOf('dollars', 'percent'),
  volumeBucketWidth: within(0.01, 100),
  volumeNodeFactor: within(0, 20),
  volumeNodeReach: whole(0, 1_000),
  cooldownMinutes: whole(0, 1_440),
  streakStopOuts: whole(1, 50),
  streakWindowMinutes: whole(1, 1_440),
  streakPauseMinutes: whole(0, 1_440),
  maxOpenPositions: whole(1, 200),
  maxSectorShare: within(0, 1),
  correlationDays: whole(5, 250),
  correlationMinDays: whole(3, 250),
  maxCorrelation: within(-1, 1),
  sizing: oneOf('fixed', 'win-rate'),
  riskBps: within(1, 500),
  winRateTrades: whole(1, 500),
  winRateMinTrades: whole(1, 500),
  topWinRatePercent: within(0, 100),
  topRiskBps: within(1, 500),
  goodWinRatePercent: within(0, 100),
  goodRiskBps: within(1, 500),
  poorWinRatePercent: within(0, 100),
  poorRiskBps: within(1, 500),
  maxPositionBps: within(1, 40_000),
  maxExposureBps: within(1, 40_000),
  allowShort: oneOf(true, false),
  trailFromR: within(0.1, 20),
  trailBehindR: within(0.1, 20),
  trailMinStepR: within(0, 5),
  timeExitMinutes: whole(0, 100_000),
  timeExitPercent: within(0, 100),
  endOfDay: oneOf('flatten', 'hold'),
  flattenMinutes: whole(1, 180),
  dailyDrawdownPercent: within(0.1, 100),
  peakDrawdownPercent: within(0.1, 100),
  drawdownFirstWarningPercent: within(1, 99),
  drawdownSecondWarningPercent: within(1, 99),
  drawdownHysteresisPercent: within(0, 50),
  drawdownPolicy: oneOf('keep', 'flatten'),
  absurdMovePercent: within(1, 100),
} as const satisfies Record<keyof StrategyParameters, ParameterLimit>;

export type ParameterName = keyof typeof PARAMETER_LIMITS;

/** Continues "it …". */
export function limitWords(limit: ParameterLimit): string {
  if (limit.kind === 'choice') return `must be ${limit.values.map(String).join(' or ')}`;
  return `must be a ${limit.isWhole ? 'whole number' : 'number'} from ${limit.min} to ${limit.max}`;
}

export function isWithin(limit: ParameterLimit, value: number | string | boolean): boolean {
  if (limit.kind === 'choice') return limit.values.includes(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  return value >= limit.min && value <= limit.max && (!limit.isWhole || Number.isInteger(value));
}
