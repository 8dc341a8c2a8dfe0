import type { Asset } from './account.ts';
import {
  ASSET_BITS,
  FILTER_FORMS,
  filterOfCode,
  isFilterName,
  RECORD_VERSION,
  RECORDED_FEATURES,
  WORDS_FOR_NUMBERS,
} from './decision-record-form.ts';
import type { EntryFilterName, Evidence, Features, FilterResult } from './decision.ts';
import type { Ticker } from './ids.ts';

/** What a record tells again. */
export interface RecordedEvidence extends Evidence {
  readonly asset: Asset | null;
  /** Whether numbers of filters were left out, or texts among them shortened, to keep it small. */
  readonly isCut: boolean;
  /** Whether features and asset are exact, so that the decision can be computed from them again. */
  readonly isExact: boolean;
}

/** The evidence that a record holds, of any version so far; null when it cannot be read. */
export function readDecisionRecord(record: unknown, symbol: Ticker): RecordedEvidence | null {
  if (!Array.isArray(record)) return readFirstVersion(record);
  const [version, features, side, confidence, asset, filters, cut] = record as readonly unknown[];
  if (version !== RECORD_VERSION || !Array.isArray(filters)) return null;
  const verdicts = filters.map(verdictOf);
  if (!verdicts.every((verdict) => verdict !== null)) return null;
  return {
    features: Array.isArray(features) ? featuresFrom(features, exactNumber) : null,
    side: sideOf(side),
    confidence: confidence === null ? null : exactNumber(confidence),
    asset: typeof asset === 'number' ? assetOf(asset, symbol) : null,
    filters: verdicts,
    isCut: cut !== 0,
    isExact: true,
  };
}

const sideOf = (value: unknown): Evidence['side'] =>
  value === 'long' || value === 'short' ? value : null;

/** A feature that a record has no place for is NaN: it was not computed yet. */
function featuresFrom(
  values: readonly unknown[],
  numberOf: (value: unknown) => number,
  names: readonly (keyof Features)[] = RECORDED_FEATURES,
): Features {
  const entries = RECORDED_FEATURES.map((name) => {
    const place = names.indexOf(name);
    return [name, place < 0 ? Number.NaN : numberOf(values[place])] as const;
  });
  // The list of names is complete, which a test pins.
  return Object.fromEntries(entries) as unknown as Features;
}

function exactNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  const words: Readonly<Record<string, number>> = WORDS_FOR_NUMBERS;
  return typeof value === 'string' ? (words[value] ?? Number.NaN) : Number.NaN;
}

const assetOf = (bits: number, symbol: Ticker): Asset => ({
  symbol,
  tradable: (bits & ASSET_BITS.tradable) !== 0,
  shortable: (bits & ASSET_BITS.shortable) !== 0,
  hardToBorrow: (bits & ASSET_BITS.hardToBorrow) !== 0,
});

function verdictOf(value: unknown): FilterResult | null {
  if (!Array.isArray(value)) return null;
  const [code, passed, ...values] = value as readonly unknown[];
  const filter = filterOfCode(code);
  if (filter === null) return null;
  return { filter, passed: passed === 1, numbers: numbersOf(filter, values) };
}

type Numbers = FilterResult['numbers'];

function numbersOf(filter: EntryFilterName, values: readonly unknown[]): Numbers {
  const names = FILTER_FORMS[filter].numbers;
  const placed = names.flatMap((name, place) => {
    const value = values[place];
    return isNumber(value) ? [[name, value] as const] : [];
  });
  // Those without a place come last, wherever that was when the record was written.
  return { ...Object.fromEntries(placed), ...othersFrom(values.at(-1)) };
}

const othersFrom = (value: unknown): Numbers =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([name, part]) => (isNumber(part) ? [[name, part]] : [])),
      )
    : {};

const isNumber = (value: unknown): value is Numbers[string] =>
  value === null ||
  typeof value === 'number' ||
  typeof value === 'string' ||
  typeof value === 'boolean';

/** The order of the features before records had a version; the bar's end was not among them. */
const FIRST_FEATURES = RECORDED_FEATURES.filter((name) => name !== 'barEnd');

/** As records were before they had a version: named, and with the features rounded. */
function readFirstVersion(record: unknown): RecordedEvidence | null {
  if (typeof record !== 'object' || record === null) return null;
  const old: Readonly<Record<string, unknown>> = { ...record };
  if (!Array.isArray(old['filters'])) return null;
  const filters = old['filters'].map(firstVerdictOf);
  if (!filters.every((verdict) => verdict !== null)) return null;
  const barEnd = filters.find(({ filter }) => filter === 'freshness')?.numbers['featuresBarEnd'];
  return {
    features: Array.isArray(old['features'])
      ? { ...firstFeatures(old['features']), barEnd: exactNumber(barEnd) }
      : null,
    side: sideOf(old['side']),
    confidence: typeof old['confidence'] === 'number' ? old['confidence'] : null,
    asset: null,
    filters,
    isCut: false,
    isExact: false,
  };
}

/** No crossing yet was written as nothing. */
const since = (bars: number): number => (Number.isNaN(bars) ? Number.POSITIVE_INFINITY : bars);

function firstFeatures(values: readonly unknown[]): Features {
  const read = featuresFrom(values, exactNumber, FIRST_FEATURES);
  return {
    ...read,
    barsSinceCrossUp: since(read.barsSinceCrossUp),
    barsSinceCrossDown: since(read.barsSinceCrossDown),
  };
}

function firstVerdictOf(value: unknown): FilterResult | null {
  if (!Array.isArray(value)) return null;
  const [filter, passed, numbers] = value as readonly unknown[];
  if (!isFilterName(filter)) return null;
  return { filter, passed: passed === true, numbers: othersFrom(numbers) };
}
