import type { FeatureParameters } from './feature-pipeline.ts';
import type { StrategyParameters } from './parameters.ts';

type Looks = Pick<StrategyParameters, 'volumeProfileDays' | 'correlationDays'>;

/** How many days before a session its decisions look at: a return takes two closes. */
export const daysOfView = ({ volumeProfileDays, correlationDays }: Looks): number =>
  Math.max(volumeProfileDays, correlationDays + 1);

/** A symbol's days are its last ones with a bar, so that days without one may lie among them. */
const SPARE_SESSIONS = 10;

/** Sessions before the first one that is traded, so that its decisions see all that they look at. */
export const warmUpSessions = (parameters: Looks & FeatureParameters): number =>
  Math.max(daysOfView(parameters) + SPARE_SESSIONS, featureSessions(parameters));

const LEAST_FEATURE_SESSIONS = 10;
const SESSION_MINUTES = 390;

/**
 * How many sessions before the current one features begin with in life, so that those of a backtest, which begin with
 * its first bar, are the same but for a millionth of what an average began with: as many more as the averages are slow.
 */
export function featureSessions(parameters: FeatureParameters): number {
  const { barMinutes, trendBarMinutes, emaFast, emaSlow } = parameters;
  const crossing = settledEma(Math.max(emaFast, emaSlow));
  const sessions = Math.max(
    sessionsOf(Math.max(crossing, shortBars(parameters)), barMinutes),
    sessionsOf(crossing, trendBarMinutes),
  );
  return Math.max(LEAST_FEATURE_SESSIONS, sessions);
}

/** Bars that the features take which are made of short bars alone. */
function shortBars(parameters: FeatureParameters): number {
  const { atrPeriod, atrAveragePeriod, adxPeriod, relativeVolumePeriod } = parameters;
  return Math.max(
    settledWilder(atrPeriod) + atrAveragePeriod,
    // An average of what is an average already.
    settledWilder(adxPeriod) + adxPeriod,
    relativeVolumePeriod + 1,
  );
}

const sessionsOf = (bars: number, minutes: number): number =>
  Math.ceil(bars / Math.floor(SESSION_MINUTES / minutes));

/** Of what an average began with, so much is left once it counts as settled. */
const LEFT = 1e-6;

/** Bars until an average is settled of which each bar leaves a part of what was there before. */
const settled = (period: number, kept: number): number => period + Math.log(LEFT) / Math.log(kept);

const settledEma = (period: number): number => settled(period, (period - 1) / (period + 1));
const settledWilder = (period: number): number => settled(period, (period - 1) / period);
