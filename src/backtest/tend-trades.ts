import { barAt } from '#core/bars.ts';
import type { BarColumns } from '#core/bars.ts';
import type { OpenTrade } from '#core/decision.ts';
import { decideExits } from '#core/exits.ts';
import type { ExitIntent } from '#core/exits.ts';
import { isAtOrBeyond } from '#core/guard.ts';
import type { Ticker } from '#core/ids.ts';
import { usdFromNumber } from '#core/money.ts';
import { followPrice, openTradeOf } from '#core/open-trade.ts';
import { signOf } from '#core/order.ts';
import { heldShares } from '#core/trade.ts';

import type { Desk, LiveTrade, Moment } from './desk.ts';
import { settle } from './follow-orders.ts';
import {
  cancelOrders,
  closeShares,
  coveredShares,
  leavingShares,
  moveStops,
  protect,
} from './send-orders.ts';

/** Entries that did not fill within one bar go; shares of one that filled in part are protected. */
export function tendEntries(desk: Desk, { barEnd: at }: Moment): void {
  const { barMs } = desk.grid;
  for (const live of desk.live.values()) {
    const isYoung = live.trade.intent.decidedAt + barMs > at;
    if (!live.isStirred || isYoung || live.isClosing) continue;
    live.isStirred = false;
    cancelOrders(desk, live, at, (role) => role === 'entry');
    settle(desk, live);
    if (desk.live.get(live.trade.intent.symbol) === live) protectPart(desk, live, at);
  }
}

/** As the position guard does it: a stop, or the way out where price is beyond it already. */
function protectPart(desk: Desk, live: LiveTrade, at: number): void {
  const held = heldShares(live.trade);
  const covered = coveredShares(desk, live);
  const bare = held - covered - leavingShares(live);
  if (bare <= 0) return;
  const { intent, stopPrice } = live.trade;
  const price = desk.exchange.priceOf(intent.symbol) ?? intent.decisionPrice;
  if (covered === 0 && isAtOrBeyond(intent.side, price, stopPrice)) {
    closeShares(desk, live, { quantity: held, reason: 'emergency_stop', at });
  } else protect(desk, live, { quantity: bare, at });
}

/** Where no second bracket takes the early profit, the trader does it when price is there. */
export function takeEarlyProfits(desk: Desk, { barEnd: at }: Moment): void {
  for (const live of desk.live.values()) {
    const { scaleOut, intent } = live.trade;
    if (scaleOut !== 'watched' || intent.scaleOut === null || live.isClosing) continue;
    const price = desk.exchange.priceOf(intent.symbol) ?? intent.decisionPrice;
    const isThere = signOf(intent.side) * (price - intent.scaleOut.targetPrice) >= 0;
    const held = heldShares(live.trade);
    const quantity = Math.floor((held * intent.scaleOut.quantity) / intent.quantity);
    if (!isThere || quantity < 1) continue;
    live.trade = { ...live.trade, scaleOut: 'none' };
    closeShares(desk, live, { quantity, reason: 'scale_out', at });
  }
}

/**
 * The trades that hold shares, with their prices followed up to this bar; without those to which it is known that
 * nothing happens at it.
 */
export function openTradesAt(desk: Desk, { barEnd, slot }: Moment): readonly OpenTrade[] {
  const open: OpenTrade[] = [];
  for (const live of desk.live.values()) {
    follow(live, barEnd);
    if (live.calmUntil > slot) continue;
    const hasBar = live.history.slots[live.row] === slot;
    const close = live.history.bars.close[live.row];
    const tended = openTradeOf(
      live.trade,
      hasBar && close !== undefined ? usdFromNumber(close) : null,
    );
    if (tended !== null && !live.isClosing) open.push(tended);
  }
  return open;
}

/**
 * Takes the bars that the trade has seen into its best and its worst price, up to the one that ends here. Several of
 * them were calm: the trade was there before the first one began, so that they count as one long bar.
 */
export function follow(live: LiveTrade, end: number): void {
  const { row, followedRow, history } = live;
  if (followedRow === row) return;
  live.followedRow = row;
  const excursion = followPrice(live.trade, [
    { ...spanOf(history.bars, followedRow + 1, row), end },
  ]);
  if (excursion === null) return;
  const { best: bestPrice, worst: worstPrice } = excursion;
  const { trade } = live;
  if (bestPrice === trade.bestPrice && worstPrice === trade.worstPrice) return;
  live.trade = { ...live.trade, bestPrice, worstPrice };
}

/** Rows from one to another as one bar. */
function spanOf(bars: BarColumns, from: number, to: number) {
  const { start, high: highest, low: lowest, close } = barAt(bars, to);
  if (from === to) return { start, high: highest, low: lowest, close };
  let [high, low] = [highest, lowest];
  for (let row = from; row < to; row += 1) {
    high = Math.max(high, bars.high[row] ?? high);
    low = Math.min(low, bars.low[row] ?? low);
  }
  return { start: bars.start[from] ?? start, high, low, close };
}

/** What the exit rules want of them; while everything is being flattened, all of it. */
export function exitsAt(
  desk: Desk,
  { barEnd, session }: Moment,
  openTrades: readonly OpenTrade[],
): readonly ExitIntent[] {
  const { control, parameters } = desk;
  return decideExits({ barEnd, session, control, openTrades, parameters });
}

/** Moves stops at once; they are not in the way of the entries that are decided after. */
export function moveTrailed(desk: Desk, exits: readonly ExitIntent[], { barEnd }: Moment): void {
  for (const exit of exits) {
    const live = exit.kind === 'move-stop' ? desk.live.get(exit.symbol) : undefined;
    if (live !== undefined && exit.kind === 'move-stop') moveStops(desk, live, exit.to, barEnd);
  }
}

/** Closes what the rules want closed, after the entries of the bar: in life it takes some seconds. */
export function closeByRule(
  desk: Desk,
  exits: readonly ExitIntent[],
  { barEnd: at }: Moment,
): void {
  for (const exit of exits) {
    const live = exit.kind === 'close' ? openOf(desk, exit.symbol) : null;
    if (live === null || exit.kind !== 'close') continue;
    closeShares(desk, live, { quantity: heldShares(live.trade), reason: exit.reason, at });
  }
  if (desk.control.status === 'flattening') flattenAll(desk, at);
}

function flattenAll(desk: Desk, at: number): void {
  for (const live of desk.live.values()) {
    const held = heldShares(live.trade);
    if (live.isClosing) continue;
    if (held > 0) closeShares(desk, live, { quantity: held, reason: 'risk_limit', at });
    else {
      cancelOrders(desk, live, at);
      settle(desk, live);
    }
  }
}

const openOf = ({ live }: Desk, symbol: Ticker): LiveTrade | null => {
  const found = live.get(symbol);
  return found === undefined || found.isClosing || heldShares(found.trade) === 0 ? null : found;
};
