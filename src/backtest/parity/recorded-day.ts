import type { Close } from '#core/close.ts';
import type { CycleIntents } from '#core/cycle-intents.ts';
import type { Snapshot } from '#core/decision.ts';
import { readExactJson } from '#core/exact-json.ts';
import { purposeOf } from '#core/ids.ts';
import type { BrokerOrderId, TradeId } from '#core/ids.ts';
import type { Execution } from '#core/order.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { ExitReason, Trade } from '#core/trade.ts';
import type { StoredDecision } from '#ports/decisions.ts';
import type { EquityPoint, Ledger, LedgerOrder } from '#ports/ledger.ts';
import type { SessionOpen } from '#ports/risk-store.ts';
import type { BookedFill } from '#ports/trade-history.ts';

/** One cycle of the day, without what all of them have in common. */
export interface RecordedCycle {
  readonly barEnd: EpochMs;
  readonly control: Snapshot['control'];
  readonly decisions: readonly StoredDecision[];
  readonly entries: CycleIntents['entries'];
}

/** A fill with what it was to its trade. */
export interface RecordedFill extends BookedFill {
  readonly as: 'entry' | ExitReason;
}

/** A trade as the ledger has it by now, with all that became of it. */
export interface RecordedTrade {
  readonly trade: Trade;
  /** Oldest first. */
  readonly fills: readonly RecordedFill[];
  readonly orders: readonly LedgerOrder[];
}

/** What the ledger has of a day. */
export interface RecordedDay {
  /** As the day's first recorded cycle saw it. */
  readonly first: Snapshot;
  /** At least one, oldest first. */
  readonly cycles: readonly RecordedCycle[];
  /** Those that held shares in the day or were intended in it. */
  readonly trades: readonly RecordedTrade[];
  readonly open: SessionOpen | null;
  readonly equity: readonly EquityPoint[];
}

/** Reads a day from the ledger; null when no cycle of it is stored with all its inputs. */
export async function readDay(ledger: Ledger, date: SessionDate): Promise<RecordedDay | null> {
  let first: Snapshot | null = null;
  const cycles: RecordedCycle[] = [];
  for (const barEnd of await ledger.storedCycles(date)) {
    const stored = await ledger.storedCycle(date, barEnd);
    if (stored === null) continue;
    first ??= stored.snapshot;
    // Written by a cycle alone.
    const { entries } = readExactJson(stored.intents) as CycleIntents;
    const { control } = stored.snapshot;
    cycles.push({ barEnd, control, decisions: stored.decisions, entries });
  }
  if (first === null) return null;
  const [trades, open, equity] = await Promise.all([
    readTrades(ledger, first, cycles),
    ledger.sessionOpen(date),
    ledger.equityPoints(date),
  ]);
  return { first, cycles, trades, open, equity };
}

async function readTrades(
  ledger: Ledger,
  { session, openTrades }: Snapshot,
  cycles: readonly RecordedCycle[],
): Promise<readonly RecordedTrade[]> {
  const filled = await ledger.tradesFilled({ from: session.open, until: session.close + 1 });
  const ids = new Set([
    ...openTrades.map(({ id }) => id),
    ...cycles.flatMap(({ entries }) => entries.map(({ tradeId }) => tradeId)),
    ...filled,
  ]);
  const trades: RecordedTrade[] = [];
  for (const id of ids) {
    const trade = await readTrade(ledger, id);
    if (trade !== null) trades.push(trade);
  }
  return trades;
}

async function readTrade(ledger: Ledger, id: TradeId): Promise<RecordedTrade | null> {
  const trade = await ledger.trade(id);
  if (trade === null) return null;
  const [fills, orders, closes] = await Promise.all([
    ledger.fillsOf(id),
    ledger.ordersOfTrade(id),
    ledger.closesOf(id),
  ]);
  const meaningOf = meaningsOf(orders, closes);
  return {
    trade,
    orders,
    fills: fills.map((fill) => ({ ...fill, as: meaningOf(fill.brokerOrderId) })),
  };
}

function meaningsOf(
  orders: readonly LedgerOrder[],
  closes: readonly Close[],
): (id: BrokerOrderId) => RecordedFill['as'] {
  const byId = new Map(orders.map((order) => [order.brokerOrderId, order]));
  const reasons = new Map(closes.map(({ id, reason }) => [id, reason]));
  return (id) => {
    const order = byId.get(id);
    // The shares of an adopted trade came with an order that nobody sent.
    if (order === undefined) return 'entry';
    if (order.role !== 'exit') return order.role;
    const purpose = purposeOf(order.clientOrderId);
    return (purpose?.of === 'close' ? reasons.get(purpose.closeId) : null) ?? 'other';
  };
}

/** A recorded fill as the core books one; its place in its order does not matter there. */
export const executionOf = (
  { intent: { symbol } }: Trade,
  { brokerOrderId: orderId, side, quantity, price, at }: RecordedFill,
): Execution => ({ orderId, symbol, side, quantity, price, at, cumulativeQuantity: quantity });
