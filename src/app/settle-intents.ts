import { purposeOf } from '#core/ids.ts';
import type { CloseId } from '#core/ids.ts';
import type { BrokerOrder } from '#core/order.ts';
import type { OrderIntent } from '#ports/ledger.ts';

import { acceptOrder } from './accepted-order.ts';
import type { AppContext } from './context.ts';
import { watchForEarlyProfit } from './early-profit.ts';
import { fenced } from './fenced.ts';
import { settleOnRecord } from './order-audit.ts';
import { clientIdOf } from './place-order.ts';

/** The broker may still be taking in a request whose sender has given up on it. */
const IN_DOUBT_MS = 2_000;

/**
 * Finds out what became of intents that nobody knows the outcome of: the process that carried them out died,
 * or never heard the broker's answer. What the broker has is stored; what it does not have was never sent,
 * and whoever wanted it decides anew. Entries that are still planned are left to the cycle, which sends
 * them again or gives them up.
 *
 * @param of the closing whose intents alone are meant; without it all are.
 * @returns the orders that were found. Throws BrokerError.
 */
export async function settleOpenIntents(
  context: AppContext,
  of: CloseId | null = null,
): Promise<readonly BrokerOrder[]> {
  const { ledger, inFlight, systemClock } = context;
  const open = (await ledger.openOrderIntents()).filter(
    ({ id, closeId }) => !inFlight.has(id) && (of === null || closeId === of),
  );
  const found: BrokerOrder[] = [];
  for (const intent of open) {
    const isInDoubt = systemClock.now() - intent.at < IN_DOUBT_MS;
    const order = await settle(context, intent, isInDoubt);
    if (order !== null) found.push(order);
  }
  return found;
}

async function settle(
  context: AppContext,
  intent: OrderIntent,
  isInDoubt: boolean,
): Promise<BrokerOrder | null> {
  const { ledger, broker, clock } = context;
  const { id, request, tradeId } = intent;
  // A cancel is asked again by whoever still needs it.
  if (request.kind === 'cancel' || tradeId === null) {
    if (!isInDoubt) await giveUp(context, intent);
    return null;
  }
  const order = await broker.urgent.orderByClientId(clientIdOf(request));
  if (order !== null) {
    await ledger.transaction((tx) => acceptOrder(tx, intent, { order, at: clock.now() }));
    return order;
  }
  const trade = await ledger.trade(tradeId);
  if (isInDoubt || (request.kind === 'bracket' && trade?.status === 'planned')) return null;
  await giveUp(context, intent);
  if (purposeOf(id)?.kind === 'scale') await watchForEarlyProfit(context, tradeId);
  return null;
}

/** Only by who trades the account: to anybody else it may be on its way. */
const giveUp = (context: AppContext, intent: OrderIntent): Promise<void> =>
  fenced(context, (tx) =>
    settleOnRecord(tx, intent, {
      outcome: 'abandoned',
      detail: 'never reached the broker',
      order: null,
      at: context.clock.now(),
    }),
  );
