import { keepsWaiting } from '#core/close.ts';
import { DRAWDOWN_WATCH } from '#core/control.ts';
import type { ControlState } from '#core/control.ts';
import { MINUTE_MS } from '#core/session.ts';
import { heldShares } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';

import { requestClose } from '../close/request-close.ts';
import { startClose } from '../close/run-close.ts';
import type { AppContext } from '../context.ts';
import { noteFlat } from '../control.ts';
import { cancelEntries } from '../enter.ts';
import { lookAtAll } from './look.ts';
import type { Judged } from './look.ts';

/**
 * Carries out what the control state asks for, as often as it is called and by whatever process: while
 * nothing may be opened, entries that still work are cancelled; while everything is to be closed, every
 * position of the bot that has no closing of everything gets one, and when nothing is left that is noted. Shares that are
 * none of the bot's stay an admin's matter.
 */
export async function enforceControl(
  context: AppContext,
  judged: readonly Judged[],
): Promise<void> {
  const control = await context.ledger.controlState();
  if (control.status === 'active') return;
  const own = judged.filter((one) => !isForeign(one));
  if (control.status === 'flattening') {
    for (const one of own) await closeWhole(context, one, control);
  }
  const entering = await context.ledger.unfinishedTrades();
  await cancelEntries(context, entering, { reason: 'halted_entry', requestedBy: control.by });
  if (control.status !== 'flattening' || own.length > 0) return;
  if (await isAnythingUnderWay(context)) return;
  // An entry may have filled since the positions were listed.
  const last = await lookAtAll(context, context.broker.urgent);
  if (last.every(isForeign)) await noteFlat(context);
}

const isForeign = ({ verdict }: Judged): boolean => verdict.kind === 'foreign';

async function closeWhole(
  context: AppContext,
  { position, trade, close }: Judged,
  { by }: ControlState,
): Promise<void> {
  if (keepsWaiting(close)) return;
  const owner: Trade | null = trade ?? (await context.ledger.lastTradeIn(position.symbol));
  if (owner === null) return;
  const request = await requestClose(context, {
    tradeId: owner.id,
    position,
    reason: by === DRAWDOWN_WATCH ? 'risk_limit' : 'manual_close',
    quantity: position.quantity,
    atMarket: false,
    requestedBy: by,
  });
  if (request.kind !== 'under-way') startClose(context, request.close);
}

/** The broker's list of positions lags behind fills: what was entered so lately may be missing from it. */
const JUST_ENTERED_MS = MINUTE_MS;

/**
 * Whether a closing is not proven yet, an entry works or may have reached the broker, or what one has filled may
 * not be shown, or booked, yet.
 */
async function isAnythingUnderWay({ ledger, clock }: AppContext): Promise<boolean> {
  const [closes, orders, intents, trades] = await Promise.all([
    ledger.openCloses(),
    ledger.unsettledOrders(),
    ledger.openOrderIntents(),
    ledger.unfinishedTrades(),
  ]);
  const enteredSince = clock.now() - JUST_ENTERED_MS;
  return (
    closes.length > 0 ||
    orders.some(
      ({ role, isLive, bookedQuantity, filledQuantity, updatedAt }) =>
        role === 'entry' &&
        (isLive || (bookedQuantity < filledQuantity && updatedAt > enteredSince)),
    ) ||
    intents.some(({ request }) => request.kind === 'bracket') ||
    trades.some((trade) => heldShares(trade) > 0 && (trade.openedAt ?? 0) > enteredSince)
  );
}
