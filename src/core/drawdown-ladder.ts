import type { StrategyParameters } from './parameters.ts';
import type { EpochMs } from './session.ts';

/** What the fall is measured from: the session's open, or the highest equity so far. */
export type DrawdownScope = 'day' | 'peak';

/** How far down the ladder the channel was told of. acknowledged: breached, and somebody has resumed. */
export type DrawdownLevel = 'none' | 'first' | 'second' | 'breached' | 'acknowledged';

export interface DrawdownRung {
  readonly level: DrawdownLevel;
  /** When a reading beyond the limit was seen that no second one has confirmed yet. */
  readonly suspectedAt: EpochMs | null;
  /** After a breach: whether it was told that equity is back above the first warning. */
  readonly hasRecovered?: boolean;
  /** After a breach: how many whole limits the fall came to at most, as far as it was confirmed. */
  readonly limits?: number;
}

export type DrawdownEvent =
  | {
      readonly type: 'warning';
      readonly scope: DrawdownScope;
      /** Of the limit, in per cent. */
      readonly ofLimitPercent: number;
    }
  | { readonly type: 'breached'; readonly scope: DrawdownScope }
  /** After somebody has resumed, the fall has come to so many whole limits of the day. Halts nothing. */
  | { readonly type: 'beyond'; readonly scope: DrawdownScope; readonly limits: number }
  /** The first warning's level was left for good. */
  | { readonly type: 'recovered'; readonly scope: DrawdownScope };

export type LadderFigures = Pick<
  StrategyParameters,
  'drawdownFirstWarningPercent' | 'drawdownSecondWarningPercent' | 'drawdownHysteresisPercent'
>;

/** A reading beyond the limit is confirmed by one that is at least so much later: not by a second look at the same tick. */
export const CONFIRM_MS = 5_000;

export const AT_THE_TOP: DrawdownRung = { level: 'none', suspectedAt: null };

/** One scope's fall at one reading. */
export interface ScopedFall {
  readonly scope: DrawdownScope;
  readonly at: EpochMs;
  /** In per cent, positive. */
  readonly fall: number;
  /** In per cent. */
  readonly limit: number;
}

export interface RungStep {
  readonly rung: DrawdownRung;
  readonly events: readonly DrawdownEvent[];
}

/**
 * One step on the ladder of a scope: two warnings, then the limit. A single reading beyond the limit only
 * warns; one that follows has to agree before it counts as breached. A level is left when the fall is less
 * than its threshold by the hysteresis, and can be told again only after that. A breach stays; of a day's
 * breach it is told once that equity is back, and, when somebody has resumed, each further whole limit.
 */
export function climb(rung: DrawdownRung, measured: ScopedFall, figures: LadderFigures): RungStep {
  if (rung.level === 'breached' || rung.level === 'acknowledged') {
    return measured.scope === 'day' ? afterBreach(rung, measured, figures) : { rung, events: [] };
  }
  const { scope, at, fall, limit } = measured;
  if (isCalm(rung, measured, figures)) return { rung: AT_THE_TOP, events: NO_EVENTS };
  const walked = walk(rung.level, measured, figures);
  if (fall < limit) return walked;
  const suspectedAt = rung.suspectedAt ?? at;
  if (at - suspectedAt < CONFIRM_MS) {
    return { ...walked, rung: { ...walked.rung, suspectedAt } };
  }
  return {
    rung: { level: 'breached', suspectedAt: null, limits: wholeLimits(measured) },
    events: [{ type: 'breached', scope }],
  };
}

const NO_EVENTS: readonly DrawdownEvent[] = [];

/** Nobody was told of anything, and nothing is there to tell of: most readings. */
const isCalm = (rung: DrawdownRung, { fall, limit }: ScopedFall, figures: LadderFigures): boolean =>
  isAtTheTop(rung) && fall < firstToldOf(limit, figures);

const isAtTheTop = ({ level, suspectedAt }: DrawdownRung): boolean =>
  level === 'none' && suspectedAt === null;

/** The least fall that anything is told of, in per cent. */
const firstToldOf = (
  limit: number,
  { drawdownFirstWarningPercent: first, drawdownSecondWarningPercent: second }: LadderFigures,
): number => Math.min(limit, partOf(limit, first), partOf(limit, second));

/** Falls in per cent. */
export interface FallBand {
  readonly above: number;
  readonly below: number;
}

const ANY_FALL: FallBand = { above: Number.NEGATIVE_INFINITY, below: Number.POSITIVE_INFINITY };

/**
 * Between which falls, neither of them included, a reading leaves a rung as it is, and tells of nothing. Not all such
 * falls: that one lies outside does not mean that anything happens. Null where a second reading is awaited.
 */
export function restingBand(
  rung: DrawdownRung,
  scope: DrawdownScope,
  limit: number,
  figures: LadderFigures,
): FallBand | null {
  const { drawdownFirstWarningPercent: first, drawdownSecondWarningPercent: second } = figures;
  const { level, suspectedAt } = rung;
  if (suspectedAt !== null) return null;
  switch (level) {
    case 'none':
      return { ...ANY_FALL, below: firstToldOf(limit, figures) };
    case 'first':
      return {
        above: leaving(first, limit, figures),
        below: Math.min(limit, partOf(limit, second)),
      };
    case 'second':
      return { above: leaving(second, limit, figures), below: limit };
    case 'breached':
    case 'acknowledged':
      return scope === 'peak' ? ANY_FALL : bandAfterBreach(rung, limit, figures);
    default:
      return level satisfies never;
  }
}

function bandAfterBreach(rung: DrawdownRung, limit: number, figures: LadderFigures): FallBand {
  const { above } = ANY_FALL;
  const first = figures.drawdownFirstWarningPercent;
  return {
    above: rung.hasRecovered === true ? above : leaving(first, limit, figures),
    // A little before it the quotient is rounded up to it.
    below: limit * ((rung.limits ?? 1) + 1 - 1e-6),
  };
}

const wholeLimits = ({ fall, limit }: ScopedFall): number => Math.floor(toMillionth(fall / limit));

/** Further whole limits are confirmed by a second reading, as the first one was. */
function afterBreach(rung: DrawdownRung, measured: ScopedFall, figures: LadderFigures): RungStep {
  const { scope, at, fall } = measured;
  const { drawdownFirstWarningPercent: first } = figures;
  const known = rung.limits ?? 1;
  const limits = wholeLimits(measured);
  if (limits > known) {
    const suspectedAt = rung.suspectedAt ?? at;
    if (at - suspectedAt < CONFIRM_MS) return { rung: { ...rung, suspectedAt }, events: [] };
    return {
      rung: { ...rung, suspectedAt: null, limits },
      events: rung.level === 'acknowledged' ? [{ type: 'beyond', scope, limits }] : [],
    };
  }
  const { suspectedAt: _, ...calm } = rung;
  const isBack = fall <= leaving(first, measured.limit, figures);
  if (!isBack || rung.hasRecovered === true) {
    return { rung: { ...calm, suspectedAt: null }, events: [] };
  }
  return {
    rung: { ...calm, suspectedAt: null, hasRecovered: true },
    events: [{ type: 'recovered', scope }],
  };
}

const partOf = (limit: number, percent: number): number => toMillionth((limit * percent) / 100);

/**
 * The fall at which a threshold is left. One that the hysteresis would put above the top is left at the top.
 *
 * @param ofLimit the threshold, in per cent of the limit
 */
const leaving = (
  ofLimit: number,
  limit: number,
  { drawdownHysteresisPercent: hysteresis }: LadderFigures,
): number => partOf(limit, Math.max(0, ofLimit - hysteresis));

type Walked = 'none' | 'first' | 'second';
const DEPTH = { none: 0, first: 1, second: 2 } as const satisfies Record<Walked, number>;

/** Down to a deeper level at once, up again only past the hysteresis. */
function walk(from: Walked, measured: ScopedFall, figures: LadderFigures): RungStep {
  const { scope, fall, limit } = measured;
  const { drawdownFirstWarningPercent: first, drawdownSecondWarningPercent: second } = figures;
  const isBeyond = (ofLimit: number): boolean => fall >= partOf(limit, ofLimit);
  const isHeld = (ofLimit: number): boolean =>
    isBeyond(ofLimit) || fall > leaving(ofLimit, limit, figures);
  const deepest = (holds: (ofLimit: number) => boolean): Walked =>
    holds(second) ? 'second' : holds(first) ? 'first' : 'none';
  const reached = deepest(isBeyond);
  if (DEPTH[reached] > DEPTH[from]) {
    const ofLimitPercent = reached === 'second' ? second : first;
    return { rung: standing(reached), events: [{ type: 'warning', scope, ofLimitPercent }] };
  }
  const held = deepest(isHeld);
  if (DEPTH[held] >= DEPTH[from]) return { rung: standing(from), events: [] };
  return {
    rung: standing(held),
    events: held === 'none' ? [{ type: 'recovered', scope }] : [],
  };
}

const standing = (level: Walked): DrawdownRung => ({ level, suspectedAt: null });

/**
 * A percentage as it is compared: below a cent of a million dollars, so that neither a binary fraction nor the
 * rounding of a deposit to whole micro-dollars decides.
 */
export const toMillionth = (percent: number): number => Math.round(percent * 1e6) / 1e6;
