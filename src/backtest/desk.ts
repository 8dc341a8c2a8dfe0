import type { ControlState } from '#core/control.ts';
import type { PastTrade } from '#core/decision.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import type { FeatureColumns } from '#core/feature-pipeline.ts';
import type { BrokerOrderId, Ticker } from '#core/ids.ts';
import { createExchange } from '#core/matching/exchange.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { createExpiry } from '#core/matching/expiry.ts';
import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { ExitReason, Trade } from '#core/trade.ts';

import type { SymbolHistory } from './market.ts';
import type { BacktestOptions } from './options.ts';
import type { BacktestHalt, BacktestTrade } from './result.ts';
import type { TimeGrid } from './time-grid.ts';

/** A symbol with everything about it that does not depend on what is traded. */
export interface PreparedSymbol extends SymbolHistory {
  readonly features: FeatureColumns;
}

/** A trade that is planned or holds shares. */
export interface LiveTrade {
  readonly history: PreparedSymbol;
  trade: Trade;
  /** What each of its orders is to it. */
  readonly roles: Map<BrokerOrderId, 'entry' | ExitReason>;
  fees: Usd;
  isAmbiguous: boolean;
  /** A closing order of all its shares is on its way. */
  isClosing: boolean;
  /** The row of the last bar that it has seen. */
  row: number;
}

/** The instant that is being lived through. */
export interface Moment {
  readonly barEnd: EpochMs;
  readonly session: Session;
  readonly sessionIndex: number;
  readonly slot: number;
}

/** The simulated account, and all that a trader would remember. */
export interface Desk {
  readonly grid: TimeGrid;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
  readonly exchange: Exchange;
  /** By symbol, in the order in which they were entered. */
  readonly live: Map<Ticker, LiveTrade>;
  control: ControlState;
  drawdown: DrawdownState | null;
  /** Oldest first. */
  readonly past: PastTrade[];
  readonly closed: BacktestTrade[];
  readonly halts: BacktestHalt[];
  readonly entries: { filled: number; missed: number; rejected: number };
}

export function createDesk(
  grid: TimeGrid,
  symbols: ReadonlySet<Ticker>,
  parameters: StrategyParameters,
  options: BacktestOptions,
): Desk {
  const { fills, startingCash, marginMultiplier, notShortable } = options;
  let ids = 0;
  const exchange = createExchange({
    startingCash,
    nextId: () => {
      ids += 1;
      return String(ids);
    },
    assetOf: (symbol) => (symbols.has(symbol) ? { isShortable: !notShortable.has(symbol) } : null),
    expiresAt: createExpiry(grid.sessions),
    rules: {
      limitFill: fills.limitFill,
      maxParticipationBps: fills.maxParticipationBps,
      marketSlippageBps: fills.slippageBps,
      fees: fills.fees,
      borrowBpsPerYear: fills.borrowBpsPerYear,
      marginMultiplier,
    },
  });
  const at = grid.sessions[0]?.open ?? 0;
  return {
    grid,
    parameters,
    options,
    exchange,
    live: new Map(),
    control: { status: 'active', by: 'backtest', reason: 'the start', since: at, until: null },
    drawdown: null,
    past: [],
    closed: [],
    halts: [],
    entries: { filled: 0, missed: 0, rejected: 0 },
  };
}
