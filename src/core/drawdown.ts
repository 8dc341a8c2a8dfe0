import type { DrawdownView } from './decision.ts';
import { AT_THE_TOP, climb, toMillionth } from './drawdown-ladder.ts';
import type { DrawdownEvent, DrawdownRung } from './drawdown-ladder.ts';
import { micros } from './money.ts';
import type { Usd } from './money.ts';
import type { StrategyParameters } from './parameters.ts';
import { MINUTE_MS } from './session.ts';
import type { EpochMs, SessionDate } from './session.ts';
import type { CashView } from './unexplained-cash.ts';

export type DrawdownLimits = Pick<
  StrategyParameters,
  | 'barMinutes'
  | 'dailyDrawdownPercent'
  | 'peakDrawdownPercent'
  | 'drawdownFirstWarningPercent'
  | 'drawdownSecondWarningPercent'
  | 'drawdownHysteresisPercent'
>;

/** What the ladder remembers from one reading to the next, over restarts and sessions. */
export interface DrawdownState {
  readonly sessionDate: SessionDate;
  /** Equity that the day's fall is measured from, in proportion with what was paid in or out since. */
  readonly openingEquity: Usd;
  /** The highest equity, likewise, and when it was. */
  readonly peakEquity: Usd;
  readonly peakAt: EpochMs;
  /** Of the last reading: equity, and all deposits less withdrawals that were known by then. */
  readonly equity: Usd;
  readonly flows: Usd;
  readonly at: EpochMs;
  /** The session's deepest fall since its open, in per cent, positive; a single odd tick does not count. */
  readonly deepestPercent: number;
  /** What of the account's cash the ledger could not explain at the last reading; see unexplained-cash.ts. */
  readonly cash: CashView;
  readonly day: DrawdownRung;
  readonly peak: DrawdownRung;
}

/** The account at one instant of a session. */
export interface DrawdownReading {
  readonly at: EpochMs;
  readonly sessionDate: SessionDate;
  readonly sessionOpen: EpochMs;
  /** Whether every price in it is to be believed. */
  readonly isTrusted: boolean;
  /** With unrealized P/L. */
  readonly equity: Usd;
  /** All deposits less withdrawals that are known. */
  readonly flows: Usd;
  /** Equity at the close of the session before, as the broker has it, and the flows until then. */
  readonly lastEquity: Usd;
  readonly lastFlows: Usd;
  readonly cash: CashView;
  /** Of a first reading: the highest equity that was recorded before, if any was. */
  readonly recorded: RecordedPeak | null;
}

/** The highest equity of an account's records from before the ladder was there. */
export interface RecordedPeak {
  readonly equity: Usd;
  /** All deposits less withdrawals until then. */
  readonly flows: Usd;
  readonly at: EpochMs;
}

export interface DrawdownStep {
  /** Null before the first reading that can be trusted. */
  readonly state: DrawdownState | null;
  readonly events: readonly DrawdownEvent[];
}

/**
 * Takes one reading in. The ladder has two scopes, the day and the peak, each with two warnings and a limit.
 *
 * A reading that is not trusted changes nothing. A single one beyond a limit only warns: the next reading has
 * to agree before the limit counts as breached. A level is left when the fall is less than its threshold by
 * the hysteresis, and only then told again. A breach lasts for the session, or, from the peak, until somebody
 * resumes.
 *
 * Deposits and withdrawals move what the fall is measured from in the same proportion as they move equity
 * (the time-weighted return of the GIPS standards, with one sub-period a flow): the reading that brings them
 * has the percentage it would have without them, and what comes after is measured on the money that is there.
 */
export function followDrawdown(
  before: DrawdownState | null,
  reading: DrawdownReading,
  limits: DrawdownLimits,
): DrawdownStep {
  const isUsable = reading.isTrusted && Number.isFinite(reading.equity) && reading.equity > 0;
  if (!isUsable || (before !== null && reading.at < before.at))
    return { state: before, events: [] };
  const today = before?.sessionDate === reading.sessionDate ? before : null;
  const day = followDay(today, reading, limits);
  const peak = followPeak(before, { openingEquity: day.openingEquity, today }, reading, limits);
  const state: DrawdownState = {
    sessionDate: reading.sessionDate,
    openingEquity: day.openingEquity,
    peakEquity: peak.equity,
    peakAt: peak.at,
    equity: reading.equity,
    flows: reading.flows,
    at: reading.at,
    deepestPercent: day.deepestPercent,
    cash: reading.cash,
    day: day.rung,
    peak: peak.rung,
  };
  return { state, events: day.events.length === 0 ? peak.events : [...day.events, ...peak.events] };
}

/** @param today the state, where it is of the reading's session */
function followDay(today: DrawdownState | null, reading: DrawdownReading, limits: DrawdownLimits) {
  const { at, equity } = reading;
  const openingEquity =
    today === null
      ? openingOf(reading, limits)
      : inProportion(today.openingEquity, today.flows, reading);
  const fall = fallOf(equity, openingEquity);
  const limit = limits.dailyDrawdownPercent;
  const { rung, events } = climb(
    today?.day ?? AT_THE_TOP,
    { scope: 'day', at, fall, limit },
    limits,
  );
  // What is beyond the limit counts once a second reading has confirmed it.
  const isOdd = rung.level !== 'acknowledged' && rung.suspectedAt !== null;
  const deepestPercent = Math.max(today?.deepestPercent ?? 0, isOdd ? 0 : fall);
  return { openingEquity, rung, events, deepestPercent };
}

function followPeak(
  before: DrawdownState | null,
  { openingEquity, today }: { readonly openingEquity: Usd; readonly today: DrawdownState | null },
  reading: DrawdownReading,
  limits: DrawdownLimits,
) {
  const { at, equity: now } = reading;
  const old = peakBefore(before, openingEquity, reading);
  const equity = micros(Math.max(now, old.equity));
  const rungBefore = today === null ? unconfirmed(before?.peak ?? AT_THE_TOP) : today.peak;
  const limit = limits.peakDrawdownPercent;
  const { rung, events } = climb(
    rungBefore,
    { scope: 'peak', at, fall: fallOf(now, equity), limit },
    limits,
  );
  return { equity, at: now > old.equity ? at : old.at, rung, events };
}

/** What nobody has confirmed by the close is not confirmed by the next day's open. */
const unconfirmed = (rung: DrawdownRung): DrawdownRung => ({ ...rung, suspectedAt: null });

/**
 * The peak as it was before the reading. Where no state is known, it is that of the account's records, or what
 * the day is measured from.
 */
function peakBefore(
  before: DrawdownState | null,
  openingEquity: Usd,
  reading: DrawdownReading,
): { readonly equity: Usd; readonly at: EpochMs } {
  if (before !== null) {
    const equity = inProportion(before.peakEquity, before.flows, reading);
    return { equity, at: before.peakAt };
  }
  const { recorded, at } = reading;
  const known = recorded && inProportion(recorded.equity, recorded.flows, reading);
  return recorded !== null && known !== null && known > openingEquity
    ? { equity: known, at: recorded.at }
    : { equity: openingEquity, at };
}

/**
 * What a day is measured from when its first reading comes: that reading's equity. A bot that was not there
 * within a bar of the open takes the close before, since what happened meanwhile is part of the day's fall.
 */
function openingOf(reading: DrawdownReading, { barMinutes }: DrawdownLimits): Usd {
  const isLate = reading.at - reading.sessionOpen > barMinutes * MINUTE_MS;
  return isLate && reading.lastEquity > 0
    ? inProportion(reading.lastEquity, reading.lastFlows, reading)
    : reading.equity;
}

/** What was measured from before money came or went, as it is after it. */
function inProportion(base: Usd, flowsThen: Usd, { equity, flows }: DrawdownReading): Usd {
  const before = equity - (flows - flowsThen);
  // Nothing was there before: the account begins anew with what was paid in.
  return before <= 0 ? equity : micros(Math.round(base * (equity / before)));
}

/** In per cent of the base, positive when equity is below it. */
export const fallOf = (equity: Usd, base: Usd): number =>
  toMillionth(((base - equity) / base) * 100);

/**
 * What the trading rules see of it. A breach counts from the first reading beyond the limit, so that nothing
 * is entered while a second one is awaited.
 *
 * @param date whose day is meant: the figures of an earlier one say nothing of it
 */
export function drawdownView(state: DrawdownState | null, date: SessionDate): DrawdownView {
  if (state === null) {
    return {
      dailyPercent: null,
      peakPercent: null,
      isDailyBreached: false,
      isPeakBreached: false,
    };
  }
  const isToday = state.sessionDate === date;
  return {
    dailyPercent: isToday ? belowZero(fallOf(state.equity, state.openingEquity)) : null,
    peakPercent: belowZero(fallOf(state.equity, state.peakEquity)),
    isDailyBreached: isToday && isBreached(state.day),
    isPeakBreached: state.peak.level === 'breached' || (isToday && isBreached(state.peak)),
  };
}

const belowZero = (fall: number): number => Math.min(0, 0 - fall);

const isBreached = ({ level, suspectedAt }: DrawdownRung): boolean =>
  level === 'breached' || (level !== 'acknowledged' && suspectedAt !== null);

/**
 * The state after somebody has resumed: the day's breach is known and does not trip again in this session,
 * and a fall from the peak is measured anew, from the equity there is. Where nothing was breached, nothing
 * changes.
 */
export function acknowledgeDrawdown(state: DrawdownState): DrawdownState {
  const isDay = state.day.level === 'breached';
  const isPeak = state.peak.level === 'breached';
  if (!isDay && !isPeak) return state;
  return {
    ...state,
    ...(isDay ? { day: { ...state.day, level: 'acknowledged' as const, suspectedAt: null } } : {}),
    ...(isPeak ? { peakEquity: state.equity, peakAt: state.at, peak: AT_THE_TOP } : {}),
  };
}
