import type { EntryFilterName, FilterResult } from '#core/decision.ts';
import { parseUsd } from '#core/money.ts';
import { formatNumber, formatPrice, NONE } from '#core/number-words.ts';

import { plain, stamp } from '../format.ts';

type FilterNumber = FilterResult['numbers'][string];
/** Null where there is nothing to say. */
type Phrase = (value: FilterNumber) => string | null;

/** A value as it is, whatever it is. */
const shown = (value: FilterNumber): string => {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'string') return plain(value);
  return value === null ? NONE : value ? 'yes' : 'no';
};

/** The value between two pieces of text. */
const said =
  (before: string, after = ''): Phrase =>
  (value) =>
    value === null ? null : `${before}${shown(value)}${after}`;

/** Either of two texts; null says nothing. */
const either =
  (ifTrue: string | null, ifFalse: string | null = null): Phrase =>
  (value) =>
    typeof value === 'boolean' ? (value ? ifTrue : ifFalse) : said('')(value);

const at =
  (before: string): Phrase =>
  (value) =>
    typeof value === 'number' ? `${before}${stamp(value)}` : said(before)(value);

/** An amount, which the record holds as text in dollars, or a price as a number. */
const dollars =
  (before: string): Phrase =>
  (value) => {
    if (typeof value === 'number') return `${before}$${formatNumber(value, 4)}`;
    const isAmount = typeof value === 'string' && /^-?\d{1,9}(?:\.\d{1,6})?$/.test(value);
    return isAmount ? `${before}${formatPrice(parseUsd(value))}` : said(before)(value);
  };

const percent =
  (before: string, orElse: string | null = null): Phrase =>
  (value) =>
    typeof value === 'number'
      ? `${before}${formatNumber(value)} %`
      : (said(before)(value) ?? orElse);

const share =
  (before: string): Phrase =>
  (value) =>
    typeof value === 'number' ? `${before}${formatNumber(value * 100)} %` : said(before)(value);

interface FilterWords {
  /** What it looks at. */
  readonly label: string;
  /** In this order; a number without a phrase is shown under its own name. */
  readonly phrases: Readonly<Record<string, Phrase>>;
}

export const FILTER_WORDS: Readonly<Record<EntryFilterName, FilterWords>> = {
  'warm-up': { label: 'Warm-up', phrases: { missing: said('no value yet: ') } },
  freshness: {
    label: 'Fresh data',
    phrases: {
      barEnd: at('bar '),
      featuresBarEnd: at('data of '),
      minutesBehind: said('', ' min behind'),
    },
  },
  'entry-window': {
    label: 'Entry window',
    phrases: {
      minutesSinceOpen: said('', ' min after the open'),
      noEntryFirstMinutes: said('entries from ', ' min after it'),
      minutesToClose: said('', ' min to the close'),
      noEntryLastMinutes: said('entries until ', ' min before it'),
      flattens: either('the end of the day closes positions'),
    },
  },
  confidence: {
    label: 'Confidence',
    phrases: {
      confidence: said(''),
      threshold: said('needs '),
      trend: said('trend '),
      separation: said('separation '),
      direction: said('direction '),
      volume: said('volume '),
      vwap: said('VWAP '),
    },
  },
  'trend-15m': {
    label: 'Longer trend',
    phrases: {
      side: said(''),
      trendEmaFast: said('fast EMA '),
      trendEmaSlow: said('slow EMA '),
    },
  },
  'volume-profile': {
    label: 'Volume profile',
    phrases: {
      price: dollars('price '),
      bucket: said('bucket '),
      node: dollars('nearest node '),
      distance: said('', ' buckets away'),
      width: dollars('buckets of '),
      days: said('', ' daily bars'),
      needed: said('needs '),
      badBar: said('cannot read the bar of '),
    },
  },
  'one-position': {
    label: 'One position a symbol',
    phrases: {
      hasPosition: either('holds a position', 'no position'),
      hasPendingEntry: either('an entry works', 'no entry works'),
    },
  },
  cooldown: {
    label: 'Cooldown',
    phrases: {
      cooldownUntil: at('after its stop-out, until '),
      streakUntil: at('after a row of stop-outs, until '),
      minutesLeft: (value) => (value === 0 ? null : said('', ' min left')(value)),
      stopOuts: said('stop-outs lately: '),
    },
  },
  control: {
    label: 'Control state',
    phrases: { status: said(''), by: said('by '), reason: said('') },
  },
  readiness: { label: 'Readiness', phrases: { impediments: said('') } },
  drawdown: {
    label: 'Drawdown',
    phrases: {
      daily: percent('day ', 'day unknown'),
      dailyLimit: percent('limit −'),
      dailyBreached: either('**limit reached**'),
      peak: percent('from the peak ', 'peak unknown'),
      peakLimit: percent('limit −'),
      peakBreached: either('**limit reached**'),
    },
  },
  'position-cap': { label: 'Open positions', phrases: { open: said(''), max: said('at most ') } },
  sector: {
    label: 'Sector',
    phrases: {
      sector: said(''),
      same: said('', ' in it'),
      open: said('', ' open'),
      maxShare: share('below '),
    },
  },
  correlation: {
    label: 'Correlation',
    phrases: {
      correlation: said(''),
      with: said('with '),
      days: said('', ' days'),
      max: said('at most '),
      minDays: said('needs ', ' days'),
    },
  },
  size: {
    label: 'Size',
    phrases: {
      bracket: said('bracket: '),
      equity: dollars('equity '),
      riskBps: (value) =>
        typeof value === 'number' ? `risk ${formatNumber(value / 100)} %` : said('risk ')(value),
      tier: said('win rate tier '),
      wins: said('', ' wins'),
      trades: said('of ', ' trades'),
      riskBudget: dollars('budget '),
      limitPrice: dollars('limit '),
      stopPrice: dollars('stop '),
      riskPerShare: dollars('R '),
      sharesByRisk: said('by risk ', ' shares'),
      cappedBy: said('capped by '),
      shares: said('', ' shares'),
    },
  },
  broker: {
    label: 'Broker',
    phrases: {
      side: said(''),
      isKnown: either(null, 'symbol unknown'),
      tradable: either('tradable', 'not tradable'),
      tradingBlocked: either('the account is blocked'),
      shortable: either('shortable', 'not shortable'),
      shortingEnabled: either(null, 'the account may not short'),
      allowShort: either(null, 'shorts are switched off'),
    },
  },
};

/** A filter's verdict in one line, with every number that the record has. */
export function filterLine({ filter, passed, numbers }: FilterResult): string {
  const { label, phrases } = FILTER_WORDS[filter];
  const named = Object.entries(phrases).map(([name, phrase]) => {
    const value = numbers[name];
    return value === undefined ? null : phrase(value);
  });
  const others = Object.entries(numbers)
    .filter(([name]) => !Object.hasOwn(phrases, name))
    .map(([name, value]) => `${plain(name)} ${shown(value)}`);
  const told = [...named.filter((text) => text !== null && text !== ''), ...others];
  return `${passed ? '✅' : '❌'} **${label}**${told.length === 0 ? '' : `: ${told.join(', ')}`}`;
}
