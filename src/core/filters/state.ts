import { allowsEntries } from '../control.ts';
import { cooldownAt, isCoolingDown } from '../cooldown.ts';
import type { EntryFilter, EntryQuestion } from './question.ts';

/** Nothing is held or ordered in the symbol. */
export const ONE_POSITION: EntryFilter<EntryQuestion> = {
  name: 'one-position',
  passes: ({ symbol: { symbol }, book }) => !book.open.has(symbol),
  numbers: ({ symbol: { symbol }, book }) => ({
    hasPosition: book.positions.has(symbol),
    hasPendingEntry: book.pendingEntries.has(symbol),
  }),
};

/** No stop-out was so near that the symbol, or everything, is left alone. */
export const COOLDOWN: EntryFilter<EntryQuestion> = {
  name: 'cooldown',
  passes: ({ snapshot: { barEnd, pastTrades, parameters }, symbol: { symbol } }) =>
    !isCoolingDown(barEnd, symbol, pastTrades, parameters),
  numbers({ snapshot: { barEnd, pastTrades, parameters }, symbol: { symbol } }) {
    return { ...cooldownAt(barEnd, symbol, pastTrades, parameters) };
  },
};

/** Nobody has halted entries. */
export const CONTROL: EntryFilter<EntryQuestion> = {
  name: 'control',
  passes: ({ snapshot: { control } }) => allowsEntries(control),
  numbers: ({ snapshot: { control } }) => ({
    status: control.status,
    by: control.by,
    reason: control.reason,
  }),
};

/** The bot sees, and its books are clean. */
export const READINESS: EntryFilter<EntryQuestion> = {
  name: 'readiness',
  passes: ({ snapshot: { impediments } }) => impediments.length === 0,
  numbers: ({ snapshot: { impediments } }) => ({ impediments: impediments.join('; ') || null }),
};

/**
 * Equity has not fallen to a limit since somebody resumed last. That it is known to be so decides; the
 * percentages are shown alone, since after a resume they may still lie beyond their limits.
 */
export const DRAWDOWN: EntryFilter<EntryQuestion> = {
  name: 'drawdown',
  passes({ snapshot: { drawdown } }) {
    const { dailyPercent, peakPercent, isDailyBreached, isPeakBreached } = drawdown;
    const isKnown = isReading(dailyPercent) && isReading(peakPercent);
    return isKnown && !isDailyBreached && !isPeakBreached;
  },
  numbers: ({ snapshot: { drawdown, parameters } }) => ({
    daily: drawdown.dailyPercent,
    dailyLimit: parameters.dailyDrawdownPercent,
    dailyBreached: drawdown.isDailyBreached,
    peak: drawdown.peakPercent,
    peakLimit: parameters.peakDrawdownPercent,
    peakBreached: drawdown.isPeakBreached,
  }),
};

/** Without a reading that can be believed, nobody can tell whether a limit was reached. */
const isReading = (percent: number | null): boolean => percent !== null && Number.isFinite(percent);
