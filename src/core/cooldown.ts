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
  const { cooldownMinutes, streakPauseMinutes, streakWindowMinutes } = parameters;
  const own = lastOf(stopOuts, (trade) => trade.symbol === symbol);
  const cooldownUntil = stillAhead(now, pauseAfter(own, cooldownMinutes));
  const end = streakPauseMinutes > 0 ? lastStreakEnd(stopOuts, parameters) : null;
  const streakUntil = stillAhead(now, pauseAfter(end, streakPauseMinutes));
  const until = Math.max(cooldownUntil ?? now, streakUntil ?? now);
  const windowFrom = now - streakWindowMinutes * MINUTE_MS;
  return {
    cooldownUntil,
    streakUntil,
    stopOuts: stopOuts.filter(({ closedAt }) => closedAt >= windowFrom).length,
    minutesLeft: Math.ceil((until - now) / MINUTE_MS),
  };
}

/** When the last of some trades was closed; null when there is none. */
function lastOf(
  trades: readonly PastTrade[],
  isMeant: (trade: PastTrade) => boolean,
): EpochMs | null {
  let last: EpochMs | null = null;
  for (const trade of trades) {
    if (isMeant(trade)) last = last === null ? trade.closedAt : Math.max(last, trade.closedAt);
  }
  return last;
}

/** The end of the pause after an instant; null without one, or when pauses are switched off. */
const pauseAfter = (instant: EpochMs | null, minutes: number): EpochMs | null =>
  minutes > 0 && instant !== null ? instant + minutes * MINUTE_MS : null;

/** An instant that is none is never over: in doubt nothing is entered. */
const stillAhead = (now: EpochMs, until: EpochMs | null): EpochMs | null =>
  until === null || now >= until ? null : until;

/**
 * The last instant of all runs of stop-outs that are streaks; null without any. All of them are looked at, since one
 * more stop-out, too late for a streak of its own, must not cut the pause after an earlier one short.
 */
function lastStreakEnd(
  stopOuts: readonly PastTrade[],
  { streakStopOuts, streakWindowMinutes }: StrategyParameters,
): EpochMs | null {
  if (stopOuts.length < streakStopOuts) return null;
  const inOrder = stopOuts.map(({ closedAt }) => closedAt).toSorted((left, right) => left - right);
  const end = inOrder.findLast((last, index) => {
    const first = inOrder[index + 1 - streakStopOuts];
    return first !== undefined && last - first <= streakWindowMinutes * MINUTE_MS;
  });
  return end ?? null;
}
