import { confidenceTotal } from './confidence.ts';
import type { DailyBar, EntryFilterName, Features } from './decision.ts';
import { isWarm } from './filters/data.ts';
import { isInEntryWindow, isWithTrend } from './filters/market.ts';
import type { SignalQuestion } from './filters/question.ts';
import { signalSide } from './signal.ts';
import { isNearVolume } from './volume-profile.ts';

/**
 * What a decision comes to as far as the bars alone decide it: no signal, the first filter that refuses, or
 * null: everything else has to be asked. The questions are those of the filters, in their order, without the
 * numbers that a decision keeps: a search through history asks them at every bar.
 *
 * @param features those of the bar that ends at `barEnd`
 * @param daysBefore the symbol's sessions before this one, oldest first; asked for only where it matters
 */
export function barRefusal(
  features: Features,
  { barEnd, session, parameters }: SignalQuestion['snapshot'],
  daysBefore: () => readonly DailyBar[],
): EntryFilterName | 'no-signal' | null {
  if (!isWarm(features)) return 'warm-up';
  const side = signalSide(features, parameters.crossWithinBars);
  if (side === null) return 'no-signal';
  if (!isInEntryWindow({ barEnd, session, parameters })) return 'entry-window';
  if (confidenceTotal(side, features) < parameters.confidenceThreshold) return 'confidence';
  if (!isWithTrend(side, features)) return 'trend-15m';
  return isNearVolume(daysBefore(), features.close, parameters) ? null : 'volume-profile';
}
