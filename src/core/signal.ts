import { confidenceTotal } from './confidence.ts';
import type { Features } from './decision.ts';
import type { PositionSide } from './order.ts';
import type { StrategyParameters } from './parameters.ts';

/** The strategy's wish for a direction. */
export interface Signal {
  readonly side: PositionSide;
  /** 0–100; see confidenceOf. */
  readonly confidence: number;
}

/**
 * Long when the fast EMA crossed above the slow one within the last bars (the crossing bar is the first of
 * them) and still is above; short mirrored; else null.
 */
export function signalOf(features: Features, parameters: StrategyParameters): Signal | null {
  const side = signalSide(features, parameters.crossWithinBars);
  return side === null ? null : { side, confidence: confidenceTotal(side, features) };
}

/** Whether there can be a signal so long after the last crossings: what a search through history asks first. */
export const mayBeSignal = (
  barsSinceCrossUp: number,
  barsSinceCrossDown: number,
  withinBars: number,
): boolean => barsSinceCrossUp < withinBars || barsSinceCrossDown < withinBars;

/** The direction of the signal at these features, or null. */
export function signalSide(
  features: Pick<Features, 'emaFast' | 'emaSlow' | 'barsSinceCrossUp' | 'barsSinceCrossDown'>,
  withinBars: number,
): PositionSide | null {
  const { emaFast, emaSlow, barsSinceCrossUp, barsSinceCrossDown } = features;
  if (emaFast > emaSlow && barsSinceCrossUp < withinBars) return 'long';
  if (emaFast < emaSlow && barsSinceCrossDown < withinBars) return 'short';
  return null;
}
