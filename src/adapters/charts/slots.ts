import type { Bar } from '#core/bars.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

/** The places of bars beside each other, and some free ones after the last for what happens since. */
export interface Slots {
  /** With the free ones. */
  readonly count: number;
  /**
   * Of an instant, in slots: a bar's middle is its number, its edges half a slot beside it. Before the
   * first bar it is the left edge, after the last its right one.
   */
  readonly place: (at: EpochMs) => number;
  /** The slot of what happened at an instant; null before the first bar. After the last it is a free one. */
  readonly slot: (at: EpochMs) => number | null;
}

/** Free places, as a part of the bars. */
const SPARE = 0.03;

export function slotsOf(bars: readonly Bar[], barMinutes: number): Slots {
  const starts = bars.map(({ start }) => start);
  const count = starts.length + Math.max(1, Math.round(starts.length * SPARE));
  const barMs = barMinutes * MINUTE_MS;
  const lastEnd = (starts.at(-1) ?? 0) + barMs;
  const indexOf = (at: EpochMs) => starts.findLastIndex((start) => start <= at);
  return {
    count,
    place(at) {
      const index = indexOf(at);
      const part = index < 0 ? 0 : Math.min(1, (at - (starts[index] ?? at)) / barMs);
      return Math.max(0, index) - 0.5 + part;
    },
    slot(at) {
      if (at >= lastEnd) return starts.length;
      const index = indexOf(at);
      return index < 0 ? null : index;
    },
  };
}
