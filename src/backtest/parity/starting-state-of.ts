import { DRAWDOWN_WATCH, isByPerson } from '#core/control.ts';
import type { ControlState } from '#core/control.ts';
import { AT_THE_TOP } from '#core/drawdown-ladder.ts';
import type { DrawdownRung } from '#core/drawdown-ladder.ts';
import type { DrawdownState } from '#core/drawdown.ts';
import type { BrokerOrderId, Ticker } from '#core/ids.ts';
import type { Holding } from '#core/matching/portfolio.ts';
import { addUsd, micros, subtractUsd, timesShares, ZERO_USD } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { followPrice } from '#core/open-trade.ts';
import type { BarPrices } from '#core/open-trade.ts';
import { signOf } from '#core/order.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { bookFill, heldShares, isFlat, plannedTrade } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import { NO_CASH_VIEW } from '#core/unexplained-cash.ts';
import type { LedgerOrder } from '#ports/ledger.ts';

import type { StartingExit, StartingState, StartingTrade } from '../recording.ts';
import { executionOf } from './recorded-day.ts';
import type { RecordedDay, RecordedTrade } from './recorded-day.ts';

/** The bars of a symbol that were settled by the start, oldest first. */
type BarsOf = (symbol: Ticker) => readonly BarPrices[];

/** What the day began with: all as it was one bar before the first recorded cycle. */
export function startingStateOf(day: RecordedDay, barsOf: BarsOf): StartingState {
  const { first } = day;
  const at = first.barEnd - first.parameters.barMinutes * MINUTE_MS;
  const held = day.trades.flatMap((recorded) => heldAt(recorded, at, barsOf));
  return {
    at,
    cash: cashAt(day, held),
    lastEquity: first.account.lastEquity,
    control: controlAt(first.control, at),
    drawdown: drawdownAt(day, at),
    // A trade that the first bar ended will end again.
    past: first.pastTrades.filter(({ closedAt }) => closedAt <= at),
    trades: held,
    foreign: foreignOf(day),
  };
}

function heldAt(recorded: RecordedTrade, at: EpochMs, barsOf: BarsOf): readonly StartingTrade[] {
  const { trade, fills } = recorded;
  const { intent, origin } = trade;
  const planned: Trade = { ...plannedTrade(intent), origin };
  const booked = fills
    .filter((fill) => fill.at <= at)
    .reduce((next, fill) => bookFill(next, fill.as, executionOf(trade, fill)), planned);
  if (booked.status !== 'open' || isFlat(booked)) return [];
  const exits = exitsAt(recorded, at);
  const followed = followPrice(
    booked,
    barsOf(intent.symbol).filter(({ end }) => end <= at),
  );
  return [
    {
      trade: {
        ...booked,
        scaleOut: fills.some(({ as, at: when }) => as === 'scale_out' && when > at)
          ? 'watched'
          : trade.scaleOut,
        stopPrice: exits[0]?.stopPrice ?? trade.stopPrice,
        bestPrice: followed?.best ?? null,
        worstPrice: followed?.worst ?? null,
      },
      exits,
    },
  ];
}

/** The live stops of a trade at an instant, each with the target of its group. */
function exitsAt({ orders, fills }: RecordedTrade, at: EpochMs): readonly StartingExit[] {
  const leavesOf = ({ brokerOrderId, quantity }: LedgerOrder): number =>
    fills
      .filter((fill) => fill.brokerOrderId === brokerOrderId && fill.at <= at)
      .reduce((left, fill) => left - fill.quantity, quantity);
  const alive = orders.filter(
    (order) =>
      order.createdAt <= at && (order.isLive || order.updatedAt > at) && leavesOf(order) > 0,
  );
  const targets = alive.filter(({ role }) => role === 'take_profit');
  return alive.flatMap((stop) => {
    if (stop.role !== 'stop_loss' || stop.stopPrice === null) return [];
    const target = targets.find((other) => groupOf(other, orders) === groupOf(stop, orders));
    const { stopPrice } = stop;
    return [{ quantity: leavesOf(stop), stopPrice, targetPrice: target?.limitPrice ?? null }];
  });
}

/** Both legs of a bracket hang on its entry, the stop of an OCO on its target; a replacement in its place. */
function groupOf(
  { parentId, replaces, brokerOrderId }: LedgerOrder,
  orders: readonly LedgerOrder[],
): BrokerOrderId {
  const before = orders.find((order) => order.brokerOrderId === replaces);
  return parentId ?? (before === undefined ? brokerOrderId : groupOf(before, orders));
}

/**
 * The cash that the first cycle saw, without what its trades had moved since the start. How far they had come
 * when it looked, the positions tell that it saw with the cash.
 */
function cashAt({ first, trades }: RecordedDay, held: readonly StartingTrade[]): Usd {
  const at = first.barEnd - first.parameters.barMinutes * MINUTE_MS;
  let cash = first.account.cash;
  for (const { trade, fills } of trades) {
    const { symbol, side } = trade.intent;
    const seen = first.positions.find((position) => position.symbol === symbol)?.quantity ?? 0;
    const start = held.find(({ trade: { id } }) => id === trade.id);
    let shares = start === undefined ? 0 : heldShares(start.trade);
    for (const fill of fills) {
      if (fill.at <= at) continue;
      if (shares === seen) break;
      const isEntry = fill.as === 'entry';
      shares += isEntry ? fill.quantity : -fill.quantity;
      const value = timesShares(fill.price, fill.quantity);
      const isPaid = isEntry === (side === 'long');
      cash = isPaid ? addUsd(cash, value) : subtractUsd(cash, value);
    }
  }
  return cash;
}

/** Shares that are no trade's, at what they were worth. */
function foreignOf({ first, trades }: RecordedDay): readonly Holding[] {
  const ours = new Set(trades.map(({ trade }) => trade.intent.symbol));
  return first.positions
    .filter(({ symbol }) => !ours.has(symbol))
    .map(({ symbol, side, quantity, currentPrice }) => ({
      symbol,
      quantity: signOf(side) * quantity,
      costBasis: timesShares(currentPrice, signOf(side) * quantity),
      openedAt: first.session.open,
    }));
}

/** Whatever ended within the first bar ends again: a person's doing as it was recorded, the rest by its rule. */
function controlAt(control: ControlState, at: EpochMs): ControlState {
  if (control.since <= at) return control;
  const by = isByPerson(control) ? control.by : DRAWDOWN_WATCH;
  return { status: 'active', by, reason: 'before the first bar', since: at, until: null };
}

/** From the session's recorded open, and from how far below its peak equity was at the first cycle. */
function drawdownAt({ first, open, equity }: RecordedDay, at: EpochMs): DrawdownState | null {
  if (open === null) return null;
  const { drawdown, session, account, barEnd, parameters } = first;
  const seen = equity.find((point) => point.at === barEnd)?.equity ?? account.equity;
  const { dailyPercent, peakPercent, isDailyBreached, isPeakBreached } = drawdown;
  const isLate = at > session.open;
  const isLetBe =
    isLate && !isDailyBreached && (dailyPercent ?? 0) <= -parameters.dailyDrawdownPercent;
  return {
    sessionDate: session.date,
    openingEquity: open.equity,
    peakEquity: micros(Math.round(seen / (1 + (peakPercent ?? 0) / 100))),
    peakAt: at,
    equity: open.equity,
    flows: ZERO_USD,
    at,
    deepestPercent: 0,
    cash: NO_CASH_VIEW,
    day: isLetBe
      ? rungOf('acknowledged')
      : isLate && isDailyBreached
        ? rungOf('breached')
        : AT_THE_TOP,
    peak: isPeakBreached ? rungOf('breached') : AT_THE_TOP,
  };
}

const rungOf = (level: DrawdownRung['level']): DrawdownRung => ({ level, suspectedAt: null });
