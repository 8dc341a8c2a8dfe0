import { keepsWaiting } from '#core/close.ts';
import { flattenRule } from '#core/exits.ts';
import { newYorkDate } from '#core/session.ts';

import { closeByRule } from '../close/close-by-rule.ts';
import type { AppContext } from '../context.ts';
import type { Judged } from './look.ts';

/**
 * Closes what the end-of-day rule says must be gone by now, whether or not a trading cycle ran: one that
 * failed, or a machine that slept over the close, must not keep a position overnight. Outside of the
 * exchange's hours the closing waits for the open, with the bracket untouched.
 */
export async function flattenAtEnd(context: AppContext, judged: readonly Judged[]): Promise<void> {
  const { calendar, clock, parameters, ledger, log } = context;
  const held = judged.filter(({ close, trade }) => !keepsWaiting(close) && trade?.openedAt != null);
  if (held.length === 0 || parameters.endOfDay === 'hold') return;
  const now = clock.now();
  const session = (await calendar.on(newYorkDate(now))) ?? (await calendar.currentOrNext(now));
  if (session === null) return;
  const isDue = flattenRule(session, now, parameters);
  const due = held.flatMap(({ trade }) =>
    trade !== null && trade.openedAt !== null && isDue({ openedAt: trade.openedAt }) ? [trade] : [],
  );
  // While everything is being flattened, that is what closes.
  if (due.length === 0 || (await ledger.controlState()).status === 'flattening') return;
  for (const { id, intent } of due) {
    log.info({ trade: id, session: session.date }, 'the end of the day closes a trade');
    await closeByRule(context, { tradeId: id, symbol: intent.symbol, reason: 'end_of_day' });
  }
}
