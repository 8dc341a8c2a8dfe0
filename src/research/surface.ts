import type { AxisValue, Coordinates } from '#core/parameter-axes.ts';
import { meanOf } from '#core/statistics.ts';

/** A parameter that a grid varies, with its values in their order. */
export interface Axis {
  readonly name: string;
  readonly values: readonly AxisValue[];
}

/** What a search found at one point. */
export interface SurfacePoint {
  readonly coordinates: Coordinates;
  /** Of the objective; null where it cannot be told. */
  readonly value: number | null;
  readonly trades: number;
}

export interface Surface {
  readonly axes: readonly Axis[];
  readonly points: readonly SurfacePoint[];
  /** A point with fewer trades counts for nothing. */
  readonly minTrades: number;
}

/** A point and what it is like around it. */
export interface Place {
  readonly point: SurfacePoint;
  /** Mean value of the point and its neighbours. */
  readonly smoothed: number;
  /** How many points that mean is made of. */
  readonly points: number;
}

/** Where to stay, and the single highest point, which is most likely to be luck. */
export interface Plateau extends Place {
  readonly peak: SurfacePoint;
}

/** A place of which fewer of its points have a value is an island, and no plateau. */
const LEAST_SHARE = 0.5;
/** As is one with fewer points, unless the grid has no more there. */
const LEAST_POINTS = 3;

/**
 * The point whose neighbourhood is best on average: a peak with low ground around it is what luck looks like,
 * and the next data will find it a step aside. Neighbours are all points at most one step away on every axis,
 * those without an order (text, yes or no) being the same. Of places that are alike the one with the higher
 * point counts, then the first. Null where no place has enough points.
 */
export function plateau({ axes, points, minTrades }: Surface): Plateau | null {
  const located = points.map((point) => ({ point, at: locate(axes, point.coordinates) }));
  const usable = located.filter(({ point }) => isUsable(point, minTrades));
  let best: Place | null = null;
  for (const { point, at } of usable) {
    const around = (others: readonly Located[]) =>
      others.filter((other) => areNeighbours(axes, at, other.at));
    const values = around(usable).map((other) => other.point.value ?? Number.NaN);
    const isWide =
      values.length >= LEAST_SHARE * around(located).length &&
      values.length >= Math.min(LEAST_POINTS, roomAround(axes, at));
    const place = { point, smoothed: meanOf(values) ?? Number.NaN, points: values.length };
    if (isWide && (best === null || isBetter(place, best))) best = place;
  }
  const peak = usable
    .map(({ point }) => point)
    .reduce<SurfacePoint | null>(
      (top, point) => (top === null || height(point) > height(top) ? point : top),
      null,
    );
  return best === null || peak === null ? null : { ...best, peak };
}

/** The points around one, without itself: at most one step away on every axis. */
export function neighboursOf<Point extends SurfacePoint>(
  axes: readonly Axis[],
  points: readonly Point[],
  centre: Coordinates,
): readonly Point[] {
  const at = locate(axes, centre);
  return points.filter((point) => {
    const other = locate(axes, point.coordinates);
    const isSame = other.every((index, axis) => index === at[axis]);
    return !isSame && areNeighbours(axes, at, other);
  });
}

interface Located {
  readonly point: SurfacePoint;
  /** Index of its value on each axis. */
  readonly at: readonly number[];
}

function locate(axes: readonly Axis[], coordinates: Coordinates): readonly number[] {
  return axes.map(({ name, values }) => {
    const index = values.findIndex((value) => value === coordinates[name]);
    if (index < 0) throw new RangeError(`no value of ${name}: ${String(coordinates[name])}`);
    return index;
  });
}

const isUsable = ({ value, trades }: SurfacePoint, minTrades: number): boolean =>
  value !== null && trades >= minTrades;

const height = ({ value }: SurfacePoint): number => value ?? -Infinity;

const isBetter = (place: Place, than: Place): boolean =>
  place.smoothed > than.smoothed ||
  (place.smoothed === than.smoothed && height(place.point) > height(than.point));

/** How far a neighbour may be on an axis. */
const reachOn = ({ values }: Axis): 0 | 1 =>
  values.every((value) => typeof value === 'number') ? 1 : 0;

const areNeighbours = (
  axes: readonly Axis[],
  one: readonly number[],
  other: readonly number[],
): boolean =>
  axes.every((axis, index) => Math.abs((one[index] ?? 0) - (other[index] ?? 0)) <= reachOn(axis));

/** Points that a full grid has there. */
const roomAround = (axes: readonly Axis[], at: readonly number[]): number =>
  axes.reduce((room, axis, index) => {
    const here = at[index] ?? 0;
    const reach = reachOn(axis);
    const steps = Math.min(here + reach, axis.values.length - 1) - Math.max(here - reach, 0);
    return room * (steps + 1);
  }, 1);

/** Two axes of a surface, with what the other ones make of each cell. */
export interface HeatMap {
  readonly x: Axis;
  readonly y: Axis;
  /** Row by row of y; null where no point counts. */
  readonly cells: readonly (readonly (number | null)[])[];
}

/** @param of the best or the mean value over all other axes */
export function heatMap(
  { axes, points, minTrades }: Surface,
  { x, y, of }: { readonly x: string; readonly y: string; readonly of: 'best' | 'mean' },
): HeatMap {
  const [across, down] = [axisOf(axes, x), axisOf(axes, y)];
  const usable = points.filter((point) => isUsable(point, minTrades));
  const cells = down.values.map((row) =>
    across.values.map((column) => {
      const values = usable
        .filter(({ coordinates }) => coordinates[x] === column && coordinates[y] === row)
        .map(height);
      return of === 'mean' || values.length === 0 ? meanOf(values) : Math.max(...values);
    }),
  );
  return { x: across, y: down, cells };
}

function axisOf(axes: readonly Axis[], name: string): Axis {
  const found = axes.find((axis) => axis.name === name);
  if (found === undefined) throw new RangeError(`no axis: ${name}`);
  return found;
}
