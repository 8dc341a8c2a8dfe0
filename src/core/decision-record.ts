import type { Asset } from './account.ts';
import { clipLine } from './clip.ts';
import {
  ASSET_BITS,
  FILTER_FORMS,
  RECORD_VERSION,
  RECORDED_FEATURES,
  WORDS_FOR_NUMBERS,
} from './decision-record-form.ts';
import type { Decision, FilterResult } from './decision.ts';

/** The most that a record takes, as JSON in UTF-8. */
export const MAX_RECORD_BYTES = 1024;

/**
 * What a decision stood on, as JSON: `[version, features, side, confidence, asset, filters, cut]`.
 *
 * The features are exact, bit for bit, since the decision is computed from them again; so are confidence and
 * asset. A filter is `[code, passed, …its numbers]`, those to six significant digits: they are for people.
 * The intent is not in it: the cycle's intents are stored whole, beside its inputs.
 *
 * Measured over random walks; a year has 50 symbols, 78 bars and 252 sessions. Key, kind and index take some
 * hundred bytes a row besides.
 *
 * | decision                    | bytes a symbol and bar | a year |
 * | --------------------------- | ---------------------: | -----: |
 * | no signal (93 of 100)       |                    300 | 295 MB |
 * | refused for its confidence  |                    363 |        |
 * | all sixteen filters asked   |                    830 |        |
 * | on average                  |                    306 | 301 MB |
 * | at most                     |                   1024 | 1.0 GB |
 */
export type DecisionRecord = readonly unknown[];

/** The record of a decision about a symbol of which the broker said this. */
export function decisionRecord({ evidence }: Decision, asset: Asset | null): DecisionRecord {
  const { features, side, confidence, filters } = evidence;
  const head = [
    RECORD_VERSION,
    features && RECORDED_FEATURES.map((name) => exact(features[name])),
    side,
    // Nothing stands for none here, and so NaN needs a word.
    confidence === null ? null : (exact(confidence) ?? 'nan'),
    asset && bitsOf(asset),
  ];
  return fitting((room, cut) => [...head, filters.map((result) => verdict(result, room)), cut]);
}

/** A feature as JSON gives it back. */
function exact(value: number): number | string | null {
  if (Number.isNaN(value)) return null;
  if (Number.isFinite(value) && !Object.is(value, -0)) return value;
  const word = Object.entries(WORDS_FOR_NUMBERS).find(([, special]) => Object.is(special, value));
  return word?.[0] ?? null;
}

const bitsOf = (asset: Asset): number =>
  (asset.tradable ? ASSET_BITS.tradable : 0) +
  (asset.shortable ? ASSET_BITS.shortable : 0) +
  (asset.hardToBorrow ? ASSET_BITS.hardToBorrow : 0);

/** How long a text among a filter's numbers may be, in characters; null: none of its numbers are kept. */
interface Room {
  readonly passed: number | null;
  readonly refusing: number | null;
}

/** Tried in turn until the record fits; only long texts and strange numbers need more than the first. */
const ROOMS: readonly Room[] = [
  { passed: 160, refusing: 160 },
  { passed: 24, refusing: 120 },
  { passed: null, refusing: 120 },
  { passed: null, refusing: 24 },
  { passed: null, refusing: 8 },
  { passed: null, refusing: null },
];

function fitting(make: (room: Room, cut: number) => DecisionRecord): DecisionRecord {
  let made: DecisionRecord = [];
  for (const [cut, room] of ROOMS.entries()) {
    made = make(room, cut);
    if (fits(made)) break;
  }
  return made;
}

/** A character of JavaScript takes three bytes at most. */
function fits(record: DecisionRecord): boolean {
  const text = JSON.stringify(record);
  if (text.length * 3 <= MAX_RECORD_BYTES) return true;
  return new TextEncoder().encode(text).length <= MAX_RECORD_BYTES;
}

type FilterNumber = FilterResult['numbers'][string];

function verdict({ filter, passed, numbers }: FilterResult, rooms: Room): readonly unknown[] {
  const { code, numbers: names } = FILTER_FORMS[filter];
  const head = [code, passed ? 1 : 0];
  const room = passed ? rooms.passed : rooms.refusing;
  if (room === null) return head;
  const shorten = (value: FilterNumber) => short(value, room);
  const placed = names.map((name) =>
    // An empty list stands for a number that is not there.
    Object.hasOwn(numbers, name) ? shorten(numbers[name] ?? null) : [],
  );
  const others = Object.entries(numbers).filter(([name]) => !names.includes(name));
  if (others.length === 0) return [...head, ...withoutEmptyEnd(placed)];
  return [
    ...head,
    ...placed,
    Object.fromEntries(others.map(([name, value]) => [name, shorten(value)])),
  ];
}

function withoutEmptyEnd(values: readonly unknown[]): readonly unknown[] {
  const last = values.findLastIndex((value) => !Array.isArray(value));
  return values.slice(0, last + 1);
}

/** Whole numbers as they are, others to six digits, what is no number as null; of a text its beginning. */
function short(value: FilterNumber, room: number): FilterNumber {
  if (typeof value === 'string') return clipLine(storable(value), room);
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) return null;
  // Adding nothing takes the sign from minus zero, which JSON does not know.
  return Number.isSafeInteger(value) ? value + 0 : Number(value.toPrecision(6));
}

/** Without what no database takes: U+0000, and halves of surrogate pairs. */
const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();
