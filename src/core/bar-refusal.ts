import { confidenceTotal } from './confidence.ts';
import type { EntryFilterName, Features } from './decision.ts';
import { isStillWarm, isWarm } from './filters/data.ts';
import { isInWindow, isWithTrend } from './filters/market.ts';
import type { TimeWindow } from './filters/market.ts';
import type { StrategyParameters } from './parameters.ts';
import { signalSide } from './signal.ts';
import { isNearVolume } from './volume-profile.ts';
import type { VolumeProfile } from './volume-profile.ts';

/** What is the same for all bars of a session. */
export interface BarQuestion {
  /** See entryWindow. */
  readonly window: TimeWindow;
  readonly parameters: StrategyParameters;
  /** Of the symbol's sessions before this one; asked for only where it matters. */
  readonly profile: () => VolumeProfile;
}

/**
 * What a decision comes to as far as the bars alone decide it: no signal, the first filter that refuses, or
 * null: everything else has to be asked. The questions are those of the filters, in their order, without the
 * numbers that a decision keeps: a search through history asks them at every bar.
 *
 * @param wasWarm whether all features were known at an earlier bar; see isStillWarm
 */
export function barRefusal(
  features: Features,
  { window, parameters, profile }: BarQuestion,
  wasWarm = false,
): EntryFilterName | 'no-signal' | null {
  if (!(wasWarm ? isStillWarm(features) : isWarm(features))) return 'warm-up';
  const side = signalSide(features, parameters.crossWithinBars);
  if (side === null) return 'no-signal';
  if (!isInWindow(window, features.barEnd)) return 'entry-window';
  if (confidenceTotal(side, features) < parameters.confidenceThreshold) return 'confidence';
  if (!isWithTrend(side, features)) return 'trend-15m';
  return isNearVolume(profile(), features.close) ? null : 'volume-profile';
}
