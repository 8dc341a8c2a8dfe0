import type { Bar } from '#core/bars.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { asSessionDate, MINUTE_MS, newYorkInstant } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type {
  CandlesChart,
  ChartFill,
  ChartPosition,
  EquityChart,
  PerformanceChart,
} from '#ports/charts.ts';

/** New York time on February 11, 2025, or on another day of that month. */
export const at = (time: string, day = 11): EpochMs =>
  newYorkInstant(asSessionDate(`2025-02-${String(day).padStart(2, '0')}`), time);

/** Five-minute bars that swing around a price, rising a little; each is one cent from open to close. */
export const bars = (count: number, from = at('09:30'), price = 100): readonly Bar[] =>
  Array.from({ length: count }, (_, index) => {
    const open = price + Math.sin(index / 5) + index * 0.01;
    const close = open + (index % 3 === 0 ? -0.2 : 0.3);
    return {
      start: from + index * 5 * MINUTE_MS,
      open,
      high: Math.max(open, close) + 0.1,
      low: Math.min(open, close) - 0.1,
      close,
      volume: 10_000 + (index % 7) * 2_500,
    };
  });

export const position = (changes: Partial<ChartPosition> = {}): ChartPosition => ({
  side: 'long',
  openedAt: at('10:32'),
  until: null,
  entryPrice: parseUsd('100.10'),
  stops: [{ at: at('10:32'), price: parseUsd('98.40') }],
  targetPrice: parseUsd('103.60'),
  ...changes,
});

export const fill = (
  time: string,
  role: ChartFill['role'],
  price: string,
  quantity: number,
): ChartFill => ({ at: at(time), role, price: parseUsd(price), quantity });

/** A session's first two hours and a half, with a long position since 10:32. */
export const candles = (changes: Partial<CandlesChart> = {}): CandlesChart => {
  const shown = changes.bars ?? bars(30);
  return {
    kind: 'candles',
    symbol: ticker('NVDA'),
    title: 'NVDA long, 100 shares',
    barMinutes: 5,
    bars: shown,
    averages: {
      fast: { period: 9, values: shown.map(({ close }, index) => (index < 8 ? null : close)) },
      slow: { period: 21, values: shown.map(({ low }, index) => (index < 20 ? null : low)) },
    },
    position: position(),
    fills: [fill('10:32', 'entry', '100.10', 100)],
    ...changes,
  };
};

/** Equity each five minutes from the open, in whole dollars. */
export const equity = (
  dollars: readonly number[],
  changes: Partial<EquityChart> = {},
): EquityChart => ({
  kind: 'equity',
  title: "Tuesday's session",
  points: dollars.map((amount, index) => ({
    at: at('09:30') + index * 5 * MINUTE_MS,
    equity: parseUsd(String(amount)),
  })),
  sessionOpen: parseUsd('100000'),
  haltsAt: null,
  ...changes,
});

/** Weekdays of February 2025 from Monday, the 3rd. */
export const performance = (pnl: readonly string[]): PerformanceChart => ({
  kind: 'performance',
  title: `Last ${pnl.length} sessions`,
  days: pnl.map((amount, index) => ({
    date: asSessionDate(
      `2025-02-${String(3 + index + 2 * Math.floor(index / 5)).padStart(2, '0')}`,
    ),
    pnl: parseUsd(amount),
  })),
});
