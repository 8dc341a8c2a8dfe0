import type { Features } from './decision.ts';
import { signOf } from './order.ts';
import type { PositionSide } from './order.ts';

/** One part of the confidence: no points up to `from`, all of them from `to` on, in proportion between. */
interface Scale {
  readonly points: number;
  readonly from: number;
  readonly to: number;
}

/**
 * What the confidence is made of; the points add up to 100. Each scale ends where a crossing of the EMAs on
 * 5-minute bars stands out: at about the upper tenth of all crossings of two dozen large US stocks and funds
 * in 2025 (the separation, which is near zero right at a crossing, at about the upper fifth; a volume half
 * above its average, at about the upper fifth too). So a crossing needs a trend as well as volume or
 * distance to pass 70, and the median one stays below 50.
 */
export const CONFIDENCE_SCALES = {
  /** Strength of the trend: ADX. */
  trend: { points: 25, from: 10, to: 30 },
  /** Distance between the EMAs in the signal's direction, in ATRs. */
  separation: { points: 20, from: 0, to: 0.3 },
  /** DI of the signal's direction minus the other. */
  direction: { points: 25, from: 0, to: 20 },
  /** Relative volume. */
  volume: { points: 15, from: 0.5, to: 1.5 },
} as const satisfies Record<string, Scale>;

/** For a close on the signal's side of the session VWAP, or on it. */
export const VWAP_POINTS = 15;

/** The points of each part, and their sum from 0 to 100, rounded to a tenth: what is shown is what is tested. */
export interface Confidence {
  readonly total: number;
  readonly trend: number;
  readonly separation: number;
  readonly direction: number;
  readonly volume: number;
  readonly vwap: number;
}

/** How much speaks for a signal. Never falls when one of the features changes in the signal's favour. */
export function confidenceOf(side: PositionSide, features: Features): Confidence {
  return {
    total: confidenceTotal(side, features),
    trend: trendPoints(features),
    separation: separationPoints(side, features),
    direction: directionPoints(side, features),
    volume: volumePoints(features),
    vwap: vwapPoints(side, features),
  };
}

/** The sum of the parts alone, as a search through history needs it. */
export function confidenceTotal(side: PositionSide, features: Features): number {
  const sum =
    trendPoints(features) +
    separationPoints(side, features) +
    directionPoints(side, features) +
    volumePoints(features) +
    vwapPoints(side, features);
  return Math.round(sum * 10) / 10;
}

const trendPoints = ({ adx }: Features): number => pointsOn(CONFIDENCE_SCALES.trend, adx);

const separationPoints = (side: PositionSide, { emaFast, emaSlow, atr }: Features): number =>
  pointsOn(CONFIDENCE_SCALES.separation, (signOf(side) * (emaFast - emaSlow)) / atr);

const directionPoints = (side: PositionSide, { plusDi, minusDi }: Features): number =>
  pointsOn(CONFIDENCE_SCALES.direction, signOf(side) * (plusDi - minusDi));

const volumePoints = ({ relativeVolume }: Features): number =>
  pointsOn(CONFIDENCE_SCALES.volume, relativeVolume);

const vwapPoints = (side: PositionSide, { close, vwap }: Features): number =>
  signOf(side) * (close - vwap) >= 0 ? VWAP_POINTS : 0;

/** A value that is no number brings no points. */
function pointsOn({ points, from, to }: Scale, value: number): number {
  return value > from ? points * Math.min(1, (value - from) / (to - from)) : 0;
}
