import { isExplained } from '#core/interference.ts';
import { newYorkDate } from '#core/session.ts';
import type { LedgerOrder, LegIntervention } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';

/** News of a leg's sibling may come a little later than its own. */
const SETTLE_MS = 10_000;

/**
 * Looks for legs that were cancelled or replaced although nobody here asked for it and nothing at the broker
 * explains it. Each such act is recorded without an intent, counts as one interference however many legs went
 * with it, and the channel hears of it.
 */
export async function findInterference(context: AppContext): Promise<void> {
  const ended = await context.ledger.unexplainedLegs(context.clock.now() - SETTLE_MS);
  const recorded: LegIntervention[] = [];
  for (const { leg, orders, interventions } of ended) {
    if (isExplained(leg, orders, [...interventions, ...recorded])) {
      await context.ledger.transaction((tx) => tx.explainLeg(leg.brokerOrderId));
    } else recorded.push(await record(context, leg));
  }
}

async function record(context: AppContext, leg: LedgerOrder): Promise<LegIntervention> {
  const { brokerOrderId, tradeId, symbol, role, status, updatedAt } = leg;
  const at = context.clock.now();
  const intervention: LegIntervention = {
    brokerOrderId,
    tradeId,
    action: status === 'replaced' ? 'replace' : 'cancel',
    intentId: null,
    at,
    // Of when it was done: it may be found only in the next session.
    sessionDate: newYorkDate(updatedAt),
  };
  await context.ledger.transaction(async (tx) => {
    await tx.insertLegIntervention(intervention);
    await tx.enqueueCard(`interference:${brokerOrderId}`, {
      kind: 'alarm',
      title: `${symbol}: a bracket was interfered with`,
      text:
        `The ${role === 'take_profit' ? 'take-profit' : 'stop'} of ${tradeId} is ${status} at the broker, and ` +
        'the bot did not ask for it. The guard protects the position anew where it has to. To do: find out who else acts on this account.',
      repeat: 0,
      tradeId,
      at,
    });
  });
  await context.wakeOutbox();
  return intervention;
}
