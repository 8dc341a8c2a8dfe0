import type { BacktestMarket } from '#backtest/market.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import type { BacktestResult } from '#backtest/result.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { usdToNumber } from '#core/money.ts';
import { micros } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';

import { simulate } from './simulate.ts';
import type { ReferenceResult } from './simulate.ts';

/** What the two are held against each other by; R-multiples to a billionth. */
export interface Account {
  readonly trades: readonly Readonly<Record<string, number | string | boolean>>[];
  readonly sums: Readonly<Record<string, number>>;
  readonly refused: Readonly<Record<string, number>>;
  readonly halts: readonly { readonly at: number; readonly scope: string }[];
  readonly closes: readonly number[];
}

const toBillionth = (value: number): number => Math.round(value * 1e9) / 1e9 + 0;

/** A result of the engine, told as the reference tells its own. */
export const engineAccount = (
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): Account => accountOfEngine(runBacktest(market, parameters, options));

function accountOfEngine(result: BacktestResult): Account {
  const { signals, entries, fees, borrow, heldBars, stillOpen, endingEquity } = result;
  return {
    trades: result.trades.map((trade) => ({
      symbol: trade.symbol,
      side: trade.side,
      quantity: trade.quantity,
      entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice,
      exitReason: trade.exitReason,
      openedAt: trade.openedAt,
      closedAt: trade.closedAt,
      pnl: trade.pnl,
      rMultiple: toBillionth(trade.rMultiple),
      fees: trade.fees,
      confidence: trade.confidence,
      maeR: toBillionth(trade.maeR),
      mfeR: toBillionth(trade.mfeR),
      isAmbiguous: trade.isAmbiguous,
    })),
    sums: { endingEquity, stillOpen, fees, borrow, heldBars, ...entries },
    refused: { ...signals.refused, 'no-signal': signals.noSignal, entered: signals.entered },
    halts: result.halts,
    closes: result.sessions.map(({ equity }) => equity),
  };
}

export const referenceAccount = (
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): Account => accountOfReference(simulate(market, parameters, options));

function accountOfReference(result: ReferenceResult): Account {
  const { endingEquity, stillOpen, fees, borrow, heldBars, entries, tally } = result;
  const counted = [...ENTRY_FILTERS, 'no-signal', 'entered'];
  return {
    trades: result.trades.map((trade) => ({
      ...trade,
      rMultiple: toBillionth(trade.rMultiple),
      maeR: toBillionth(trade.maeR),
      mfeR: toBillionth(trade.mfeR),
    })),
    sums: { endingEquity, stillOpen, fees, borrow, heldBars, ...entries },
    refused: Object.fromEntries(counted.map((name) => [name, tally[name] ?? 0])),
    halts: result.halts,
    closes: result.closes.map((equity) => usdToNumber(micros(equity))),
  };
}
