import type { GuardVerdict } from '#core/guard.ts';
import type { Ticker } from '#core/ids.ts';
import { liveGroups } from '#core/order-tree.ts';
import type { BrokerOrder } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';
import { isTighter } from '#core/stop-move.ts';
import { BrokerError } from '#ports/broker.ts';
import { LeaseLostError } from '#ports/lease.ts';

import { isOpen } from '../close/close-view.ts';
import { requestClose } from '../close/request-close.ts';
import { startClose, startOpenCloses } from '../close/run-close.ts';
import { failBrokenOff, protectStuck } from '../close/stuck-close.ts';
import type { AppContext } from '../context.ts';
import { recordStop } from '../move-stop.ts';
import { orderHorizon } from '../order-horizon.ts';
import { cancelGroups } from '../place-order.ts';
import { syncOrders } from '../sync-orders.ts';
import { enforceControl } from './enforce-control.ts';
import { flattenAtEnd } from './flatten-at-end.ts';
import { lookAgain, lookAtAll, needsAction } from './look.ts';
import type { Judged } from './look.ts';
import { raiseNaked, settleNaked } from './naked-alarm.ts';
import { reProtect } from './re-protect.ts';
import type { Cause } from './re-protect.ts';
import { takeEarlyProfit } from './take-early-profit.ts';
import { tellLoosened } from './tell-loosened.ts';

/** The broker's lists of positions and orders lag behind fills: what looks naked is looked at again after this. */
const SECOND_LOOK_MS = 1_000;
/** A live exit that has not acted for so long although price is beyond it will not act any more. */
const DEADLOCK_MS = 30_000;

/**
 * Looks at every position: is it covered by live stops at the broker? Then hands off. Only one that is not
 * is handled, and only when a second look a moment later shows the same. Closings that an earlier run left
 * are carried on.
 */
export const guardPositions = (context: AppContext): Promise<void> =>
  // What one run has just mended must not be mended again by another that looked before.
  context.bySymbol.run('position guard', () => look(context));

async function look(context: AppContext): Promise<void> {
  context.lease.assertHeld();
  await trySync(context);
  const first = await firstLook(context);
  const suspects = first.filter(({ verdict }) => needsAction(verdict));
  if (suspects.some(({ verdict }) => verdict.kind !== 'part-filled')) {
    await context.pause(SECOND_LOOK_MS);
    await trySync(context);
  }
  const second = suspects.length === 0 ? first : await lookAtAll(context, context.broker.urgent);
  const open = await isSurelyOpen(context);
  for (const judged of second) {
    try {
      await act(context, judged, open);
    } catch (error) {
      // Another process guards it now, and knows better.
      if (error instanceof LeaseLostError) throw error;
      // What is wrong with one position must not leave the others unguarded.
      const { symbol } = judged.position;
      context.log.error({ symbol, error: String(error) }, 'a position could not be guarded');
      if (needsAction(judged.verdict)) await raiseNaked(context, judged.position, String(error));
    }
  }
  await settleNaked(context, second);
  // After the verdicts: what must be closed as an emergency is closed as one.
  await tryFlatten(context, second);
  try {
    // Before closings are carried on: one of everything need not wait for another try of a part.
    await enforceControl(context, second);
  } finally {
    await startOpenCloses(context);
  }
}

/** In its usual turn among all requests; where it does not get one, by those that are kept for what protects. */
async function firstLook(context: AppContext): Promise<readonly Judged[]> {
  try {
    return await lookAtAll(context, context.broker);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn({ error: error.message }, 'the guard looks before all others');
    return lookAtAll(context, context.broker.urgent);
  }
}

/** What goes by the exchange's hours waits while they cannot be read; protection waits for nothing. */
async function isSurelyOpen(context: AppContext): Promise<boolean> {
  try {
    return await isOpen(context);
  } catch (error) {
    if (!(error instanceof BrokerError)) throw error;
    context.log.warn({ error: error.message }, 'the guard looks without the calendar');
    return false;
  }
}

/** What the books lack is mended later; the positions are looked at in any case. */
async function trySync(context: AppContext): Promise<void> {
  try {
    await syncOrders(context);
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    context.log.warn({ error: String(error) }, 'the guard looks without the newest fills');
  }
}

/** What cannot be closed now is closed at the next look; closings that are under way go on in any case. */
async function tryFlatten(context: AppContext, judged: readonly Judged[]): Promise<void> {
  try {
    await flattenAtEnd(context, judged);
  } catch (error) {
    if (error instanceof LeaseLostError) throw error;
    context.log.error({ error: String(error) }, 'the end of the day could not be seen to');
  }
}

async function act(context: AppContext, judged: Judged, isMarketOpen: boolean): Promise<void> {
  const { verdict } = judged;
  if (isDeadlocked(context, judged, isMarketOpen)) return emergency(context, judged);
  switch (verdict.kind) {
    case 'protected':
      return tend(context, judged, isMarketOpen);
    case 'in-hand':
      return watchClosing(context, judged);
    case 'foreign':
      return;
    case 'rest-dying':
      return raiseNaked(
        context,
        judged.position,
        'its entry filled in part, and the broker does not confirm the cancel of the rest',
      );
    case 'part-filled':
      return protectPart(context, judged, verdict);
    case 'protect':
      return mend(context, judged.position.symbol, 'protection');
    case 'emergency':
    case 'stray':
      return emergency(context, judged);
    default:
      return verdict satisfies never;
  }
}

/** A closing that rests after a failure must not rest on a stop that is gone, nor one that broke off on none. */
async function watchClosing(
  context: AppContext,
  { position, orders, close }: Judged,
): Promise<void> {
  if (close === null) return;
  const { id, symbol } = close;
  if (context.guardMemory.brokenOff.delete(id)) {
    await context.bySymbol.run(symbol, () => failBrokenOff(context, id));
  } else if (close.phase === 'stuck' && !protectionOf(position, orders).isProtected) {
    await context.bySymbol.run(symbol, () => protectStuck(context, id));
  }
}

/** What is to be done about a position that is in good order. */
async function tend(
  context: AppContext,
  { position, orders, trade }: Judged,
  isMarketOpen: boolean,
): Promise<void> {
  if (trade === null) return;
  const { stopPrice } = protectionOf(position, orders);
  // A run that died, or somebody at the broker, has tightened the stop: there it belongs from now on.
  if (stopPrice !== null && isTighter(position.side, trade.stopPrice, stopPrice)) {
    await recordStop(context, trade.id, stopPrice);
  }
  await tellLoosened(context, trade, orders);
  await takeEarlyProfit(context, trade, position, isMarketOpen);
}

/** Whether price has been beyond a live exit for so long that it will not act any more. */
function isDeadlocked(
  { systemClock, guardMemory: { overdue } }: AppContext,
  { verdict, position: { symbol } }: Judged,
  isMarketOpen: boolean,
): boolean {
  if (verdict.kind !== 'protected' || !verdict.isOverdue || !isMarketOpen) {
    overdue.delete(symbol);
    return false;
  }
  const now = systemClock.now();
  const since = overdue.get(symbol) ?? now;
  overdue.set(symbol, since);
  return now - since >= DEADLOCK_MS;
}

/** Cancels the rest of an entry; once it is gone its shares are protected like any that have no stop. */
async function protectPart(
  context: AppContext,
  { position: { symbol } }: Judged,
  { entries }: Extract<GuardVerdict, { kind: 'part-filled' }>,
): Promise<void> {
  await context.bySymbol.run(symbol, () =>
    cancelGroups(context, entries, {
      closeId: null,
      reason: 'part_filled_entry',
      requestedBy: 'position guard',
    }),
  );
  await untilGone(context, symbol, new Set(entries.map(({ root }) => root.id)));
  const again = await lookAgain(context, symbol);
  if (again?.verdict.kind === 'rest-dying') await act(context, again, false);
  if (again?.verdict.kind === 'protect') await mend(context, symbol, 'part_filled_entry');
  if (again?.verdict.kind === 'emergency') await emergency(context, again);
}

/** Puts a stop back in, and closes what should have been stopped out by now. */
async function mend(context: AppContext, symbol: Ticker, cause: Cause): Promise<void> {
  const beyond = await reProtect(context, symbol, cause);
  if (beyond !== null) await emergency(context, beyond);
}

const LOOKS = 8;
const FIRST_WAIT_MS = 50;

/** Waits until the groups are over; when they are not within some seconds, the guard's next look goes on. */
async function untilGone(
  context: AppContext,
  symbol: Ticker,
  roots: ReadonlySet<BrokerOrder['id']>,
): Promise<void> {
  const { broker } = context;
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const orders = await broker.urgent.ordersSince(orderHorizon(context), [symbol]);
    const isGone = liveGroups(orders).every(({ root }) => !roots.has(root.id));
    if (isGone) break;
    await context.pause(FIRST_WAIT_MS * 2 ** looks);
  }
  await trySync(context);
}

async function emergency(context: AppContext, { position, trade }: Judged): Promise<void> {
  // Shares that no open trade has came of the last one in the symbol.
  const owner = trade ?? (await context.ledger.lastTradeIn(position.symbol));
  if (owner === null) return;
  const request = await requestClose(context, {
    tradeId: owner.id,
    position,
    reason: 'emergency_stop',
    quantity: position.quantity,
    atMarket: false,
    requestedBy: 'position guard',
  });
  if (request.kind !== 'under-way') startClose(context, request.close);
}
