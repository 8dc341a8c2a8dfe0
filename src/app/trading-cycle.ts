import { allowsEntries } from '#core/control.ts';
import { decide } from '#core/decide.ts';
import type { Decision, EntryIntent, PendingEntry, Snapshot } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import { timesShares } from '#core/money.ts';
import { isBarEndOf, MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';

import type { AppContext } from './context.ts';
import { cancelStaleEntries, submitPlannedEntries } from './enter.ts';
import { fenced } from './fenced.ts';
import { impedimentsOf } from './impediments.ts';
import { syncOrders } from './sync-orders.ts';

/** What one run of the cycle came to. */
export type CycleOutcome =
  | { readonly kind: 'done'; readonly symbols: number; readonly entries: number }
  | { readonly kind: 'skipped'; readonly why: 'no-session' | 'already-done' | 'stale-bar' };

/**
 * The trading cycle for the bar that ends at an instant: gather the snapshot, ask the core, write down,
 * act. However often it is run for a bar, each symbol is decided once.
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

  await syncOrders(context);
  await cancelStaleEntries(context, barEnd);
  if (await isBarOver(context, barEnd)) return { kind: 'skipped', why: 'stale-bar' };
  const snapshot = await gather(context, session, barEnd);
  const decisions = decide(snapshot);
  const planned = await writeDown(context, snapshot, decisions);
  await context.reached('entry.planned');
  await submitPlannedEntries(context, barEnd);

  const tookMs = context.systemClock.now() - startedAt;
  const record = { ...key, symbols: decisions.length, entries: planned, tookMs };
  await context.ledger.transaction((tx) =>
    tx.finishCycle({ ...record, finishedAt: context.clock.now() }),
  );
  context.telemetry.cycleFinished(tookMs, planned);
  return { kind: 'done', symbols: decisions.length, entries: planned };
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

async function gather(context: AppContext, session: Session, barEnd: EpochMs): Promise<Snapshot> {
  const { broker, ledger, watchlist } = context;
  const [account, positions, control, trades, features, assets, impediments] = await Promise.all([
    broker.account(),
    broker.positions(),
    ledger.controlState(),
    ledger.unfinishedTrades(),
    context.features.at(barEnd, session, watchlist),
    context.assets.of(watchlist, session.date),
    impedimentsOf(context),
  ]);
  const held = new Set(positions.map(({ symbol }) => symbol));
  return {
    barEnd,
    session,
    account,
    control,
    positions,
    // A trade whose shares the broker's list does not show yet counts as pending: the list lags behind fills.
    pendingEntries: trades
      .filter(({ status, intent }) => status !== 'open' || !held.has(intent.symbol))
      .map(toPendingEntry),
    symbols: watchlist.map((symbol) => ({
      symbol,
      features: features.get(symbol) ?? null,
      asset: assets.get(symbol) ?? null,
    })),
    impediments,
    parameters: context.parameters,
  };
}

const toPendingEntry = ({ intent }: Trade): PendingEntry => ({
  symbol: intent.symbol,
  notional: timesShares(intent.bracket.limitPrice, intent.quantity),
});

/**
 * Records the decisions and plans the entries among them, in one transaction that holds the control
 * state still. A symbol that was decided before, by a run that died, keeps its first decision.
 *
 * @returns how many trades were planned just now.
 */
async function writeDown(
  context: AppContext,
  { session, barEnd, account }: Snapshot,
  decisions: readonly Decision[],
): Promise<number> {
  const point = {
    at: barEnd,
    sessionDate: session.date,
    equity: account.equity,
    cash: account.cash,
  };
  context.lease.assertHeld();
  return fenced(context, async (tx) => {
    const mayOpen = allowsEntries(await tx.controlState());
    const fresh = await tx.insertDecisions({ sessionDate: session.date, barEnd }, decisions);
    const intents = mayOpen ? intentsOf(decisions, fresh) : [];
    for (const intent of intents) await tx.insertTrade(intent);
    await tx.saveEquity(point);
    return intents.length;
  });
}

const intentsOf = (
  decisions: readonly Decision[],
  fresh: ReadonlySet<Ticker>,
): readonly EntryIntent[] =>
  decisions.flatMap((decision) =>
    decision.kind === 'enter' && fresh.has(decision.symbol) ? [decision.intent] : [],
  );
