import type { Ticker } from '#core/ids.ts';
import { newYorkDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { StartedCard } from '#ports/cards.ts';
import type { ReconciliationRecord } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';
import { readPositions } from '../positions.ts';
import { readinessNote } from '../readiness.ts';
import { cashNote } from '../reconcile/reconcile.ts';

/** What only the composition root knows of the running bot. */
export interface Surroundings {
  readonly version: string;
  readonly database: string;
  readonly queue: string;
  readonly page: string | null;
}

/** What the look at the broker found that was made before anything else. */
export interface StartFindings {
  readonly reconciliation: ReconciliationRecord;
  readonly resumedCloses: number;
}

/**
 * Records the account's equity, the first of it being what the books start from, and tells the channel
 * that the bot is up, with what, and whether every position is protected.
 */
export async function announceStart(
  context: AppContext,
  surroundings: Surroundings,
  { reconciliation, resumedCloses }: StartFindings,
): Promise<StartedCard> {
  const { broker, ledger, calendar, clock } = context;
  const at = clock.now();
  const [account, positions, session, control, first, note, flows] = await Promise.all([
    broker.account(),
    readPositions(context),
    calendar.currentOrNext(at),
    ledger.controlState(),
    ledger.firstEquity(),
    cashNote(context),
    ledger.cashFlows(),
  ]);
  const ofReadiness = await readinessNote(context);
  const card: StartedCard = {
    kind: 'started',
    ...surroundings,
    mode: context.mode,
    feed: context.marketData.feed,
    watchlist: context.watchlist,
    equity: account.equity,
    session,
    openPositions: positions.length,
    protectedPositions: positions.filter(({ isProtected }) => isProtected).length,
    control,
    findings: reconciliation.findings,
    cashNote: note,
    shortHistory: await withShortHistory(context, session?.date ?? newYorkDate(at)),
    ...(ofReadiness === null ? {} : { readinessNote: ofReadiness }),
    lateFills: reconciliation.lateFills,
    resumedCloses,
    continued: first !== null,
    at,
  };
  await ledger.transaction(async (tx) => {
    const { equity, cash } = account;
    const sessionDate = newYorkDate(at);
    if (first === null) await tx.saveEquity({ at, sessionDate, equity, cash, flows });
    await tx.enqueueCard(`started:${context.systemClock.now()}`, card);
  });
  await context.wakeOutbox();
  return card;
}

/** Symbols that the volume profile refuses until they have been traded for longer. */
async function withShortHistory(
  { dailyHistory, watchlist, parameters }: AppContext,
  date: SessionDate,
): Promise<readonly Ticker[]> {
  const daily = await dailyHistory.before(date, watchlist);
  return watchlist.filter(
    (symbol) => (daily.get(symbol) ?? []).length < parameters.volumeProfileDays,
  );
}
