import { ownExits } from '#core/close-step.ts';
import type { CloseView } from '#core/close-step.ts';
import type { Close } from '#core/close.ts';
import type { Ticker } from '#core/ids.ts';
import { liveGroups } from '#core/order-tree.ts';
import { signOf } from '#core/order.ts';
import type { BrokerOrder } from '#core/order.ts';
import { MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';

import type { AppContext } from '../context.ts';
import { orderHorizon } from '../order-horizon.ts';

/**
 * Reads what the broker shows of a symbol, before all others when requests are scarce. The first look goes
 * back as far as any order that may live, the later ones no farther than those that do, and the closing's own
 * exits, off which its fills are read.
 */
export function createCloseReader(context: AppContext): (close: Close) => Promise<CloseView> {
  const { ledger, systemClock, clock, closeTactics } = context;
  let since = orderHorizon(context);
  return async (close) => {
    const { orders, position } = await readHoldings(context, close.symbol, since);
    since = oldestOf(
      [...liveGroups(orders).map(({ root }) => root), ...ownExits(close, orders)],
      clock.now(),
    );
    const [asked, ledgerShares, isMarketOpen] = await Promise.all([
      ledger.cancelsAsked(close.symbol, close.requestedAt),
      ledgerSharesOf(context, close),
      isOpen(context),
    ]);
    const now = systemClock.now();
    const seen = { close, position, orders, asked, ledgerShares, isMarketOpen, now };
    return { ...seen, tactics: closeTactics };
  };
}

/** See {@link CloseView.ledgerShares}. */
async function ledgerSharesOf({ ledger }: AppContext, close: Close): Promise<number> {
  const [net, orders] = await Promise.all([
    ledger.netQuantities(),
    ledger.ordersOfTrade(close.tradeId),
  ]);
  const booked = ownExits(close, orders).reduce(
    (sum, { bookedQuantity }) => sum + bookedQuantity,
    0,
  );
  return signOf(close.side) * (net.get(close.symbol) ?? 0) + booked;
}

/** What the broker has of a symbol: its orders since an instant, and its shares. Throws BrokerError. */
export async function readHoldings(
  { broker }: AppContext,
  symbol: Ticker,
  since: EpochMs,
): Promise<Pick<CloseView, 'orders' | 'position'>> {
  // Orders first: a fill in between shows as shares that are gone, never as shares to be sold once more.
  const orders = await broker.urgent.ordersSince(since, [symbol]);
  return { orders, position: await broker.urgent.position(symbol) };
}

/** An order that was sent just before the look may not be listed yet. */
const LOOK_BACK_MS = 60 * MINUTE_MS;

const oldestOf = (needed: readonly BrokerOrder[], now: EpochMs): EpochMs =>
  Math.min(now - LOOK_BACK_MS, ...needed.map(({ createdAt }) => createdAt - 1));

/** Whether the exchange trades, by the broker's calendar. */
export async function isOpen({ calendar, clock }: AppContext): Promise<boolean> {
  const now = clock.now();
  const session = await calendar.on(newYorkDate(now));
  return session !== null && now >= session.open && now < session.close;
}
