import { allowsEntries } from '#core/control.ts';
import { decideCycle } from '#core/cycle-intents.ts';
import type { CycleDecided } from '#core/cycle-intents.ts';
import type { PendingEntry, Snapshot } from '#core/decision.ts';
import { timesShares } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { isBarEndOf, MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';

import type { AppContext } from './context.ts';
import { tendControl } from './control.ts';
import { watchDrawdown } from './drawdown.ts';
import { cancelStaleEntries, submitPlannedEntries } from './enter.ts';
import { fenced } from './fenced.ts';
import { impedimentsOf } from './impediments.ts';
import { syncOrders } from './sync-orders.ts';
import { tendTrades } from './tend-trades.ts';
import type { TendedBar } from './tend-trades.ts';

/** What one run of the cycle came to. */
export type CycleOutcome =
  | { readonly kind: 'done'; readonly symbols: number; readonly entries: number }
  | { readonly kind: 'skipped'; readonly why: 'no-session' | 'already-done' | 'stale-bar' };

/**
 * The trading cycle for the bar that ends at an instant: see to the open trades, gather the snapshot, ask the
 * core, write down, act. However often it is run for a bar, each symbol is decided once.
 *
 * Throws when the broker or the ledger cannot be reached; running it again goes on where it ended.
 */
export async function runTradingCycle(context: AppContext, barEnd: EpochMs): Promise<CycleOutcome> {
  context.lease.assertHeld();
  const startedAt = context.systemClock.now();
  const session = await context.calendar.on(newYorkDate(barEnd));
  if (session === null || !isBarEndOf(session, barEnd))
    return { kind: 'skipped', why: 'no-session' };
  const key = { sessionDate: session.date, barEnd };
  if (await context.ledger.hasFinishedCycle(key)) return { kind: 'skipped', why: 'already-done' };

  await tendControl(context);
  await syncOrders(context);
  await cancelStaleEntries(context, barEnd);
  if (await isBarOver(context, barEnd)) return { kind: 'skipped', why: 'stale-bar' };
  const drawdown = await watchDrawdown(context);
  const bar = await readBar(context, session, barEnd);
  const openTrades = await tendTrades(context, bar);
  const snapshot = await gather(context, { ...bar, openTrades, drawdown });
  const decided = decideCycle(snapshot);
  const planned = await writeDown(context, snapshot, decided);
  await context.reached('entry.planned');
  await submitPlannedEntries(context, barEnd);

  const tookMs = context.systemClock.now() - startedAt;
  const record = { ...key, symbols: decided.decisions.length, entries: planned, tookMs };
  await context.ledger.transaction((tx) =>
    tx.finishCycle({ ...record, finishedAt: context.clock.now() }),
  );
  context.telemetry.cycleFinished(tookMs, planned);
  return { kind: 'done', symbols: decided.decisions.length, entries: planned };
}

/**
 * Whether the bar is so long over, by the broker's clock, that a cycle on it would trade on prices that
 * are gone. Throws when it has not even ended there: this machine's clock is ahead, and the job will be
 * tried again in a moment.
 */
async function isBarOver({ broker, parameters }: AppContext, barEnd: EpochMs): Promise<boolean> {
  const { now } = await broker.clock();
  if (now < barEnd) {
    throw new Error(`by the broker's clock the bar ends only in ${barEnd - now} ms`);
  }
  return now - barEnd > parameters.barMinutes * MINUTE_MS;
}

/** The bar, the trades and the control state, once for the exits and the entries of a cycle. */
async function readBar(
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

async function gather(
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

/**
 * Records the decisions with all that they were made of, and plans the entries among them, in one transaction
 * that holds the control state still. A bar that was decided before, by a run that died, keeps its decisions.
 *
 * @returns how many trades were planned just now.
 */
async function writeDown(
  context: AppContext,
  snapshot: Snapshot,
  decided: CycleDecided,
): Promise<number> {
  const { session, barEnd, account } = snapshot;
  const cycle = { snapshot, ...decided };
  const point = {
    at: barEnd,
    sessionDate: session.date,
    equity: account.equity,
    cash: account.cash,
  };
  context.lease.assertHeld();
  return fenced(context, async (tx) => {
    const mayOpen = allowsEntries(await tx.controlState());
    const fresh = await tx.recordCycle(cycle);
    const entries = mayOpen
      ? decided.intents.entries.filter(({ symbol }) => fresh.has(symbol))
      : [];
    for (const intent of entries) await tx.insertTrade(intent);
    await tx.saveEquity(point);
    return entries.length;
  });
}
