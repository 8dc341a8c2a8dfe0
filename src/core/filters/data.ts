import type { Features } from '../decision.ts';
import { isInstant, MINUTE_MS } from '../session.ts';
import type { DataQuestion, EntryFilter } from './question.ts';

/** Every feature has a value. */
export const WARM_UP: EntryFilter<DataQuestion> = {
  name: 'warm-up',
  passes: ({ features }) => features !== null && isWarm(features),
  numbers({ features }) {
    const missing = features === null ? ['bars'] : missingFrom(features);
    return { missing: missing.join(', ') || null };
  },
};

/** The features are those of this very bar. */
export const FRESHNESS: EntryFilter<DataQuestion> = {
  name: 'freshness',
  passes: ({ snapshot: { barEnd }, features }) => features?.barEnd === barEnd && isInstant(barEnd),
  numbers({ snapshot: { barEnd }, features }) {
    const featuresBarEnd = features?.barEnd ?? null;
    return {
      barEnd,
      featuresBarEnd,
      minutesBehind: featuresBarEnd === null ? null : (barEnd - featuresBarEnd) / MINUTE_MS,
    };
  },
};

/** Whether every feature has a value: the same question, without the names of those that have none. */
export const isWarm = (features: Features): boolean =>
  arePrices(features) &&
  Number.isFinite(features.adx) &&
  Number.isFinite(features.plusDi) &&
  Number.isFinite(features.minusDi) &&
  Number.isFinite(features.relativeVolume) &&
  !Number.isNaN(features.barsSinceCrossUp) &&
  !Number.isNaN(features.barsSinceCrossDown);

const arePrices = (features: Features): boolean =>
  Number.isFinite(features.close) &&
  Number.isFinite(features.emaFast) &&
  Number.isFinite(features.emaSlow) &&
  Number.isFinite(features.atr) &&
  Number.isFinite(features.atrAverage) &&
  Number.isFinite(features.vwap) &&
  Number.isFinite(features.trendEmaFast) &&
  Number.isFinite(features.trendEmaSlow);

/**
 * The same at a bar after one at which all were known: only two of them can be lost again, the VWAP of a session
 * without volume, and the relative volume after bars without any.
 */
export const isStillWarm = ({ vwap, relativeVolume }: Features): boolean =>
  Number.isFinite(vwap) && Number.isFinite(relativeVolume);

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
