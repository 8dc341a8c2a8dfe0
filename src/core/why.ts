import type { EntryFilterName, Evidence, Features, FilterResult, SizeCap } from './decision.ts';
import type { PositionSide } from './order.ts';
import type { StrategyParameters } from './parameters.ts';
import type { EpochMs } from './session.ts';

/**
 * One thing that would have to be different for a trade. A number that the record does not have is null. All
 * of a decision's changes together are what it takes as far as filters were asked; those after the one that
 * refused were not, and may have refused as well.
 */
export type Change =
  /** Features have no value yet; `missing` names them, with commas between them. */
  | { readonly code: 'warm-up'; readonly missing: string | null }
  | { readonly code: 'fresh-bar'; readonly minutesBehind: number | null }
  /** The EMAs would have to cross to this side, or `bars` after their crossing is too long. */
  | {
      readonly code: 'crossing';
      readonly side: PositionSide;
      /** Whether EMA fast is on the side already, too long after its crossing. */
      readonly isBeyond: boolean;
      /** Since the last crossing to this side; null when there was none. */
      readonly barsSince: number | null;
      readonly withinBars: number;
      readonly emaFast: number;
      readonly emaSlow: number;
    }
  | { readonly code: 'after-open'; readonly minutes: number | null; readonly needed: number | null }
  | {
      readonly code: 'before-close';
      readonly minutes: number | null;
      readonly needed: number | null;
    }
  | { readonly code: 'confidence'; readonly value: number | null; readonly needed: number | null }
  | {
      readonly code: 'trend';
      readonly side: PositionSide | null;
      readonly emaFast: number | null;
      readonly emaSlow: number | null;
    }
  /** More daily bars, or ones that can be read. */
  | { readonly code: 'daily-bars'; readonly days: number | null; readonly needed: number | null }
  | {
      readonly code: 'volume-node';
      /** In buckets; null when no bucket is a node. */
      readonly distance: number | null;
      readonly reach: number;
      /** In dollars. */
      readonly node: number | null;
    }
  | { readonly code: 'no-position'; readonly has: 'position' | 'pending-entry' }
  | { readonly code: 'wait'; readonly why: 'cooldown' | 'streak'; readonly until: EpochMs }
  | { readonly code: 'control'; readonly status: string | null }
  | { readonly code: 'impediment'; readonly impediment: string | null }
  | {
      readonly code: 'drawdown';
      readonly of: 'day' | 'peak';
      /** False: no reading of equity was there that can be believed. */
      readonly isKnown: boolean;
      /** In per cent. */
      readonly fall: number | null;
      readonly limit: number | null;
    }
  | { readonly code: 'positions'; readonly open: number | null; readonly max: number | null }
  | {
      readonly code: 'sector';
      readonly sector: string | null;
      readonly open: number | null;
      readonly same: number | null;
      /** 0 to 1. */
      readonly maxShare: number | null;
    }
  | {
      readonly code: 'correlation';
      readonly correlation: number | null;
      readonly with: string | null;
      readonly max: number | null;
    }
  | { readonly code: 'bracket' }
  /** For one share at least. */
  | {
      readonly code: 'room';
      readonly cappedBy: SizeCap | null;
      readonly riskPerShare: string | null;
    }
  | {
      readonly code: 'broker';
      readonly what:
        | 'unknown-symbol'
        | 'not-tradable'
        | 'trading-blocked'
        | 'not-shortable'
        | 'shorting-disabled'
        | 'shorts-not-allowed';
    }
  /** The record does not say enough. */
  | { readonly code: 'filter'; readonly filter: EntryFilterName };

type Verdict = Pick<FilterResult, 'numbers'>;

/**
 * What would have to change for a trade, by what a decision stood on. Empty when it was one, and when the
 * record is too short to tell.
 */
export function changesFor(
  { kind, evidence }: { readonly kind: string; readonly evidence: Evidence },
  parameters: StrategyParameters,
): readonly Change[] {
  if (kind === 'enter') return [];
  const refusing = evidence.filters.find(({ passed }) => !passed);
  if (refusing !== undefined) {
    const changes = CHANGES[refusing.filter](refusing, parameters);
    return changes.length > 0 ? changes : [{ code: 'filter', filter: refusing.filter }];
  }
  return kind === 'no-signal' && evidence.features !== null
    ? crossings(evidence.features, parameters)
    : [];
}

/** Either side would do; the one that EMA fast is on takes a crossing away and back. */
const crossings = (features: Features, parameters: StrategyParameters): readonly Change[] =>
  (['long', 'short'] as const).map((side) => crossing(side, features, parameters));

function crossing(
  side: PositionSide,
  { emaFast, emaSlow, barsSinceCrossUp, barsSinceCrossDown }: Features,
  { crossWithinBars: withinBars }: StrategyParameters,
): Change {
  const bars = side === 'long' ? barsSinceCrossUp : barsSinceCrossDown;
  const isBeyond = side === 'long' ? emaFast > emaSlow : emaFast < emaSlow;
  const barsSince = Number.isFinite(bars) ? bars : null;
  return { code: 'crossing', side, isBeyond, barsSince, withinBars, emaFast, emaSlow };
}

type Changes = (verdict: Verdict, parameters: StrategyParameters) => readonly Change[];

/** What each filter asks for when it has refused. */
const CHANGES: Readonly<Record<EntryFilterName, Changes>> = {
  'warm-up': (of) => [{ code: 'warm-up', missing: textIn(of, 'missing') }],
  freshness: (of) => [{ code: 'fresh-bar', minutesBehind: numberIn(of, 'minutesBehind') }],
  'entry-window': entryWindow,
  confidence: (of) => [
    { code: 'confidence', value: numberIn(of, 'confidence'), needed: numberIn(of, 'threshold') },
  ],
  'trend-15m': (of) => [
    {
      code: 'trend',
      side: sideIn(of),
      emaFast: numberIn(of, 'trendEmaFast'),
      emaSlow: numberIn(of, 'trendEmaSlow'),
    },
  ],
  'volume-profile': volumeProfile,
  'one-position': ({ numbers }) => [
    ...(numbers['hasPosition'] === true ? [noPosition('position')] : []),
    ...(numbers['hasPendingEntry'] === true ? [noPosition('pending-entry')] : []),
  ],
  cooldown: (of) => [
    ...wait('cooldown', numberIn(of, 'cooldownUntil')),
    ...wait('streak', numberIn(of, 'streakUntil')),
  ],
  control: (of) => [{ code: 'control', status: textIn(of, 'status') }],
  readiness: (of) => [{ code: 'impediment', impediment: textIn(of, 'impediments') }],
  drawdown,
  'position-cap': (of) => [
    { code: 'positions', open: numberIn(of, 'open'), max: numberIn(of, 'max') },
  ],
  sector: (of) => [
    {
      code: 'sector',
      sector: textIn(of, 'sector'),
      open: numberIn(of, 'open'),
      same: numberIn(of, 'same'),
      maxShare: numberIn(of, 'maxShare'),
    },
  ],
  correlation: (of) => [
    {
      code: 'correlation',
      correlation: numberIn(of, 'correlation'),
      with: textIn(of, 'with'),
      max: numberIn(of, 'max'),
    },
  ],
  size: (of) =>
    textIn(of, 'bracket') === null
      ? [{ code: 'room', cappedBy: capIn(of), riskPerShare: textIn(of, 'riskPerShare') }]
      : [{ code: 'bracket' }],
  broker,
};

const noPosition = (has: 'position' | 'pending-entry'): Change => ({ code: 'no-position', has });

const wait = (why: 'cooldown' | 'streak', until: EpochMs | null): readonly Change[] =>
  until === null ? [] : [{ code: 'wait', why, until }];

function entryWindow(of: Verdict, parameters: StrategyParameters): readonly Change[] {
  const [since, first] = [numberIn(of, 'minutesSinceOpen'), numberIn(of, 'noEntryFirstMinutes')];
  const [left, last] = [numberIn(of, 'minutesToClose'), numberIn(of, 'noEntryLastMinutes')];
  return [
    ...(isBelow(since, first)
      ? [{ code: 'after-open', minutes: since, needed: first } as const]
      : []),
    ...(isBelow(left, last)
      ? [{ code: 'before-close', minutes: left, needed: last } as const]
      : of.numbers['flattens'] === true
        ? [{ code: 'before-close', minutes: left, needed: beforeFlatten(parameters) } as const]
        : []),
  ];
}

/** Minutes to the close at the last bar end at which the end of the day does not close a trade at once. */
const beforeFlatten = ({ flattenMinutes, barMinutes }: StrategyParameters): number =>
  flattenMinutes + barMinutes;

const isBelow = (value: number | null, limit: number | null): boolean =>
  value !== null && limit !== null && value < limit;

function volumeProfile(of: Verdict, { volumeNodeReach }: StrategyParameters): readonly Change[] {
  const days = numberIn(of, 'days');
  const needed = numberIn(of, 'needed');
  const isReadable = numberIn(of, 'width') !== null;
  if (!isReadable) return [{ code: 'daily-bars', days, needed }];
  const node = numberIn(of, 'node');
  const distance = numberIn(of, 'distance');
  return [{ code: 'volume-node', distance, reach: volumeNodeReach, node }];
}

function drawdown(of: Verdict): readonly Change[] {
  const { numbers } = of;
  const parts = [
    ['day', 'daily'],
    ['peak', 'peak'],
  ] as const;
  return parts.flatMap(([part, name]) => {
    const fall = numberIn(of, name);
    const isBreached = numbers[`${name}Breached`] === true;
    // Equity that nobody knows refuses as well.
    if (!isBreached && fall !== null) return [];
    const limit = numberIn(of, `${name}Limit`);
    return [{ code: 'drawdown', of: part, isKnown: isBreached, fall, limit }];
  });
}

function broker({ numbers }: Verdict): readonly Change[] {
  const isShort = numbers['side'] === 'short';
  const reasons = [
    ['unknown-symbol', numbers['isKnown'] === false],
    ['not-tradable', numbers['isKnown'] !== false && numbers['tradable'] !== true],
    ['trading-blocked', numbers['tradingBlocked'] === true],
    ['not-shortable', isShort && numbers['isKnown'] !== false && numbers['shortable'] !== true],
    ['shorting-disabled', isShort && numbers['shortingEnabled'] === false],
    ['shorts-not-allowed', isShort && numbers['allowShort'] === false],
  ] as const;
  // Without any numbers nothing can be told of them.
  if (numbers['side'] === undefined) return [];
  return reasons.flatMap(([what, holds]) => (holds ? [{ code: 'broker', what }] : []));
}

function numberIn({ numbers }: Verdict, name: string): number | null {
  const value = numbers[name];
  return typeof value === 'number' ? value : null;
}

function textIn({ numbers }: Verdict, name: string): string | null {
  const value = numbers[name];
  return typeof value === 'string' ? value : null;
}

function sideIn({ numbers: { side } }: Verdict): PositionSide | null {
  return side === 'long' || side === 'short' ? side : null;
}

const CAPS: readonly string[] = ['notional', 'exposure', 'buying-power'] satisfies SizeCap[];
const isCap = (text: string | null): text is SizeCap => text !== null && CAPS.includes(text);

function capIn(of: Verdict): SizeCap | null {
  const cap = textIn(of, 'cappedBy');
  return isCap(cap) ? cap : null;
}
