import type { GuardVerdict } from '#core/guard.ts';
import { clientOrderIdOf } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import { exitSideOf } from '#core/order.ts';
import { protectionOf } from '#core/protection.ts';
import type { Trade } from '#core/trade.ts';

import type { AppContext } from '../context.ts';
import { cancelGroups } from '../place-order.ts';
import { placeProtection } from '../place-protection.ts';
import type { Protected } from '../place-protection.ts';
import { lookAgain } from './look.ts';
import type { Judged } from './look.ts';
import { raiseNaked } from './naked-alarm.ts';

/** Why the shares have none. */
export type Cause = 'protection' | 'part_filled_entry';

/**
 * Puts a stop, with the target, back in for shares that have none; each repair is a card and an audit row.
 * A closing of the symbol may have been at work until now, so the position is judged once more.
 *
 * @returns the position where the broker's price left the recorded stop no room and no other one stood: it waits
 * under a farther stop until it is closed.
 */
export const reProtect = (
  context: AppContext,
  symbol: Ticker,
  cause: Cause,
): Promise<Judged | null> =>
  context.bySymbol.run(symbol, async () => {
    const now = await lookAgain(context, symbol);
    if (now === null) return null;
    const { position, trade, orders, verdict } = now;
    if (verdict.kind !== 'protect' || trade === null) {
      // It has become another matter: the next look sees to that.
      await context.wakeGuard();
      return null;
    }
    const { placed, order } = await place(context, trade, { verdict, now, cause });
    if (placed.kind !== 'working') {
      await raiseNaked(context, position, 'message' in placed ? placed.message : placed.why);
      return null;
    }
    await context.wakeOutbox();
    const hadNone = protectionOf(position, orders).liveStopQuantity === 0;
    return hadNone && order.stopPrice !== trade.stopPrice ? now : null;
  });

interface Repair {
  readonly verdict: Extract<GuardVerdict, { kind: 'protect' }>;
  readonly now: Judged;
  readonly cause: Cause;
}

async function place(
  context: AppContext,
  { id }: Trade,
  { verdict, now: { position }, cause }: Repair,
): Promise<Protected> {
  const why = { closeId: null, reason: cause, requestedBy: 'position guard' } as const;
  await cancelGroups(context, verdict.inTheWay, why);
  const n = await context.ledger.transaction((tx) => tx.countOrderIntents(id, 'protection'));
  const { symbol, side } = position;
  return placeProtection(context, {
    ...why,
    tradeId: id,
    order: {
      clientOrderId: clientOrderIdOf({ of: 'trade', tradeId: id, kind: 'guard', n: n + 1 }),
      symbol,
      side: exitSideOf(side),
      quantity: verdict.quantity,
      stopPrice: verdict.stopPrice,
      targetPrice: verdict.targetPrice,
    },
  });
}
