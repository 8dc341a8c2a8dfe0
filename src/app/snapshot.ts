import type { PendingEntry, Snapshot } from '#core/decision.ts';
import { timesShares } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';

import type { AppContext } from './context.ts';
import { impedimentsOf } from './impediments.ts';
import type { TendedBar } from './tend-trades.ts';

/** The bar, the trades and the control state, once for the exits and the entries of a cycle. */
export async function readBar(
  { ledger, watchlist, ...context }: AppContext,
  session: Session,
  barEnd: EpochMs,
): Promise<TendedBar> {
  const [trades, control] = await Promise.all([ledger.unfinishedTrades(), ledger.controlState()]);
  const symbols = new Set([...watchlist, ...trades.map(({ intent }) => intent.symbol)]);
  const features = await context.features.at(barEnd, session, [...symbols]);
  return { session, barEnd, control, trades, features };
}

type Gathered = TendedBar & Pick<Snapshot, 'openTrades' | 'drawdown'>;

/** All that the core decides the entries of a bar on. Reads only; throws when something cannot be read. */
export async function gather(
  context: AppContext,
  { session, barEnd, control, trades, features, openTrades, drawdown }: Gathered,
): Promise<Snapshot> {
  const { broker, ledger, watchlist, parameters } = context;
  const [account, positions, assets, impediments, pastTrades] = await Promise.all([
    broker.account(),
    broker.positions(),
    context.assets.of(watchlist, session.date),
    impedimentsOf(context),
    ledger.pastTrades(parameters.winRateTrades, barEnd - stopOutMemoryMs(parameters)),
  ]);
  const held = new Set(positions.map(({ symbol }) => symbol));
  const symbols = new Set([...watchlist, ...held, ...trades.map(({ intent }) => intent.symbol)]);
  const daily = await context.dailyHistory.before(session.date, [...symbols]);
  return {
    barEnd,
    session,
    account,
    control,
    positions,
    // A trade whose shares the broker's list does not show counts as pending: the list lags behind fills, and
    // what an exit rule has closed by now is not entered anew on the same bar.
    pendingEntries: trades
      .filter(({ status, intent }) => status !== 'open' || !held.has(intent.symbol))
      .map(toPendingEntry),
    symbols: watchlist.map((symbol) => ({
      symbol,
      features: features.get(symbol) ?? null,
      asset: assets.get(symbol) ?? null,
    })),
    daily,
    sectors: context.sectors,
    pastTrades,
    openTrades,
    drawdown,
    impediments,
    parameters,
  };
}

/** How far back a stop-out can still keep an entry away. */
const stopOutMemoryMs = (parameters: StrategyParameters): number =>
  Math.max(
    parameters.cooldownMinutes,
    parameters.streakWindowMinutes + parameters.streakPauseMinutes,
  ) * MINUTE_MS;

const toPendingEntry = ({ intent }: Trade): PendingEntry => ({
  symbol: intent.symbol,
  notional: timesShares(intent.bracket.limitPrice, intent.quantity),
});
