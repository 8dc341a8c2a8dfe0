import type { Features } from '../decision.ts';
import { isFlattenDue } from '../exits.ts';
import type { PositionSide } from '../order.ts';
import { MINUTE_MS } from '../session.ts';
import { readVolumeProfile } from '../volume-profile.ts';
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
    numbers: {
      minutesSinceOpen: (barEnd - session.open) / MINUTE_MS,
      minutesToClose: (session.close - barEnd) / MINUTE_MS,
      noEntryFirstMinutes,
      noEntryLastMinutes,
      flattens: isFlattenDue(session, barEnd, parameters),
    },
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
  const { total, ...parts } = confidence;
  const threshold = snapshot.parameters.confidenceThreshold;
  return { passed: total >= threshold, numbers: { confidence: total, threshold, ...parts } };
}

/** The longer bars do not trend the other way. */
export const askTrend = ({
  signal: { side },
  features: { trendEmaFast, trendEmaSlow },
}: SignalQuestion): Verdict => ({
  passed: isWithTrend(side, { trendEmaFast, trendEmaSlow }),
  numbers: { side, trendEmaFast, trendEmaSlow },
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
  const { days } = reading;
  switch (reading.kind) {
    case 'read': {
      const { bucket, node, distance, width } = reading;
      return { passed: reading.isNear, numbers: { price, bucket, node, distance, width, days } };
    }
    case 'too-short':
      return { passed: false, numbers: { price, days, needed: parameters.volumeProfileDays } };
    case 'bad-bar':
      return { passed: false, numbers: { price, days, badBar: reading.date } };
    case 'bad-price':
      return { passed: false, numbers: { price, days, width: null } };
    default:
      return reading satisfies never;
  }
}
