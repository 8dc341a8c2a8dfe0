import { allowsEntries } from '#core/control.ts';
import { decideCycle } from '#core/cycle-intents.ts';
import type { CycleDecided } from '#core/cycle-intents.ts';
import type { Snapshot } from '#core/decision.ts';
import { isBarEndOf, MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { EquityPoint } from '#ports/ledger.ts';

import type { AppContext } from './context.ts';
import { tendControl } from './control.ts';
import { watchDrawdown } from './drawdown.ts';
import { cancelStaleEntries, submitPlannedEntries } from './enter.ts';
import { fenced } from './fenced.ts';
import { gather, readBar } from './snapshot.ts';
import { syncOrders } from './sync-orders.ts';
import { tendTrades } from './tend-trades.ts';

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
  const watchedAt = context.clock.now();
  const drawdown = await watchDrawdown(context);
  const bar = await readBar(context, session, barEnd);
  const openTrades = await tendTrades(context, bar);
  const snapshot = await gather(context, { ...bar, openTrades, drawdown });
  const decided = decideCycle(snapshot);
  const planned = await writeDown(context, snapshot, { decided, watchedAt });
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

/**
 * Records the decisions with all that they were made of, and plans the entries among them, in one transaction
 * that holds the control state still. A bar that was decided before, by a run that died, keeps its decisions.
 *
 * @returns how many trades were planned just now.
 */
async function writeDown(
  context: AppContext,
  snapshot: Snapshot,
  { decided, watchedAt }: { readonly decided: CycleDecided; readonly watchedAt: EpochMs },
): Promise<number> {
  const cycle = { snapshot, ...decided };
  const point = await equityPoint(context, snapshot, watchedAt);
  context.lease.assertHeld();
  return fenced(context, async (tx) => {
    const mayOpen = allowsEntries(await tx.controlState());
    const fresh = await tx.recordCycle(cycle);
    const entries = mayOpen
      ? decided.intents.entries.filter(({ symbol }) => fresh.has(symbol))
      : [];
    for (const intent of entries) await tx.insertTrade(intent);
    if (point !== null) await tx.saveEquity(point);
    return entries.length;
  });
}

/** The account's value at the bar's end, as the drawdown watch has read it; null when that could not be trusted. */
async function equityPoint(
  { ledger }: AppContext,
  { session, barEnd, account: { cash } }: Snapshot,
  watchedAt: EpochMs,
): Promise<EquityPoint | null> {
  const state = await ledger.drawdownState();
  if (state === null || state.at < watchedAt) return null;
  const { equity, flows } = state;
  return { at: barEnd, sessionDate: session.date, equity, cash, flows };
}
