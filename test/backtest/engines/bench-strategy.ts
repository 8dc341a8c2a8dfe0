import type { BarColumns } from '#core/bars.ts';
import { electionPrice, insidePrice, openPrice } from '#core/matching/bar-prices.ts';
import type { PriceRange } from '#core/matching/bar-prices.ts';
import type { Usd } from '#core/money.ts';

/*
 * The strategy that backtest engines are compared by: the fast average crosses above the slow one while the
 * trend is strong, so it buys at the next open, 1 % of equity at risk, with a stop 2.5 ATRs away and a target 4.
 * What the exchange of this project says about prices decides the fills; the other engines' ways of placing
 * their orders are switches.
 */

/** How an engine goes about it. */
export interface Manner {
  /** What the distances of stop and target are measured from. */
  readonly levelsFrom: 'entry' | 'signal-close';
  /** Whether an exit may act in the bar of the entry. */
  readonly exitsOnEntryBar: boolean;
}

/** What the strategy looks at, a row a bar; NaN until warm. */
export interface Indicators {
  readonly emaFast: Float64Array;
  readonly emaSlow: Float64Array;
  readonly atr: Float64Array;
  readonly adx: Float64Array;
}

export interface BenchTrade {
  readonly entryBar: number;
  readonly exitBar: number;
  readonly size: number;
  readonly entry: number;
  readonly exit: number;
}

export interface BenchRun {
  readonly trades: readonly BenchTrade[];
  readonly equity: number;
}

const STARTING_EQUITY = 1_000_000;

interface Open {
  readonly bar: number;
  readonly size: number;
  readonly entry: number;
  readonly stop: number;
  readonly target: number;
}

export function runBenchStrategy(
  bars: BarColumns,
  { emaFast, emaSlow, atr, adx }: Indicators,
  manner: Manner,
): BenchRun {
  const trades: BenchTrade[] = [];
  let equity = STARTING_EQUITY;
  let open: Open | null = null;
  for (let bar = 1; bar < bars.close.length; bar += 1) {
    if (open === null && isSignal(bar - 1)) open = enter(bar);
    if (open === null || (bar === open.bar && !manner.exitsOnEntryBar)) continue;
    const exit = exitPrice(open, rangeAt(bars, bar));
    if (exit === null) continue;
    equity += open.size * (exit - open.entry);
    trades.push({ entryBar: open.bar, exitBar: bar, size: open.size, entry: open.entry, exit });
    open = null;
  }
  return { trades, equity };

  function isSignal(at: number): boolean {
    const crossed = emaFast[at - 1]! <= emaSlow[at - 1]! && emaFast[at]! > emaSlow[at]!;
    return crossed && adx[at]! > 20;
  }

  function enter(bar: number): Open | null {
    const signal = bar - 1;
    const entry = bars.open[bar]!;
    const from = manner.levelsFrom === 'entry' ? entry : bars.close[signal]!;
    const size = Math.floor((equity * 0.01) / (2.5 * atr[signal]!));
    const stop = from - 2.5 * atr[signal]!;
    const target = from + 4 * atr[signal]!;
    return size < 1 ? null : { bar, size, entry, stop, target };
  }
}

/** Unrounded: the other engines know of no ticks. */
const unrounded = (price: number): Usd => price as Usd;

const rangeAt = ({ open, high, low }: BarColumns, bar: number): PriceRange => ({
  open: unrounded(open[bar]!),
  high: unrounded(high[bar]!),
  low: unrounded(low[bar]!),
});

/** First the open, then the inside, the stop before the target, as the exchange has it. */
function exitPrice({ stop, target }: Open, range: PriceRange): number | null {
  const leg = { side: 'sell', isElected: false } as const;
  const stopLeg = { ...leg, type: 'stop', stopPrice: unrounded(stop), limitPrice: null } as const;
  const targetLeg = {
    ...leg,
    type: 'limit',
    stopPrice: null,
    limitPrice: unrounded(target),
  } as const;
  return (
    electionPrice(stopLeg, range, 'open') ??
    openPrice(targetLeg, range) ??
    electionPrice(stopLeg, range, 'inside') ??
    insidePrice(targetLeg, range, 'touch')
  );
}
