/** The two filters that look at whole days. */
import type { DailyBar } from '#core/decision.ts';
import type { StrategyParameters } from '#core/parameters.ts';

import { sumOf } from './readings.ts';

/** Whether a price is within reach of one at which many shares changed hands in the last days. */
export function isNearNode(
  days: readonly DailyBar[],
  price: number,
  parameters: StrategyParameters,
): boolean {
  const { volumeProfileDays, volumeBucketUnit, volumeBucketWidth } = parameters;
  const recent = days.slice(-volumeProfileDays);
  const isComplete = recent.length === volumeProfileDays;
  if (!isComplete || recent.some(({ close, volume }) => !(close > 0 && volume > 0))) return false;
  const width =
    volumeBucketUnit === 'dollars' ? volumeBucketWidth : (price * volumeBucketWidth) / 100;
  // A price in the middle of two buckets belongs to the upper one, whatever a binary fraction makes of it.
  const bucketOf = (each: number): number => Math.floor(each / width + 0.5 + 1e-9);
  const buckets = Map.groupBy(recent, ({ close }) => bucketOf(close));
  const volumes = [...buckets].map(
    ([bucket, inside]) => [bucket, sumOf(inside.map(({ volume }) => volume))] as const,
  );
  const average = sumOf(volumes.map(([, volume]) => volume)) / volumes.length;
  return volumes.some(
    ([bucket, volume]) =>
      volume > parameters.volumeNodeFactor * average &&
      Math.abs(bucket - bucketOf(price)) <= parameters.volumeNodeReach,
  );
}

/** Of logarithmic returns from one day that both have to the next; null where nobody can tell. */
export function correlationOf(
  left: readonly DailyBar[],
  right: readonly DailyBar[],
  { correlationDays, correlationMinDays }: StrategyParameters,
): number | null {
  const pairs = left.flatMap(({ date, close }) =>
    right.filter((day) => day.date === date).map((day) => [close, day.close] as const),
  );
  const recent = pairs.slice(-(correlationDays + 1));
  if (recent.length - 1 < correlationMinDays) return null;
  const returns = (side: 0 | 1): readonly number[] =>
    recent.slice(1).map((pair, i) => Math.log(pair[side] / recent[i]![side]));
  const [x, y] = [fromMean(returns(0)), fromMean(returns(1))];
  // One that does not move goes with nothing.
  if (squares(x) / x.length < 1e-18 || squares(y) / y.length < 1e-18) return null;
  const value = sumOf(x.map((each, i) => each * y[i]!)) / Math.sqrt(squares(x) * squares(y));
  return Math.min(1, value);
}

const fromMean = (values: readonly number[]): readonly number[] =>
  values.map((value) => value - sumOf(values) / values.length);

const squares = (values: readonly number[]): number => sumOf(values.map((value) => value ** 2));
