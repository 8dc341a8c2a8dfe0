import { rowFrom } from '#core/bar-columns.ts';
import { barAt } from '#core/bars.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import { usdFromNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { isLive } from '#core/order.ts';
import { heldShares } from '#core/trade.ts';
import type { ExitReason } from '#core/trade.ts';

import type { Desk, LiveTrade, Moment } from './desk.ts';
import { followOrders } from './follow-orders.ts';
import { follow } from './tend-trades.ts';

/** Lets the bars of a slot act on the orders; returns in how many symbols with a bar shares were held. */
export function liveThrough(desk: Desk, { slot, barEnd }: Moment): number {
  let held = 0;
  for (const live of desk.live.values()) {
    const { slots, bars, minutes } = live.history;
    if (slots[live.row + 1] !== slot) continue;
    // What the bar ends takes the calm ones before it along.
    follow(live, barEnd);
    live.row += 1;
    if (heldShares(live.trade) > 0) held += 1;
    const bar = barAt(bars, live.row);
    if (minutes === null) act(desk, live, bar, barEnd);
    else for (const part of partsOf(desk, live, bar, minutes)) act(desk, live, part, barEnd);
  }
  return held;
}

/** The minutes of a bar in which stop and target both lie, where they make it up; else the bar itself. */
function partsOf(desk: Desk, live: LiveTrade, bar: Bar, minutes: BarColumns): readonly Bar[] {
  if (!isContested(live, bar)) return [bar];
  const inside = barsWithin(minutes, bar.start, bar.start + desk.grid.barMs);
  return inside.at(-1)?.close === bar.close ? inside : [bar];
}

function act(desk: Desk, live: LiveTrade, bar: Bar, at: number): void {
  const { exchange } = desk;
  const before = exchange.ambiguities().stopAndTarget;
  const events = exchange.applyBar(live.history.symbol, bar, at);
  if (exchange.ambiguities().stopAndTarget > before) live.isAmbiguous = true;
  followOrders(desk, live, events);
}

/** Whether a stop and a target of the trade both lie within the bar. */
function isContested({ orders }: LiveTrade, { low, high }: Bar): boolean {
  const isWithin = (price: Usd | null): boolean =>
    price !== null && price >= usdFromNumber(low) && price <= usdFromNumber(high);
  const isThere = (leg: ExitReason, field: 'stopPrice' | 'limitPrice'): boolean =>
    orders.some(({ order, as }) => as === leg && isLive(order.status) && isWithin(order[field]));
  return isThere('stop_loss', 'stopPrice') && isThere('take_profit', 'limitPrice');
}

/** The bars that start within a span. */
function barsWithin(columns: BarColumns, from: number, until: number): readonly Bar[] {
  const inside: Bar[] = [];
  const end = rowFrom(columns, until);
  for (let row = rowFrom(columns, from); row < end; row += 1) inside.push(barAt(columns, row));
  return inside;
}
