import { usdToNumber } from '#core/money.ts';
import type { EquityChart, PerformanceChart } from '#ports/charts.ts';

/**
 * How far each point lies below the highest equity so far, in per cent from 0 down. The session's open
 * counts as the first.
 */
export function drawdownsOf({ points, sessionOpen }: EquityChart): readonly number[] {
  let peak = sessionOpen === null ? 0 : usdToNumber(sessionOpen);
  return points.map((point) => {
    const equity = usdToNumber(point.equity);
    peak = Math.max(peak, equity);
    return peak > 0 ? Math.min(0, ((equity - peak) / peak) * 100) : 0;
  });
}

/** The sum up to each day, in dollars. */
export function runningSums({ days }: PerformanceChart): readonly number[] {
  let total = 0;
  return days.map(({ pnl }) => (total += usdToNumber(pnl)));
}
