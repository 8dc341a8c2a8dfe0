import type { BacktestMarket } from '#backtest/market.ts';
import type { BarColumns } from '#core/bars.ts';
import { ticker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';

import { columnsOf, sessionsOf, walkBars } from '../core/support/bars.ts';
import type { WalkOptions } from '../core/support/bars.ts';

interface MarketOptions extends Partial<WalkOptions> {
  readonly names?: readonly string[];
}

/** A market of random walks, one a name; the same for the same seed. */
export function aMarket({
  seed = 1,
  sessions = 40,
  names = ['AAPL', 'MSFT', 'NVDA'],
  barMinutes = 5,
  ...rest
}: MarketOptions = {}): BacktestMarket {
  const walk = { ...rest, sessions, barMinutes };
  const bars = new Map<Ticker, BarColumns>(
    names.map((name, index) => [
      ticker(name),
      columnsOf(walkBars({ ...walk, seed: seed * 100 + index })),
    ]),
  );
  // Also those in which every bar is missing.
  const calendar = sessionsOf(walkBars({ ...walk, seed, missing: 0 }));
  return { barMinutes, bars, sessions: calendar };
}

/** The market with minutes of its bars; see minutesOf. */
export function withMinutes(market: BacktestMarket): BacktestMarket {
  const minuteBars = new Map([...market.bars].map(([symbol, bars]) => [symbol, minutesOf(bars)]));
  return { ...market, minuteBars };
}

/** Three minutes make up each bar; those of some bars are missing, and of others they do not end with its close. */
function minutesOf({ start, open, high, low, close, volume }: BarColumns): BarColumns {
  const rows = [...start.keys()].flatMap((row) => (row % 7 === 3 ? [] : [row]));
  const path = (row: number): readonly number[] => {
    const extremes = row % 2 === 0 ? [high[row]!, low[row]!] : [low[row]!, high[row]!];
    return [open[row]!, ...extremes, row % 11 === 5 ? open[row]! : close[row]!];
  };
  const column = (figure: (row: number, minute: number) => number) =>
    Float64Array.from(rows.flatMap((row) => [0, 1, 2].map((minute) => figure(row, minute))));
  return {
    start: column((row, minute) => start[row]! + minute * MINUTE_MS),
    open: column((row, minute) => path(row)[minute]!),
    high: column((row, minute) => Math.max(path(row)[minute]!, path(row)[minute + 1]!)),
    low: column((row, minute) => Math.min(path(row)[minute]!, path(row)[minute + 1]!)),
    close: column((row, minute) => path(row)[minute + 1]!),
    volume: column((row) => Math.floor(volume[row]! / 3)),
  };
}

/** The same market as it was known at an instant. */
export function cutOff(market: BacktestMarket, until: number): BacktestMarket {
  const cut = (columns: BarColumns): BarColumns => {
    const rows = columns.start.filter((start) => start < until).length;
    const head = (column: Float64Array) => column.slice(0, rows);
    return {
      start: head(columns.start),
      open: head(columns.open),
      high: head(columns.high),
      low: head(columns.low),
      close: head(columns.close),
      volume: head(columns.volume),
    };
  };
  return {
    ...market,
    bars: new Map([...market.bars].map(([symbol, columns]) => [symbol, cut(columns)])),
    sessions: market.sessions.filter(({ open }) => open < until),
  };
}
