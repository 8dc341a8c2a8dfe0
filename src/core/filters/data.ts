import type { Features } from '../decision.ts';
import { isInstant, MINUTE_MS } from '../session.ts';
import type { DataQuestion, Verdict } from './question.ts';

/** Every feature has a value. */
export function askWarmUp({ features }: DataQuestion): Verdict {
  const missing = features === null ? ['bars'] : missingFrom(features);
  return { passed: missing.length === 0, numbers: { missing: missing.join(', ') || null } };
}

/** The features are those of this very bar. */
export function askFreshness({ snapshot: { barEnd }, features }: DataQuestion): Verdict {
  const featuresBarEnd = features?.barEnd ?? null;
  const minutesBehind = featuresBarEnd === null ? null : (barEnd - featuresBarEnd) / MINUTE_MS;
  return {
    passed: featuresBarEnd === barEnd && isInstant(barEnd),
    numbers: { barEnd, featuresBarEnd, minutesBehind },
  };
}

/**
 * Whether every feature has a value: the same question, without the names of those that have none. A sum is a
 * figure only where each of its parts is one.
 */
export function isWarm(features: Features): boolean {
  const { close, emaFast, emaSlow, atr, atrAverage, adx, plusDi, minusDi } = features;
  const { relativeVolume, vwap, trendEmaFast, trendEmaSlow } = features;
  const prices = close + emaFast + emaSlow + atr + atrAverage + vwap + trendEmaFast + trendEmaSlow;
  return (
    Number.isFinite(prices + adx + plusDi + minusDi + relativeVolume) &&
    !Number.isNaN(features.barsSinceCrossUp) &&
    !Number.isNaN(features.barsSinceCrossDown)
  );
}

const FIGURES = [
  'close',
  'emaFast',
  'emaSlow',
  'atr',
  'atrAverage',
  'adx',
  'plusDi',
  'minusDi',
  'relativeVolume',
  'vwap',
  'trendEmaFast',
  'trendEmaSlow',
] as const satisfies readonly (keyof Features)[];

/** Infinity means here that there was no crossing yet. */
const COUNTS = ['barsSinceCrossUp', 'barsSinceCrossDown'] as const;

/** The features that are not warm yet, or are no figures at all. */
const missingFrom = (features: Features): readonly string[] => [
  ...FIGURES.filter((name) => !Number.isFinite(features[name])),
  ...COUNTS.filter((name) => Number.isNaN(features[name])),
];
