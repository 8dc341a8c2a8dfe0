import type { Bar } from '#core/bars.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs, Session } from '#core/session.ts';

/** A market whose whole future is known: read from files or generated from a seed. */
export interface Market {
  /** Name for the channel: "replay of 5min (24 symbols)", "generated, seed 7". */
  readonly name: string;
  /** Same text, same bars: names the sandbox's world, so that a second start finds its own past. */
  readonly identity: string;
  readonly symbols: readonly Ticker[];
  readonly barMinutes: number;
  /** Every session with bars, and at least the next five weekdays after them, oldest first. */
  readonly sessions: readonly Session[];
  /** Where the replay starts; bars before it are history. */
  readonly start: EpochMs;
  /** The ends of all bars after the start, each once, oldest first. */
  readonly barEnds: readonly EpochMs[];
  /** The bar of a symbol that ends at this instant, or null: a hole in the data. */
  barEnding(symbol: Ticker, barEnd: EpochMs): Bar | null;
  /** Bars with from ≤ start < until, oldest first. */
  bars(symbol: Ticker, from: EpochMs, until: EpochMs): readonly Bar[];
}
