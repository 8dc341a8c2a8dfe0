import { keepsWaiting } from '#core/close.ts';
import { flattenRule } from '#core/exits.ts';
import { unbookedShares } from '#core/guard.ts';
import type { BrokerOrder } from '#core/order.ts';
import { newYorkDate } from '#core/session.ts';
import type { Trade } from '#core/trade.ts';

import { closeByRule } from '../close/close-by-rule.ts';
import type { AppContext } from '../context.ts';
import { surely } from '../surely.ts';
import type { Judged } from './look.ts';

/**
 * Closes what the end-of-day rule says must be gone by now, whether or not a trading cycle ran: one that
 * failed, or a machine that slept over the close, must not keep a position overnight. Outside of the
 * exchange's hours the closing waits for the open, with the bracket untouched.
 */
export async function flattenAtEnd(context: AppContext, judged: readonly Judged[]): Promise<void> {
  const { calendar, clock, parameters, ledger, log } = context;
  const held = judged.flatMap(({ close, trade, orders }) =>
    trade !== null && !keepsWaiting(close) && hasShares(trade, orders) ? [trade] : [],
  );
  if (held.length === 0 || parameters.endOfDay === 'hold') return;
  const now = clock.now();
  const session = (await calendar.on(newYorkDate(now))) ?? (await calendar.currentOrNext(now));
  if (session === null) return;
  const isDue = flattenRule(session, now, parameters);
  const due = held.filter(({ openedAt, intent }) =>
    isDue({ openedAt: openedAt ?? intent.decidedAt }),
  );
  // While everything is being flattened, that is what closes.
  if (due.length === 0 || (await ledger.controlState()).status === 'flattening') return;
  for (const { id, intent } of due) {
    log.info({ trade: id, session: session.date }, 'the end of the day closes a trade');
    const { symbol } = intent;
    await surely(context, symbol, () =>
      closeByRule(context, { tradeId: id, symbol, reason: 'end_of_day' }),
    );
  }
}

/** Also of one whose fills the ledger cannot read: by what the broker shows of its entries. */
const hasShares = (trade: Trade, orders: readonly BrokerOrder[]): boolean =>
  trade.openedAt !== null || unbookedShares(orders, trade) > 0;
