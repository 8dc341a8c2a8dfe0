import type { Account, Asset, Position } from '#core/account.ts';
import { decide, decideBriefly } from '#core/decide.ts';
import type { DaysBySymbol, Outcome, PastTrade, PendingEntry, RuleView } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { averagePriceOf } from '#core/matching/portfolio.ts';
import type { Holding } from '#core/matching/portfolio.ts';
import { subtractUsd, timesShares, usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { Candidate, RunningTally } from './candidates.ts';
import type { Desk, Moment } from './desk.ts';
import { enter } from './send-orders.ts';
import { drawdownNow } from './watch-risk.ts';

/** Decides about the candidates of one bar, in the order of the watchlist, and sends what is to be entered. */
export function decideEntries(
  desk: Desk,
  moment: Moment,
  { candidates: all, daily, tally }: DecisionInput,
): void {
  const { barEnd: at } = moment;
  const candidates = desk.observer === null ? untaken(desk, all, tally) : all;
  if (candidates.length === 0) return;
  for (const { history, row } of candidates) {
    const close = history.bars.close[row];
    // The exchange has not followed the prices of what nobody holds.
    if (close !== undefined) desk.exchange.markToMarket(history.symbol, usdFromNumber(close));
  }
  const outcomes = outcomesOf(desk, snapshotOf(desk, moment, { candidates, daily }));
  for (let index = 0; index < outcomes.length; index += 1) {
    const [decision, candidate] = [outcomes[index], candidates[index]];
    if (decision?.kind === 'refused') tally.refused[decision.by] += 1;
    if (decision?.kind !== 'enter' || candidate === undefined) continue;
    tally.entered += 1;
    enter(desk, candidate.history, { intent: decision.intent, row: candidate.row, at });
  }
}

/** Why it was decided so is told to whoever watches; a run that nobody watches does without. */
function outcomesOf({ observer }: Desk, snapshot: RuleView): readonly Outcome[] {
  if (observer === null) return decideBriefly(snapshot);
  const decisions = decide(snapshot);
  observer.onDecisions(snapshot.barEnd, decisions);
  return decisions;
}

/**
 * Without those in which something is held or ordered already: the first filter that is left would refuse them,
 * and a decision costs far more than to see it here. Whoever watches gets them all.
 */
function untaken(
  { live }: Desk,
  all: readonly Candidate[],
  tally: RunningTally,
): readonly Candidate[] {
  const free = all.filter(({ history }) => !live.has(history.symbol));
  tally.refused['one-position'] += all.length - free.length;
  return free;
}

interface Seen {
  readonly candidates: readonly Candidate[];
  /** The days before the session. */
  readonly daily: DaysBySymbol;
}

interface DecisionInput extends Seen {
  readonly tally: RunningTally;
}

function snapshotOf(desk: Desk, moment: Moment, { candidates, daily }: Seen): RuleView {
  const { control, options, parameters } = desk;
  const { barEnd, session } = moment;
  return {
    barEnd,
    session,
    account: accountOf(desk),
    control,
    positions: positionsOf(desk),
    pendingEntries: pendingEntriesOf(desk),
    symbols: candidates.map(({ history: { symbol }, features }) => ({
      symbol,
      features,
      asset: assetOf(desk, symbol),
    })),
    daily,
    sectors: options.sectors,
    pastTrades: recentTrades(desk.past, parameters, barEnd),
    drawdown: drawdownNow(desk, moment),
    impediments: NO_IMPEDIMENTS,
    parameters,
  };
}

const NO_IMPEDIMENTS: readonly string[] = [];

function accountOf({ exchange, options }: Desk): Account {
  return {
    id: 'backtest',
    equity: exchange.equity(),
    lastEquity: exchange.lastEquity(),
    cash: exchange.cash(),
    buyingPower: exchange.buyingPower(),
    shortingEnabled: options.marginMultiplier > 1,
    tradingBlocked: false,
  };
}

function positionsOf({ exchange }: Desk): readonly Position[] {
  const positions: Position[] = [];
  for (const holding of exchange.holdings()) positions.push(new HeldPosition(exchange, holding));
  return positions;
}

/** A position as the rules see it. */
class HeldPosition implements Position {
  readonly symbol: Ticker;
  readonly side: Position['side'];
  readonly quantity: number;
  readonly averageEntryPrice: Usd;
  readonly currentPrice: Usd;
  readonly unrealizedPnl: Usd;
  readonly #exchange: Exchange;

  constructor(exchange: Exchange, holding: Holding) {
    const { symbol, quantity, costBasis } = holding;
    this.symbol = symbol;
    this.side = quantity > 0 ? 'long' : 'short';
    this.quantity = Math.abs(quantity);
    this.averageEntryPrice = averagePriceOf(holding);
    this.currentPrice = exchange.priceOf(symbol) ?? this.averageEntryPrice;
    this.unrealizedPnl = subtractUsd(timesShares(this.currentPrice, quantity), costBasis);
    this.#exchange = exchange;
  }

  /** No rule of the entries asks for it, and it takes a look at all orders of the symbol. */
  get available(): number {
    return this.#exchange.position(this.symbol)?.available ?? 0;
  }
}

/** Trades without shares: what their entries may take yet. */
function pendingEntriesOf({ live, exchange }: Desk): readonly PendingEntry[] {
  const pending: PendingEntry[] = [];
  for (const { trade } of live.values()) {
    const { symbol, bracket, quantity } = trade.intent;
    if (trade.status === 'open' && exchange.holding(symbol) !== undefined) continue;
    pending.push({ symbol, notional: timesShares(bracket.limitPrice, quantity) });
  }
  return pending;
}

const assetOf = ({ options }: Desk, symbol: Ticker): Asset => ({
  symbol,
  tradable: true,
  shortable: !options.notShortable.has(symbol),
  hardToBorrow: false,
});

/** The last trades, and those whose stop-out can still keep an entry away. */
function recentTrades(
  past: readonly PastTrade[],
  parameters: StrategyParameters,
  now: EpochMs,
): readonly PastTrade[] {
  const { winRateTrades, cooldownMinutes, streakWindowMinutes, streakPauseMinutes } = parameters;
  const memory = Math.max(cooldownMinutes, streakWindowMinutes + streakPauseMinutes);
  const since = now - memory * MINUTE_MS;
  let first = Math.max(0, past.length - winRateTrades);
  while (first > 0 && (past[first - 1]?.closedAt ?? 0) >= since) first -= 1;
  return past.slice(first);
}
