import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { SessionDate } from '#core/session.ts';

import { returnFigures, returnsOf } from './returns.ts';
import type { ReturnFigures } from './returns.ts';

/**
 * Daily closes of each symbol, in dollars, oldest first. Those before the first session are taken as what the
 * symbol was bought at; without one it is bought at its first close.
 */
export type DailyCloses = ReadonlyMap<Ticker, readonly Pick<DailyBar, 'date' | 'close'>[]>;

/**
 * The yardstick: as much money in each symbol, bought once and held to the end, without costs. Of one that has
 * no price yet the money waits; of one that has none on a day the last one counts. Null without any close.
 */
export function buyAndHold(
  dates: readonly SessionDate[],
  closes: DailyCloses,
): ReturnFigures | null {
  const curves = [...closes.values()]
    .filter((series) => series.length > 0)
    .map((series) => growthCurve(dates, series));
  if (curves.length === 0) return null;
  const values = dates.map(
    (_, index) =>
      curves.reduce((sum, curve) => sum + (curve[index] ?? Number.NaN), 0) / curves.length,
  );
  return returnFigures(returnsOf(1, values));
}

/** What a dollar in the symbol is worth at each session's close. */
function growthCurve(
  dates: readonly SessionDate[],
  series: readonly Pick<DailyBar, 'date' | 'close'>[],
): readonly number[] {
  let next = 0;
  let bought: number | null = null;
  let value = 1;
  return dates.map((date, index) => {
    for (let bar = series[next]; bar !== undefined && bar.date <= date; bar = series[next]) {
      // Of the closes before the first session only the last one is paid.
      if (bought === null || (index === 0 && bar.date < date)) bought = bar.close;
      value = bar.close / bought;
      next += 1;
    }
    return value;
  });
}
