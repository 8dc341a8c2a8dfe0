import type { Features, FilterResult } from '../decision.ts';
import { isFlattenDue } from '../exits.ts';
import type { PositionSide } from '../order.ts';
import type { StrategyParameters } from '../parameters.ts';
import { MINUTE_MS } from '../session.ts';
import { readVolumeProfile } from '../volume-profile.ts';
import type { ProfileReading } from '../volume-profile.ts';
import type { EntryQuestion, SignalQuestion, Verdict } from './question.ts';

/**
 * Neither right after the session's open nor right before its close; the bar that ends on either limit is
 * still traded on. Nor when the end of the day would close the trade at once.
 */
export function askEntryWindow({ snapshot }: SignalQuestion): Verdict {
  const { barEnd, session, parameters } = snapshot;
  const { noEntryFirstMinutes, noEntryLastMinutes } = parameters;
  return {
    passed: isInEntryWindow(snapshot),
    numbers: () => ({
      minutesSinceOpen: (barEnd - session.open) / MINUTE_MS,
      minutesToClose: (session.close - barEnd) / MINUTE_MS,
      noEntryFirstMinutes,
      noEntryLastMinutes,
      flattens: isFlattenDue(session, barEnd, parameters),
    }),
  };
}

export function isInEntryWindow({
  barEnd,
  session,
  parameters,
}: SignalQuestion['snapshot']): boolean {
  const isLateEnough = (barEnd - session.open) / MINUTE_MS >= parameters.noEntryFirstMinutes;
  const isEarlyEnough = (session.close - barEnd) / MINUTE_MS >= parameters.noEntryLastMinutes;
  return isLateEnough && isEarlyEnough && !isFlattenDue(session, barEnd, parameters);
}

/** Enough speaks for the signal. */
export function askConfidence({ signal: { confidence }, snapshot }: SignalQuestion): Verdict {
  const { total } = confidence;
  const threshold = snapshot.parameters.confidenceThreshold;
  return {
    passed: total >= threshold,
    numbers: () => {
      const { total: _, ...parts } = confidence;
      return { confidence: total, threshold, ...parts };
    },
  };
}

/** The longer bars do not trend the other way. */
export const askTrend = ({
  signal: { side },
  features: { trendEmaFast, trendEmaSlow },
}: SignalQuestion): Verdict => ({
  passed: isWithTrend(side, { trendEmaFast, trendEmaSlow }),
  numbers: () => ({ side, trendEmaFast, trendEmaSlow }),
});

export const isWithTrend = (
  side: PositionSide,
  { trendEmaFast, trendEmaSlow }: Pick<Features, 'trendEmaFast' | 'trendEmaSlow'>,
): boolean => (side === 'long' ? trendEmaFast >= trendEmaSlow : trendEmaFast <= trendEmaSlow);

/** The price is one at which many shares changed hands lately. Prices in dollars, the distance in buckets. */
export function askVolumeProfile({ snapshot, symbol, features }: EntryQuestion): Verdict {
  const price = features.close;
  const { daily, parameters } = snapshot;
  const reading = readVolumeProfile(daily.get(symbol.symbol) ?? [], price, parameters);
  return {
    passed: reading.kind === 'read' && reading.isNear,
    numbers: () => profileNumbers(reading, price, parameters),
  };
}

function profileNumbers(
  reading: ProfileReading,
  price: number,
  { volumeProfileDays: needed }: StrategyParameters,
): FilterResult['numbers'] {
  const { days } = reading;
  switch (reading.kind) {
    case 'read': {
      const { bucket, node, distance, width } = reading;
      return { price, bucket, node, distance, width, days };
    }
    case 'too-short':
      return { price, days, needed };
    case 'bad-bar':
      return { price, days, badBar: reading.date };
    case 'bad-price':
      return { price, days, width: null };
    default:
      return reading satisfies never;
  }
}
