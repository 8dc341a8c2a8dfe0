import { confidenceOf } from '../confidence.ts';
import type { Features, FilterResult } from '../decision.ts';
import { flattenFrom, isFlattenDue } from '../exits.ts';
import type { PositionSide } from '../order.ts';
import type { StrategyParameters } from '../parameters.ts';
import { MINUTE_MS } from '../session.ts';
import type { EpochMs, Session } from '../session.ts';
import { createVolumeProfile, isNearVolume } from '../volume-profile.ts';
import type { ProfileReading, VolumeProfile } from '../volume-profile.ts';
import type { EntryFilter, EntryQuestion, SignalQuestion } from './question.ts';

/**
 * Neither right after the session's open nor right before its close; the bar that ends on either limit is
 * still traded on. Nor when the end of the day would close the trade at once.
 */
export const ENTRY_WINDOW: EntryFilter<SignalQuestion> = {
  name: 'entry-window',
  passes: ({ snapshot: { barEnd, session, parameters } }) =>
    isInWindow(entryWindow(session, parameters), barEnd),
  numbers: ({ snapshot: { barEnd, session, parameters } }) => ({
    minutesSinceOpen: (barEnd - session.open) / MINUTE_MS,
    minutesToClose: (session.close - barEnd) / MINUTE_MS,
    noEntryFirstMinutes: parameters.noEntryFirstMinutes,
    noEntryLastMinutes: parameters.noEntryLastMinutes,
    flattens: isFlattenDue(session, barEnd, parameters),
  }),
};

/** From one instant to another, both included. */
export interface TimeWindow {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

/** When the bars of a session end at which it may be entered. */
export function entryWindow(session: Session, figures: WindowFigures): TimeWindow {
  const { noEntryFirstMinutes, noEntryLastMinutes } = figures;
  const latest = session.close - noEntryLastMinutes * MINUTE_MS;
  return {
    from: session.open + noEntryFirstMinutes * MINUTE_MS,
    to: Math.min(latest, flattenFrom(session, figures) - 1),
  };
}

type WindowFigures = Pick<
  StrategyParameters,
  'noEntryFirstMinutes' | 'noEntryLastMinutes' | 'endOfDay' | 'flattenMinutes' | 'barMinutes'
>;

export const isInWindow = ({ from, to }: TimeWindow, at: EpochMs): boolean =>
  at >= from && at <= to;

/** Enough speaks for the signal. */
export const CONFIDENCE: EntryFilter<SignalQuestion> = {
  name: 'confidence',
  passes: ({ signal, snapshot }) => signal.confidence >= snapshot.parameters.confidenceThreshold,
  numbers({ signal: { side }, features, snapshot }) {
    const { total, ...parts } = confidenceOf(side, features);
    return { confidence: total, threshold: snapshot.parameters.confidenceThreshold, ...parts };
  },
};

/** The longer bars do not trend the other way. */
export const TREND: EntryFilter<SignalQuestion> = {
  name: 'trend-15m',
  passes: ({ signal, features }) => isWithTrend(signal.side, features),
  numbers: ({ signal: { side }, features: { trendEmaFast, trendEmaSlow } }) => ({
    side,
    trendEmaFast,
    trendEmaSlow,
  }),
};

export const isWithTrend = (
  side: PositionSide,
  { trendEmaFast, trendEmaSlow }: Pick<Features, 'trendEmaFast' | 'trendEmaSlow'>,
): boolean => (side === 'long' ? trendEmaFast >= trendEmaSlow : trendEmaFast <= trendEmaSlow);

const profileOf = ({ snapshot: { daily, parameters }, symbol }: EntryQuestion): VolumeProfile =>
  createVolumeProfile(daily.get(symbol.symbol) ?? [], parameters);

/** The price is one at which many shares changed hands lately. Prices in dollars, the distance in buckets. */
export const VOLUME_PROFILE: EntryFilter<EntryQuestion> = {
  name: 'volume-profile',
  passes: (question) => isNearVolume(profileOf(question), question.features.close),
  numbers(question) {
    const price = question.features.close;
    return profileNumbers(profileOf(question).read(price), price, question.snapshot.parameters);
  },
};

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
