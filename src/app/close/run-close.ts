import type { Position } from '#core/account.ts';
import { nextCloseStep } from '#core/close-step.ts';
import type { CloseStep, CloseView } from '#core/close-step.ts';
import type { Close } from '#core/close.ts';
import type { CloseId } from '#core/ids.ts';
import type { OrderGroup } from '#core/order-tree.ts';
import { BrokerError } from '#ports/broker.ts';
import type { ClosingProgress } from '#ports/trade-cards.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { cancelGroups } from '../place-order.ts';
import { settleOpenIntents } from '../settle-intents.ts';
import { createCloseReader } from './close-view.ts';
import { closingCard, closingCardKey } from './closing-card.ts';
import { finish } from './finish-close.ts';
import { placeExit, placeKeep } from './place-close-orders.ts';
import { restOf } from './rest.ts';
import { saveClose } from './save-close.ts';
import { afterOrder, fail } from './stuck-close.ts';

/** One look costs two requests: the first come fast, since brokers are, the later ones seldom. */
const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 1_000;

/** How a run of a closing ended; it goes on by itself unless it is done. */
export type CloseRun = 'done' | 'queued' | 'stuck' | 'not-due';

/**
 * Carries a closing on until it is done, or has to wait for long: for the open, or after a failure. Each
 * step follows from what the broker shows, so that it may begin anywhere and any number of times.
 */
export async function runClose(
  context: AppContext,
  id: CloseId,
  symbol: string,
): Promise<CloseRun> {
  await restOut(context, id);
  return context.bySymbol.run(symbol, () => run(context, id));
}

/**
 * What is due in a moment would else wait for the guard's next look. It has its rest before the symbol's turn, so
 * that what takes its place, or protects its shares, waits for nobody.
 */
async function restOut(context: AppContext, id: CloseId): Promise<void> {
  for (;;) {
    const close = await context.ledger.close(id);
    if (close?.phase !== 'stuck') return;
    const restMs = await restOf(context, close);
    if (restMs <= 0 || restMs > context.closeTactics.settleMs) return;
    await context.pause(restMs);
  }
}

/** Carries a closing on beside everything else; one that is being carried on already is left to it. */
export function startClose(
  context: AppContext,
  { id, symbol }: Pick<Close, 'id' | 'symbol'>,
): void {
  context.background.start(`close ${id}`, async () => {
    try {
      await runClose(context, id, symbol);
    } catch (error) {
      // It may have taken the stop away: the guard's next look puts one in, and tells.
      context.guardMemory.brokenOff.add(id);
      throw error;
    }
  });
}

/** Carries on every closing that is not done, each on its own: one that fails never stops the others. */
export async function startOpenCloses(context: AppContext): Promise<void> {
  for (const close of await context.ledger.openCloses()) startClose(context, close);
}

async function run(context: AppContext, id: CloseId): Promise<CloseRun> {
  const close = await context.ledger.close(id);
  if (close === null || close.phase === 'done') return 'done';
  if (close.phase !== 'stuck') return carryOn(context, close);
  if ((await restOf(context, close)) > 0) return 'not-due';
  const { doubt } = await settleOrders(context, close);
  if (doubt === null) return carryOn(context, await beginAgain(context, close));
  // No other exit may go out yet, so the stop that holds the shares meanwhile stays.
  await fail(context, close, doubt);
  return 'stuck';
}

async function carryOn(context: AppContext, close: Close): Promise<CloseRun> {
  const read = createCloseReader(context);
  let current = close;
  let waitMs = FIRST_WAIT_MS;
  for (;;) {
    const view = await lookAt(context, read, current);
    const step: CloseStep =
      view === null ? { kind: 'fail', why: 'the broker cannot be read' } : nextCloseStep(view);
    current = await perform(context, current, { step, position: view?.position ?? null });
    const end = endOf(step, current);
    if (end !== null) return end;
    if (step.kind !== 'wait') waitMs = FIRST_WAIT_MS;
    else {
      await context.pause(waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }
  }
}

function endOf(step: CloseStep, { phase }: Close): CloseRun | null {
  if (step.kind === 'finish') return 'done';
  if (step.kind === 'queue') return 'queued';
  return phase === 'stuck' ? 'stuck' : null;
}

/** Null when the broker could not be read for as long as a cancel may take. */
async function lookAt(
  context: AppContext,
  read: (close: Close) => Promise<CloseView>,
  close: Close,
): Promise<CloseView | null> {
  const patience = context.systemClock.now() + context.closeTactics.clearMs;
  for (;;) {
    try {
      return await read(close);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (context.systemClock.now() >= patience) return null;
      context.log.warn(
        { close: close.id, error: error.message },
        'a closing could not look; looking again',
      );
      await context.pause(LONGEST_WAIT_MS);
    }
  }
}

async function perform(
  context: AppContext,
  close: Close,
  { step, position }: { readonly step: CloseStep; readonly position: Position | null },
): Promise<Close> {
  switch (step.kind) {
    case 'wait':
      return close;
    case 'queue':
      return queue(context, close);
    case 'cancel':
      return cancel(context, close, step.groups);
    case 'cleared':
      return cleared(context, close, step.quantity);
    case 'recount':
      return beginAgain(context, close);
    case 'keep':
      // Only a position that was seen has shares to keep.
      return position === null
        ? close
        : afterOrder(context, await placeKeep(context, close, position, step.quantity));
    case 'exit':
      return exit(context, close, step);
    case 'fail':
      return fail(context, close, step.why);
    case 'finish':
      return finish(context, close, step.proof);
    default:
      return step satisfies never;
  }
}

/** No exit goes out beside one of which nobody knows whether it is still on its way. */
async function exit(
  context: AppContext,
  close: Close,
  step: Extract<CloseStep, { kind: 'exit' }>,
): Promise<Close> {
  const { hasFound, doubt } = await settleOrders(context, close);
  // It has got there since the look that this step follows from: what is left, only another look tells.
  if (hasFound) return close;
  if (doubt === null) return afterOrder(context, await placeExit(context, close, step));
  const { systemClock, closeTactics } = context;
  const isPatient = systemClock.now() - close.phaseSince < closeTactics.settleMs;
  if (!isPatient) return fail(context, close, doubt);
  await context.pause(LONGEST_WAIT_MS);
  return close;
}

interface Settled {
  /** Whether the broker has one of the closing's orders of which nobody knew that. */
  readonly hasFound: boolean;
  /** Why it is not known whether an exit order is still on its way; null when none is. */
  readonly doubt: string | null;
}

/** Finds out what became of the closing's orders that nobody has heard the answer to. */
async function settleOrders(context: AppContext, close: Close): Promise<Settled> {
  let hasFound = false;
  let why = 'the broker does not show it';
  try {
    hasFound = (await settleOpenIntents(context, close.id)).length > 0;
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    why = error.message;
  }
  const open = await context.ledger.openOrderIntents();
  const isInDoubt = open.some(
    ({ closeId, request }) => closeId === close.id && request.kind === 'exit',
  );
  return { hasFound, doubt: isInDoubt ? `nobody knows what became of its order: ${why}` : null };
}

async function cancel(
  context: AppContext,
  close: Close,
  groups: readonly OrderGroup[],
): Promise<Close> {
  if (close.phase !== 'exiting') {
    await tell(context, close, { phase: 'clearing', orders: groups.length });
  }
  const { id: closeId, reason, requestedBy } = close;
  await cancelGroups(context, groups, { closeId, reason, requestedBy });
  return close;
}

async function queue(context: AppContext, close: Close): Promise<Close> {
  if (close.phase === 'queued') return close;
  const { calendar, clock } = context;
  const next = await calendar.currentOrNext(clock.now());
  const queued: Close = { ...close, phase: 'queued', phaseSince: context.systemClock.now() };
  await saveClose(context, queued, { phase: 'queued', opensAt: next?.open ?? null });
  return queued;
}

/** All is cancelled and free: from here on the shares that are to leave are counted down. */
async function cleared(context: AppContext, close: Close, quantity: number): Promise<Close> {
  const now = context.systemClock.now();
  const exiting: Close = { ...close, quantity, phase: 'exiting', phaseSince: now, attempt: 0 };
  await saveClose(context, exiting, null);
  await context.reached('close.cleared');
  return exiting;
}

async function beginAgain(context: AppContext, close: Close): Promise<Close> {
  const now = context.systemClock.now();
  const again: Close = { ...close, phase: 'clearing', phaseSince: now, attempt: 0 };
  await saveClose(context, again, null);
  return again;
}

async function tell(context: AppContext, close: Close, progress: ClosingProgress): Promise<void> {
  context.lease.assertHeld();
  await fenced(context, (tx) =>
    tx.enqueueCard(closingCardKey(close), closingCard(close, progress, context.clock.now())),
  );
  await context.wakeOutbox();
}
