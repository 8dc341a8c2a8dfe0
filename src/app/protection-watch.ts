import { formatUsd } from '#core/money.ts';
import { MINUTE_MS, newYorkDate } from '#core/session.ts';
import type { AlarmCard, OpenPositionLine } from '#ports/cards.ts';

import type { AppContext } from './context.ts';
import { readPositions } from './positions.ts';

/** A fill's legs wake, and the broker's lists catch up with it, within moments. */
const GRACE_MS = 2 * MINUTE_MS;

/**
 * Looks whether a live stop at the broker covers every share, and tells the channel of each position
 * that has none: once a session, since it stays true until somebody acts.
 */
export async function alarmUnprotected(context: AppContext): Promise<void> {
  const now = context.clock.now();
  const naked = (await readPositions(context)).filter(
    ({ isProtected, openedAt }) =>
      !isProtected && (openedAt === null || now - openedAt >= GRACE_MS),
  );
  for (const line of naked) {
    const key = `unprotected:${newYorkDate(now)}:${line.tradeId ?? line.symbol}`;
    if (await context.ledger.outbox.has(key)) continue;
    await context.ledger.transaction((tx) => tx.enqueueCard(key, alarmOf(line, now)));
    await context.wakeOutbox();
  }
}

function alarmOf(line: OpenPositionLine, at: number): AlarmCard {
  const { symbol, side, quantity, stopPrice, tradeId } = line;
  const stop =
    stopPrice === null
      ? 'No stop is live'
      : `The stop at $${formatUsd(stopPrice)} covers only a part`;
  const whose =
    tradeId === null
      ? 'The bot did not open this position.'
      : 'Its entry may have filled only in part: then the legs of its bracket sleep until the rest has filled.';
  return {
    kind: 'alarm',
    title: `${symbol}: ${side} ${quantity} not protected`,
    text: `${stop} at the broker. ${whose} Place a stop by hand, or close it, at the broker.`,
    at,
  };
}
