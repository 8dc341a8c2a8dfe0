import { purposeOf } from '#core/ids.ts';
import { subtractUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { formatGain } from '#core/number-words.ts';
import { withLegs } from '#core/order-tree.ts';
import {
  differencesOf,
  tradesNamedBy,
  unknownGroups,
  unstoredFilled,
} from '#core/reconciliation.ts';
import type { Difference } from '#core/reconciliation.ts';
import type { NoticeCard } from '#ports/cards.ts';
import type { ForeignItem, ReconciliationRecord } from '#ports/ledger.ts';

import type { AppContext } from '../context.ts';
import { fenced } from '../fenced.ts';
import { orderHorizon } from '../order-horizon.ts';
import { applyOrder } from '../order-updates.ts';
import { syncOrders } from '../sync-orders.ts';
import { bookCashActivities } from './cash-activities.ts';
import { findInterference } from './find-interference.ts';

/** A fill may be in one list and not yet in the other. */
const SECOND_LOOK_MS = 1_000;

/**
 * Compares the broker with the ledger: orders, fills, positions, cash. Fills that were missed are booked,
 * once, and told as late; what is none of ours is flagged for an admin to decide about. Entries wait until
 * nothing is left to decide.
 */
export const reconcile = (context: AppContext): Promise<ReconciliationRecord> =>
  // One after the other: two at once would both tell of the same change.
  context.bySymbol.run('reconciliation', () => compareAndFlag(context));

async function compareAndFlag(context: AppContext): Promise<ReconciliationRecord> {
  const { ledger, clock, lease } = context;
  lease.assertHeld();
  const before = await ledger.lastReconciliation();
  let { bookedFills } = await syncOrders(context);
  let differences = await compare(context);
  if (differences.length > 0) {
    await context.pause(SECOND_LOOK_MS);
    bookedFills += (await syncOrders(context)).bookedFills;
    differences = await compare(context);
  }
  const undecided = await flag(context, differences);
  await findInterference(context);
  await bookCashActivities(context);
  const findings = undecided.map(findingOf);
  const record: ReconciliationRecord = {
    at: clock.now(),
    isClean: findings.length === 0,
    findings,
    lateFills: bookedFills,
  };
  const card = changeCard(before, record);
  await fenced(context, async (tx) => {
    await tx.saveReconciliation(record);
    if (card !== null) await tx.enqueueCard(`reconciled:${context.systemClock.now()}`, card);
  });
  if (card !== null) await context.wakeOutbox();
  return record;
}

async function compare(context: AppContext): Promise<readonly Difference[]> {
  const { broker, ledger } = context;
  const [positions, orders] = await Promise.all([
    broker.positions(),
    broker.ordersSince(orderHorizon(context)),
  ]);
  const ids = withLegs(orders).map(({ id }) => id);
  const [ledgerQuantities, knownOrders] = await Promise.all([
    ledger.netQuantities(),
    ledger.knownOrders(ids),
  ]);
  const named = tradesNamedBy({ orders, knownOrders });
  const trades = await Promise.all(named.map((id) => ledger.trade(id)));
  const knownTrades = new Set(trades.flatMap((trade) => trade?.id ?? []));
  // Of a trade that the ledger has, an order that it lacks was sent by a process that could not store it.
  const own = unknownGroups({ orders, knownOrders })
    .map(({ root }) => root)
    .filter(({ clientOrderId }) => purposeOf(clientOrderId) !== null);
  const filled = unstoredFilled({ positions, orders, ledgerQuantities, knownOrders });
  for (const order of new Set([...own, ...filled])) await applyOrder(context, order, []);
  return differencesOf({ positions, orders, ledgerQuantities, knownOrders, knownTrades });
}

/** Remembers what was found; returns what nobody has decided about. What is gone is forgotten. */
async function flag(
  context: AppContext,
  differences: readonly Difference[],
): Promise<readonly Difference[]> {
  const { ledger, clock } = context;
  const known = await ledger.foreignItems();
  const found = new Set(differences.map(({ key }) => key));
  const gone = known.filter(({ key }) => !found.has(key)).map(({ key }) => key);
  await fenced(context, async (tx) => {
    await tx.forgetForeign(gone);
    for (const difference of differences) await tx.saveForeign(itemOf(difference), clock.now());
  });
  const decided = new Set(known.filter(({ decision }) => decision !== null).map(({ key }) => key));
  return differences.filter(({ key }) => !decided.has(key));
}

function itemOf(
  difference: Difference,
): Omit<ForeignItem, 'decision' | 'decidedBy' | 'firstSeenAt'> {
  const { key, symbol } = difference;
  if (difference.kind === 'order') {
    const { side, quantity } = difference.order;
    return { kind: 'order', key, symbol, side, quantity };
  }
  const { quantity } = difference;
  const side = quantity > 0 ? 'long' : 'short';
  return { kind: 'position', key, symbol, side, quantity: Math.abs(quantity) };
}

/** A sentence with the cure. */
function findingOf(difference: Difference): string {
  const { symbol, key } = difference;
  if (difference.kind === 'order') {
    const { side, quantity, type } = difference.order;
    return `${symbol}: a ${type} order to ${side} ${quantity} is none of the bot’s. Decide with /foreign item:${key}`;
  }
  const { quantity, ledgerQuantity } = difference;
  const shares = `${Math.abs(quantity)} shares ${quantity > 0 ? 'more' : 'fewer'}`;
  return `${symbol}: the broker shows ${shares} than the ledger’s ${ledgerQuantity}. Decide with /foreign item:${key}`;
}

/**
 * How much the broker's cash differs from what the ledger makes of it; null before there is anything to
 * compare with. Told, but never a reason to keep entries closed: the broker books some amounts days later.
 */
async function cashDifference({ broker, ledger }: AppContext): Promise<Usd | null> {
  const first = await ledger.firstEquity();
  if (first === null) return null;
  const [{ cash }, moved] = await Promise.all([broker.account(), ledger.cashMoved(first.at)]);
  return subtractUsd(subtractUsd(cash, first.cash), moved);
}

const CENT = 10_000;

/** The sentence about cash for the start-up report; null when it adds up to the cent. */
export async function cashNote(context: AppContext): Promise<string | null> {
  const difference = await cashDifference(context);
  if (difference === null || Math.abs(difference) < CENT) return null;
  return `Cash differs from the ledger’s by ${formatGain(difference)}: a deposit, a dividend or a fee that the broker has not listed yet, or a trade of somebody else`;
}

/** Told when the books stop being clean, when they differ in another way, and when they are clean again; else null. */
function changeCard(
  before: ReconciliationRecord | null,
  { at, isClean, findings }: ReconciliationRecord,
): NoticeCard | null {
  const had = (before?.findings ?? []).join('\n');
  const has = findings.join('\n');
  if (had === has) return null;
  return {
    kind: 'notice',
    tone: isClean ? 'good' : 'warning',
    title: isClean
      ? 'Broker and ledger agree again: they keep entries out no more'
      : 'Broker and ledger differ: no entries until it is decided',
    text: isClean
      ? 'Orders, fills and positions are the same on both sides, or decided about. Entries go on where they are not halted.'
      : has,
    at,
  };
}
