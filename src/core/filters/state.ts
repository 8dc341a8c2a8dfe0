import { allowsEntries } from '../control.ts';
import { cooldownAt } from '../cooldown.ts';
import type { EntryQuestion, Verdict } from './question.ts';

/** Nothing is held or ordered in the symbol. */
export function askOnePosition({ symbol: { symbol }, book }: EntryQuestion): Verdict {
  const hasPosition = book.positions.has(symbol);
  const hasPendingEntry = book.pendingEntries.has(symbol);
  return {
    passed: !hasPosition && !hasPendingEntry,
    numbers: () => ({ hasPosition, hasPendingEntry }),
  };
}

/** No stop-out was so near that the symbol, or everything, is left alone. */
export function askCooldown({ snapshot, symbol: { symbol } }: EntryQuestion): Verdict {
  const { barEnd, pastTrades, parameters } = snapshot;
  const { cooldownUntil, minutesLeft, stopOuts, streakUntil } = cooldownAt(
    barEnd,
    symbol,
    pastTrades,
    parameters,
  );
  return {
    passed: cooldownUntil === null && streakUntil === null,
    numbers: () => ({ cooldownUntil, minutesLeft, stopOuts, streakUntil }),
  };
}

/** Nobody has halted entries. */
export const askControl = ({ snapshot: { control } }: EntryQuestion): Verdict => ({
  passed: allowsEntries(control),
  numbers: () => ({ status: control.status, by: control.by, reason: control.reason }),
});

/** The bot sees, and its books are clean. */
export const askReadiness = ({ snapshot: { impediments } }: EntryQuestion): Verdict => ({
  passed: impediments.length === 0,
  numbers: () => ({ impediments: impediments.join('; ') || null }),
});

/**
 * Equity has not fallen to a limit since somebody resumed last. That it is known to be so decides; the
 * percentages are shown alone, since after a resume they may still lie beyond their limits.
 */
export function askDrawdown({ snapshot: { drawdown, parameters } }: EntryQuestion): Verdict {
  const { dailyPercent, peakPercent, isDailyBreached, isPeakBreached } = drawdown;
  const isKnown = isReading(dailyPercent) && isReading(peakPercent);
  return {
    passed: isKnown && !isDailyBreached && !isPeakBreached,
    numbers: () => ({
      daily: dailyPercent,
      dailyLimit: parameters.dailyDrawdownPercent,
      dailyBreached: isDailyBreached,
      peak: peakPercent,
      peakLimit: parameters.peakDrawdownPercent,
      peakBreached: isPeakBreached,
    }),
  };
}

/** Without a reading that can be believed, nobody can tell whether a limit was reached. */
const isReading = (percent: number | null): boolean => percent !== null && Number.isFinite(percent);
