import type { PastTrade } from './decision.ts';
import type { Ticker } from './ids.ts';
import type { StrategyParameters } from './parameters.ts';
import { MINUTE_MS } from './session.ts';
import type { EpochMs } from './session.ts';
import type { ExitReason } from './trade.ts';

/** Why a symbol is left alone for a while; null where nothing of the kind holds any more. */
export interface Cooldown {
  /** After the symbol's own last stop-out. */
  readonly cooldownUntil: EpochMs | null;
  /** After several stop-outs of any symbols, one soon after the other. */
  readonly streakUntil: EpochMs | null;
  /** Of any symbols, within the streak's window up to now. */
  readonly stopOuts: number;
  /** Until both are over, whole minutes, rounded up; 0 when they are. */
  readonly minutesLeft: number;
}

const NO_COOLDOWN: Cooldown = {
  cooldownUntil: null,
  streakUntil: null,
  stopOuts: 0,
  minutesLeft: 0,
};

const STOPS: readonly ExitReason[] = ['stop_loss', 'emergency_stop'];

/** A trade that its stop ended. A stop that had trailed into a profit has done its work, and is none. */
const isStopOut = ({ exitReason, pnl }: PastTrade): boolean =>
  STOPS.includes(exitReason) && !(pnl > 0);

/** Which pauses keep a symbol from being entered at an instant. At the very end of a pause it is over. */
export function cooldownAt(
  now: EpochMs,
  symbol: Ticker,
  pastTrades: readonly PastTrade[],
  parameters: StrategyParameters,
): Cooldown {
  const stopOuts = pastTrades.filter(isStopOut);
  if (stopOuts.length === 0) return NO_COOLDOWN;
  const own = stopOuts.filter((trade) => trade.symbol === symbol).map(({ closedAt }) => closedAt);
  const all = stopOuts.map(({ closedAt }) => closedAt);
  const cooldownUntil = stillAhead(now, pauseAfter(own, parameters.cooldownMinutes));
  const ends = streakEnds(all, parameters);
  const streakUntil = stillAhead(now, pauseAfter(ends, parameters.streakPauseMinutes));
  const until = Math.max(cooldownUntil ?? now, streakUntil ?? now);
  return {
    cooldownUntil,
    streakUntil,
    stopOuts: all.filter((at) => at >= now - parameters.streakWindowMinutes * MINUTE_MS).length,
    minutesLeft: Math.ceil((until - now) / MINUTE_MS),
  };
}

/** The end of the pause after the latest instant; null without one, or when pauses are switched off. */
const pauseAfter = (instants: readonly EpochMs[], minutes: number): EpochMs | null =>
  minutes > 0 && instants.length > 0
    ? instants.reduce((latest, at) => Math.max(latest, at)) + minutes * MINUTE_MS
    : null;

/** An instant that is none is never over: in doubt nothing is entered. */
const stillAhead = (now: EpochMs, until: EpochMs | null): EpochMs | null =>
  until === null || now >= until ? null : until;

/**
 * The last instant of every run of stop-outs that is a streak. All of them are looked at, since one more
 * stop-out, too late for a streak of its own, must not cut the pause after an earlier one short.
 */
function streakEnds(
  stopOuts: readonly EpochMs[],
  { streakStopOuts, streakWindowMinutes }: StrategyParameters,
): readonly EpochMs[] {
  const inOrder = stopOuts.toSorted((left, right) => left - right);
  return inOrder.filter((last, index) => {
    const first = inOrder[index + 1 - streakStopOuts];
    return first !== undefined && last - first <= streakWindowMinutes * MINUTE_MS;
  });
}
