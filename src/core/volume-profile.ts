import type { DailyBar } from './decision.ts';
import type { StrategyParameters } from './parameters.ts';
import type { SessionDate } from './session.ts';

/** Where a price lies in the volume profile of its symbol. */
export type ProfileReading =
  /** There are fewer daily bars than the profile is made of. */
  | { readonly kind: 'too-short'; readonly days: number }
  /** A daily bar's figures are none. */
  | { readonly kind: 'bad-bar'; readonly days: number; readonly date: SessionDate }
  /** The price, or the width of a bucket that follows from it, is none. */
  | { readonly kind: 'bad-price'; readonly days: number }
  | {
      readonly kind: 'read';
      readonly days: number;
      /** Of a bucket, in dollars. */
      readonly width: number;
      /** The price's own. */
      readonly bucket: number;
      /** The nearest high-volume node: the price in the middle of its bucket; null when there is none. */
      readonly node: number | null;
      /** From the price's bucket to the node's, in buckets. */
      readonly distance: number | null;
      readonly isNear: boolean;
    };

/** The volume of a symbol's last sessions by price. */
export interface VolumeProfile {
  /** Reads a price in dollars against it. */
  read(price: number): ProfileReading;
}

type ProfileFigures = Pick<
  StrategyParameters,
  | 'volumeProfileDays'
  | 'volumeBucketUnit'
  | 'volumeBucketWidth'
  | 'volumeNodeFactor'
  | 'volumeNodeReach'
>;

/**
 * The volume of the last sessions, summed in buckets of the rounded close. A bucket with more than a multiple of
 * the average volume, over the buckets that hold any, is a high-volume node; a price is near one when their buckets,
 * counted by number, are within reach. All volume in one bucket, or the same in each, makes no node: nothing stands
 * out.
 */
export function createVolumeProfile(
  bars: readonly DailyBar[],
  figures: ProfileFigures,
): VolumeProfile {
  const { volumeProfileDays: days, volumeNodeFactor, volumeNodeReach } = figures;
  const unfit = unfitness(bars, days);
  if (unfit !== null) return { read: () => unfit };
  const recent = bars.length === days ? bars : bars.slice(bars.length - days);
  /** Those of the width that was asked for last: mostly it is always the same. */
  let known = { width: Number.NaN, nodes: NO_NODES };
  return {
    read(price) {
      const width = widthAt(price, figures);
      if (!isFigure(price) || !isFigure(width)) return { kind: 'bad-price', days };
      if (known.width !== width) {
        known = { width, nodes: nodesOf(recent, width, volumeNodeFactor) };
      }
      const bucket = bucketOf(price, width);
      const nearest = nearestTo(bucket, known.nodes);
      const node = nearest === null ? null : nearest * width;
      const distance = nearest === null ? null : Math.abs(nearest - bucket);
      const isNear = distance !== null && distance <= volumeNodeReach;
      return { kind: 'read', days, width, bucket, node, distance, isNear };
    },
  };
}

const NO_NODES: readonly number[] = [];

/** Why no price can be read against these sessions; null where one can. */
function unfitness(bars: readonly DailyBar[], days: number): ProfileReading | null {
  if (bars.length < days) return { kind: 'too-short', days: bars.length };
  for (let index = bars.length - days; index < bars.length; index += 1) {
    const bar = bars[index];
    if (bar === undefined) continue;
    const { date, close, volume } = bar;
    if (!isFigure(close) || !isFigure(volume)) return { kind: 'bad-bar', days, date };
  }
  return null;
}

/** Whether the filter lets a price pass. */
export function isNearVolume(profile: VolumeProfile, price: number): boolean {
  const reading = profile.read(price);
  return reading.kind === 'read' && reading.isNear;
}

const isFigure = (value: number): boolean => Number.isFinite(value) && value > 0;

const widthAt = (price: number, parameters: ProfileFigures): number =>
  parameters.volumeBucketUnit === 'dollars'
    ? parameters.volumeBucketWidth
    : (price * parameters.volumeBucketWidth) / 100;

/** Digits of a double that a division of two decimals leaves right. */
const SURE_DIGITS = 12;

/** So far from the middle between two buckets the unsure digits change nothing, whatever the price. */
const SURE_DISTANCE = 1e-3;

/** A price in the middle between two buckets belongs to the upper one, also where the division falls a hair short. */
function bucketOf(price: number, width: number): number {
  const exact = price / width;
  const isSure = Math.abs(exact - Math.floor(exact) - 0.5) > SURE_DISTANCE && exact < 1e8;
  return Math.round(isSure ? exact : Number(exact.toPrecision(SURE_DIGITS)));
}

/** The buckets of the high-volume nodes, in no order. So few bars are looked through faster than hashed. */
function nodesOf(bars: readonly DailyBar[], width: number, factor: number): readonly number[] {
  const buckets: number[] = [];
  const volumes: number[] = [];
  let total = 0;
  for (const { close, volume } of bars) {
    const bucket = bucketOf(close, width);
    const known = buckets.indexOf(bucket);
    if (known === -1) {
      buckets.push(bucket);
      volumes.push(volume);
    } else volumes[known] = (volumes[known] ?? 0) + volume;
    total += volume;
  }
  const limit = (factor * total) / volumes.length;
  return buckets.filter((_, index) => (volumes[index] ?? 0) > limit);
}

/** Of two buckets that are as near, the lower one. */
function nearestTo(bucket: number, nodes: readonly number[]): number | null {
  let nearest: number | null = null;
  for (const node of nodes) {
    const distance = Math.abs(node - bucket);
    const least = nearest === null ? Number.POSITIVE_INFINITY : Math.abs(nearest - bucket);
    if (distance < least || (distance === least && node < (nearest ?? node))) nearest = node;
  }
  return nearest;
}
