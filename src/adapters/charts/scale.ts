/** A value axis with round numbers: from `min` to `max` in whole steps. */
export interface RoundScale {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** That a label needs to show a step without rounding. */
  readonly decimals: number;
}

export interface ScaleOptions {
  /** Steps to aim at: rounding outward may add two. */
  readonly steps: number;
  /** Room above and below the values, as a part of their spread. */
  readonly padding?: number;
  /** Smallest step, for figures that have no finer one. */
  readonly smallestStep?: number;
}

/** Steps that read easily, times a power of ten. */
const ROUND_STEPS = [1, 2, 2.5, 5, 10] as const;
/** Equal values get an axis of this part of their size around them. */
const FLAT_SPREAD = 0.01;

/** The smallest round scale that encloses all values. They must be finite, and there must be one. */
export function roundScale(values: readonly number[], options: ScaleOptions): RoundScale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const flat = Math.max(Math.abs(low), Math.abs(high)) * FLAT_SPREAD || 1;
  const spread = high > low ? high - low : flat;
  const room = high > low ? spread * (options.padding ?? 0) : spread / 2;
  const step = Math.max(roundStep((spread + 2 * room) / options.steps), options.smallestStep ?? 0);
  const decimals = decimalsOf(step);
  // Prices have no negative side: padding must not invent one.
  const from = low >= 0 ? Math.max(0, low - room) : low - room;
  const to = high <= 0 ? Math.min(0, high + room) : high + room;
  const first = Math.floor(from / step);
  const last = Math.max(first + 1, Math.ceil(to / step));
  return {
    min: Number((first * step).toFixed(decimals)),
    max: Number((last * step).toFixed(decimals)),
    step,
    decimals,
  };
}

/** The next round step from here upward. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const digit = ROUND_STEPS.find((step) => step * power >= atLeast * (1 - 1e-9)) ?? 10;
  const step = digit * power;
  return Number(step.toPrecision(3));
}

/** How many decimals write the step exactly. */
export function decimalsOf(step: number): number {
  for (let decimals = 0; decimals < 9; decimals += 1) {
    const scaled = step * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals;
  }
  return 9;
}
