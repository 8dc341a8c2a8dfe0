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

const isStop = (reason: ExitReason): boolean =>
  reason === 'stop_loss' || reason === 'emergency_stop';

/** A trade that its stop ended. A stop that had trailed into a profit has done its work, and is none. */
const isStopOut = ({ exitReason, pnl }: PastTrade): boolean => isStop(exitReason) && !(pnl > 0);

type PauseFigures = Pick<
  StrategyParameters,
  'cooldownMinutes' | 'streakPauseMinutes' | 'streakWindowMinutes' | 'streakStopOuts'
>;

/** Which pauses keep a symbol from being entered at an instant. At the very end of a pause it is over. */
export function cooldownAt(
  now: EpochMs,
  symbol: Ticker,
  pastTrades: readonly PastTrade[],
  figures: PauseFigures,
): Cooldown {
  const cooldownUntil = ownPauseEnd(now, symbol, pastTrades, figures);
  const streakUntil = streakPauseEnd(now, pastTrades, figures);
  const until = Math.max(cooldownUntil ?? now, streakUntil ?? now);
  const windowFrom = now - figures.streakWindowMinutes * MINUTE_MS;
  const stopOuts = pastTrades.filter((trade) => isStopOut(trade) && trade.closedAt >= windowFrom);
  return {
    cooldownUntil,
    streakUntil,
    stopOuts: stopOuts.length,
    minutesLeft: Math.ceil((until - now) / MINUTE_MS),
  };
}

/** Whether there is such a pause: the same question without its figures. */
export const isCoolingDown = (
  now: EpochMs,
  symbol: Ticker,
  pastTrades: readonly PastTrade[],
  figures: PauseFigures,
): boolean =>
  ownPauseEnd(now, symbol, pastTrades, figures) !== null ||
  streakPauseEnd(now, pastTrades, figures) !== null;

/** The end of the pause after the symbol's own last stop-out; null where there is none, or none any more. */
function ownPauseEnd(
  now: EpochMs,
  symbol: Ticker,
  pastTrades: readonly PastTrade[],
  { cooldownMinutes }: PauseFigures,
): EpochMs | null {
  let last: EpochMs | null = null;
  for (const trade of pastTrades) {
    if (trade.symbol !== symbol || !isStopOut(trade)) continue;
    last = last === null ? trade.closedAt : Math.max(last, trade.closedAt);
  }
  return stillAhead(now, pauseAfter(last, cooldownMinutes));
}

/** The same after the last streak of stop-outs. */
function streakPauseEnd(
  now: EpochMs,
  pastTrades: readonly PastTrade[],
  figures: PauseFigures,
): EpochMs | null {
  const { streakPauseMinutes } = figures;
  const mayMatter = pastTrades.some(
    (trade) =>
      isStopOut(trade) && stillAhead(now, pauseAfter(trade.closedAt, streakPauseMinutes)) !== null,
  );
  if (!mayMatter) return null;
  const end = lastStreakEnd(pastTrades.filter(isStopOut), figures);
  return stillAhead(now, pauseAfter(end, streakPauseMinutes));
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
  { streakStopOuts, streakWindowMinutes }: PauseFigures,
): EpochMs | null {
  if (stopOuts.length < streakStopOuts) return null;
  const inOrder = stopOuts.map(({ closedAt }) => closedAt).toSorted((left, right) => left - right);
  const end = inOrder.findLast((last, index) => {
    const first = inOrder[index + 1 - streakStopOuts];
    return first !== undefined && last - first <= streakWindowMinutes * MINUTE_MS;
  });
  return end ?? null;
}
