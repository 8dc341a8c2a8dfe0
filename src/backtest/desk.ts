import type { BarColumns } from '#core/bars.ts';
import type { ControlState } from '#core/control.ts';
import type { PastTrade } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import { createExchange } from '#core/matching/exchange.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { createExpiry } from '#core/matching/expiry.ts';
import type { SimulatedOrder } from '#core/matching/order.ts';
import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { ExitReason, Trade } from '#core/trade.ts';

import { createLadder } from './ladder.ts';
import type { Ladder } from './ladder.ts';
import type { SymbolHistory } from './market.ts';
import type { BacktestOptions } from './options.ts';
import type { HandAct, Observer } from './recording.ts';
import type { BacktestHalt, BacktestTrade } from './result.ts';
import type { SignalRows } from './signal-rows.ts';
import { openingBalanceOf } from './starting-state.ts';
import type { TimeGrid } from './time-grid.ts';

/** A symbol with everything about it that does not depend on what is traded. */
export interface PreparedSymbol extends SymbolHistory {
  readonly signals: SignalRows;
  /** 1-minute bars that tell what came first inside a bar, where there are any. */
  readonly minutes: BarColumns | null;
}

/** An order, which changes as the exchange goes on, and what it is to its trade. */
export interface TradeOrder {
  readonly order: SimulatedOrder;
  readonly as: 'entry' | ExitReason;
}

/** A trade that is planned or holds shares. */
export interface LiveTrade {
  readonly history: PreparedSymbol;
  trade: Trade;
  /** In the order in which they were sent. */
  readonly orders: TradeOrder[];
  fees: Usd;
  isAmbiguous: boolean;
  /** A closing order of all its shares is on its way. */
  isClosing: boolean;
  /** Something has happened to its orders since its entries and its protection were looked after. */
  isStirred: boolean;
  /** The row of the last bar that it has seen. */
  row: number;
  /** The row of the last bar that its best and its worst price are known of. */
  followedRow: number;
  /** The first slot in which something may happen to it; of the past once that is to be found out anew. */
  calmUntil: number;
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
  readonly ladder: Ladder;
  /** Oldest first. */
  readonly past: PastTrade[];
  readonly closed: BacktestTrade[];
  readonly halts: BacktestHalt[];
  readonly entries: { filled: number; missed: number; rejected: number };
  /** What people are going to do, where a lived day is followed; the next first. */
  readonly acts: HandAct[];
  readonly observer: Observer | null;
}

export function createDesk(
  grid: TimeGrid,
  symbols: ReadonlySet<Ticker>,
  parameters: StrategyParameters,
  options: BacktestOptions,
): Desk {
  return {
    grid,
    parameters,
    options,
    exchange: openExchange(grid, symbols, options),
    live: new Map(),
    ladder: createLadder(options.recording?.start.drawdown ?? null, parameters),
    ...memoryOf(options, grid.sessions[0]?.open ?? 0),
    closed: [],
    halts: [],
    entries: { filled: 0, missed: 0, rejected: 0 },
    acts: [...(options.recording?.byHand ?? [])],
    observer: options.recording?.observer ?? null,
  };
}

function openExchange(
  grid: TimeGrid,
  symbols: ReadonlySet<Ticker>,
  { fills, startingCash, marginMultiplier, notShortable, recording }: BacktestOptions,
): Exchange {
  let ids = 0;
  return createExchange({
    startingCash: recording?.start.cash ?? startingCash,
    ...(recording === null ? {} : { opening: openingBalanceOf(recording.start) }),
    nextId: () => {
      ids += 1;
      return idOf(ids);
    },
    assetOf: (symbol) => (symbols.has(symbol) ? { isShortable: !notShortable.has(symbol) } : null),
    expiresAt: createExpiry(grid.sessions),
    memory: 'live',
    rules: {
      limitFill: fills.limitFill,
      maxParticipationBps: fills.maxParticipationBps,
      marketSlippageBps: fills.slippageBps,
      fees: fills.fees,
      borrowBpsPerYear: fills.borrowBpsPerYear,
      marginMultiplier,
    },
  });
}

/** Of the orders of all runs of this process: whoever plays thousands of them makes each name once. */
const names: string[] = [];

function idOf(index: number): string {
  const known = names[index];
  if (known !== undefined) return known;
  const name = String(index);
  names[index] = name;
  return name;
}

/** What a trader knows at the start. */
function memoryOf({ recording }: BacktestOptions, since: EpochMs): Pick<Desk, 'control' | 'past'> {
  if (recording === null) {
    const control = { status: 'active', by: 'backtest', reason: 'the start', until: null } as const;
    return { control: { ...control, since }, past: [] };
  }
  const { control, past } = recording.start;
  return { control, past: [...past] };
}
