/** Discord's ids count milliseconds from the first second of 2015. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;
const SEQUENCE_BITS = 22n;

export interface Snowflakes {
  /** A new id, greater than every id before it, carrying the present time. */
  next(): string;
  /** Makes every later id greater than this one. */
  startAfter(id: string): void;
}

export function createSnowflakes(now: () => number): Snowflakes {
  let last = 0n;
  return {
    next() {
      const fromTime = (BigInt(Math.floor(now())) - DISCORD_EPOCH_MS) << SEQUENCE_BITS;
      last = fromTime > last ? fromTime : last + 1n;
      return last.toString();
    },
    startAfter(id) {
      const floor = BigInt(id);
      if (floor > last) last = floor;
    },
  };
}

/** The instant that an id carries, in epoch milliseconds. */
export const snowflakeTime = (id: string): number =>
  Number((BigInt(id) >> SEQUENCE_BITS) + DISCORD_EPOCH_MS);

/** Orders ids by age: as numbers, since two of different length do not compare as text. */
export const compareSnowflakes = (a: string, b: string): number =>
  a.length === b.length ? (a < b ? -1 : Number(a > b)) : a.length - b.length;
