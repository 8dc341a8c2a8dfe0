import type { Decision, Features } from '#core/decision.ts';

type FeatureName = Exclude<keyof Features, 'barEnd'>;

/** The order of the features in a record. A new feature goes to the end, so that old records stay readable. */
const RECORDED_FEATURES = [
  'close',
  'emaFast',
  'emaSlow',
  'barsSinceCrossUp',
  'barsSinceCrossDown',
  'atr',
  'atrAverage',
  'adx',
  'plusDi',
  'minusDi',
  'relativeVolume',
  'vwap',
  'trendEmaFast',
  'trendEmaSlow',
] as const satisfies readonly FeatureName[];

type FilterNumber = number | string | boolean | null;

/**
 * What a decision stood on. Below 500 bytes without a signal, as nearly all are, and below 2 kB with every
 * filter asked: a year of 50 symbols makes a million of these.
 */
export interface DecisionRecord {
  /** In the order of RECORDED_FEATURES; null where a feature was not a finite number. */
  readonly features: readonly (number | null)[] | null;
  readonly side: string | null;
  readonly confidence: number | null;
  /** Name, whether it passed, and its numbers. */
  readonly filters: readonly (readonly [string, boolean, Readonly<Record<string, FilterNumber>>])[];
}

/** Whole numbers as they are, others to eight digits: finer than any price's tick. */
function compact(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return Number.isInteger(value) ? value : Number(value.toPrecision(8));
}

const compactAny = (value: FilterNumber): FilterNumber =>
  typeof value === 'number' ? compact(value) : value;

/** The record of a decision, without the intent, which its trade holds in full. */
export function decisionRecord({ evidence }: Decision): DecisionRecord {
  const { features, side, confidence, filters } = evidence;
  return {
    features: features && RECORDED_FEATURES.map((name) => compact(features[name])),
    side,
    confidence: confidence && compact(confidence),
    filters: filters.map(({ filter, passed, numbers }) => [
      filter,
      passed,
      Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, compactAny(value)])),
    ]),
  };
}
