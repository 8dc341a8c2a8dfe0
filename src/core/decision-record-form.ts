import type { EntryFilterName, Features } from './decision.ts';

/** What a record begins with, so that it can be read when its form has changed. */
export const RECORD_VERSION = 1;

/**
 * The order of the features in a record of version 1. A new feature goes to the end, where a record without
 * it is still readable; anything else needs a new version.
 */
export const RECORDED_FEATURES = [
  'barEnd',
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
] as const satisfies readonly (keyof Features)[];

/** How a filter's verdict is written: by a number for its name, and its numbers by their places. */
interface FilterForm {
  readonly code: number;
  /** A number that is not named here is written with its name. New names go to the end. */
  readonly numbers: readonly string[];
}

/** Codes are never given twice; the order in which filters are asked may change without harm. */
export const FILTER_FORMS: Readonly<Record<EntryFilterName, FilterForm>> = {
  'warm-up': { code: 0, numbers: ['missing'] },
  freshness: { code: 1, numbers: ['barEnd', 'featuresBarEnd', 'minutesBehind'] },
  'entry-window': {
    code: 2,
    numbers: [
      'minutesSinceOpen',
      'minutesToClose',
      'noEntryFirstMinutes',
      'noEntryLastMinutes',
      'flattens',
    ],
  },
  confidence: {
    code: 3,
    numbers: ['confidence', 'threshold', 'trend', 'separation', 'direction', 'volume', 'vwap'],
  },
  'trend-15m': { code: 4, numbers: ['side', 'trendEmaFast', 'trendEmaSlow'] },
  'volume-profile': {
    code: 5,
    numbers: ['price', 'bucket', 'node', 'distance', 'width', 'days', 'needed', 'badBar'],
  },
  'one-position': { code: 6, numbers: ['hasPosition', 'hasPendingEntry'] },
  cooldown: { code: 7, numbers: ['cooldownUntil', 'minutesLeft', 'stopOuts', 'streakUntil'] },
  control: { code: 8, numbers: ['status', 'by', 'reason'] },
  readiness: { code: 9, numbers: ['impediments'] },
  drawdown: {
    code: 10,
    numbers: ['daily', 'dailyLimit', 'dailyBreached', 'peak', 'peakLimit', 'peakBreached'],
  },
  'position-cap': { code: 11, numbers: ['open', 'max'] },
  sector: { code: 12, numbers: ['sector', 'open', 'same', 'maxShare'] },
  correlation: { code: 13, numbers: ['correlation', 'with', 'days', 'max', 'minDays'] },
  size: {
    code: 14,
    numbers: [
      'equity',
      'riskBps',
      'tier',
      'trades',
      'wins',
      'riskBudget',
      'limitPrice',
      'stopPrice',
      'riskPerShare',
      'sharesByRisk',
      'cappedBy',
      'shares',
      'bracket',
    ],
  },
  broker: {
    code: 15,
    numbers: [
      'side',
      'isKnown',
      'tradable',
      'tradingBlocked',
      'shortable',
      'shortingEnabled',
      'allowShort',
    ],
  },
};

const NAMES: ReadonlyMap<number, EntryFilterName> = new Map(
  Object.entries(FILTER_FORMS).map(([name, { code }]) => [code, name as EntryFilterName]),
);

/** The filter of a code; null for a code of a later version of the bot. */
export const filterOfCode = (code: unknown): EntryFilterName | null =>
  (typeof code === 'number' ? NAMES.get(code) : undefined) ?? null;

export const isFilterName = (text: unknown): text is EntryFilterName =>
  typeof text === 'string' && Object.hasOwn(FILTER_FORMS, text);

/** What JSON has no number for, in a feature; null is NaN. */
export const WORDS_FOR_NUMBERS = {
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  '-0': -0,
} as const;

/** What the broker allows for a symbol, as bits of one number. */
export const ASSET_BITS = { tradable: 1, shortable: 2, hardToBorrow: 4 } as const;
