import { allowsEntries } from './control.ts';
import type {
  BracketPlan,
  EntryFilterName,
  Features,
  FilterResult,
  SizeArithmetic,
  Snapshot,
  SymbolSnapshot,
} from './decision.ts';
import { formatUsd } from './money.ts';
import { MINUTE_MS } from './session.ts';
import type { Signal } from './signal.ts';
import type { Book } from './sizing.ts';

type Verdict = Omit<FilterResult, 'filter'>;

/** One reason not to enter, and how it is found out. */
export interface EntryFilter<Question> {
  readonly name: EntryFilterName;
  readonly ask: (question: Question) => Verdict;
}

/** Before there is a direction: whether the data can be judged at all. */
export interface DataQuestion {
  readonly snapshot: Snapshot;
  readonly features: Features | null;
}

/** Once there is one. */
export interface EntryQuestion {
  readonly snapshot: Snapshot;
  readonly symbol: SymbolSnapshot;
  readonly features: Features;
  readonly signal: Signal;
  readonly book: Book;
  /** Null when no bracket can stand at these features. */
  readonly plan: { readonly bracket: BracketPlan; readonly size: SizeArithmetic } | null;
}

/** In the order in which they are asked; the signal is looked for after them. */
export const DATA_FILTERS: readonly EntryFilter<DataQuestion>[] = [
  {
    name: 'warm-up',
    ask: ({ features }) => {
      const missing = features === null ? ['bars'] : missingFrom(features);
      return { passed: missing.length === 0, numbers: { missing: missing.join(', ') || null } };
    },
  },
  {
    name: 'freshness',
    ask: ({ snapshot: { barEnd }, features }) => {
      const featuresBarEnd = features?.barEnd ?? null;
      const minutesBehind = featuresBarEnd === null ? null : (barEnd - featuresBarEnd) / MINUTE_MS;
      return {
        passed: featuresBarEnd === barEnd,
        numbers: { barEnd, featuresBarEnd, minutesBehind },
      };
    },
  },
];

/** In the order in which they are asked. */
export const SIGNAL_FILTERS: readonly EntryFilter<EntryQuestion>[] = [
  {
    name: 'entry-window',
    ask: ({ snapshot: { barEnd, session, parameters } }) => {
      const { noEntryFirstMinutes, noEntryLastMinutes } = parameters;
      const minutesSinceOpen = (barEnd - session.open) / MINUTE_MS;
      const minutesToClose = (session.close - barEnd) / MINUTE_MS;
      return {
        passed: minutesSinceOpen >= noEntryFirstMinutes && minutesToClose >= noEntryLastMinutes,
        numbers: { minutesSinceOpen, minutesToClose, noEntryFirstMinutes, noEntryLastMinutes },
      };
    },
  },
  {
    name: 'confidence',
    ask: ({ signal: { confidence }, snapshot: { parameters } }) => {
      const { total, ...parts } = confidence;
      const threshold = parameters.confidenceThreshold;
      return { passed: total >= threshold, numbers: { confidence: total, threshold, ...parts } };
    },
  },
  {
    name: 'trend-15m',
    ask: ({ signal: { side }, features: { trendEmaFast, trendEmaSlow } }) => ({
      passed: side === 'long' ? trendEmaFast >= trendEmaSlow : trendEmaFast <= trendEmaSlow,
      numbers: { side, trendEmaFast, trendEmaSlow },
    }),
  },
  {
    name: 'one-position',
    ask: ({ symbol: { symbol }, book }) => {
      const hasPosition = book.positions.has(symbol);
      const hasPendingEntry = book.pendingEntries.has(symbol);
      return {
        passed: !hasPosition && !hasPendingEntry,
        numbers: { hasPosition, hasPendingEntry },
      };
    },
  },
  {
    name: 'control',
    ask: ({ snapshot: { control } }) => ({
      passed: allowsEntries(control),
      numbers: { status: control.status, by: control.by, reason: control.reason },
    }),
  },
  {
    name: 'readiness',
    ask: ({ snapshot: { impediments } }) => ({
      passed: impediments.length === 0,
      numbers: { impediments: impediments.join('; ') || null },
    }),
  },
  { name: 'broker', ask: askBroker },
  {
    name: 'size',
    ask: ({ plan }) =>
      plan === null
        ? { passed: false, numbers: { bracket: 'none can stand at these prices', shares: 0 } }
        : { passed: plan.size.shares >= 1, numbers: sizeNumbers(plan.bracket, plan.size) },
  },
];

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

function askBroker({ snapshot: { account, parameters }, symbol, signal }: EntryQuestion): Verdict {
  const { asset } = symbol;
  const numbers = {
    side: signal.side,
    isKnown: asset !== null,
    tradable: asset?.tradable ?? null,
    tradingBlocked: account.tradingBlocked,
    shortable: asset?.shortable ?? null,
    shortingEnabled: account.shortingEnabled,
    allowShort: parameters.allowShort,
  };
  const maySell = numbers.shortable === true && numbers.shortingEnabled && numbers.allowShort;
  const mayTrade = numbers.tradable === true && !numbers.tradingBlocked;
  return { passed: mayTrade && (signal.side === 'long' || maySell), numbers };
}

/** Amounts in dollars. */
const sizeNumbers = (bracket: BracketPlan, size: SizeArithmetic): FilterResult['numbers'] => ({
  equity: formatUsd(size.equity),
  riskBps: size.riskBps,
  riskBudget: formatUsd(size.riskBudget),
  limitPrice: formatUsd(bracket.limitPrice),
  stopPrice: formatUsd(bracket.stopPrice),
  riskPerShare: formatUsd(size.riskPerShare),
  sharesByRisk: size.sharesByRisk,
  cappedBy: size.cappedBy,
  shares: size.shares,
});
