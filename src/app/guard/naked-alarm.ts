import type { Position } from '#core/account.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { AlarmCard } from '#ports/cards.ts';

import type { AppContext } from '../context.ts';
import type { Judged } from './look.ts';

/** Told again this often, until it is solved. */
const REPEAT_MS = 5 * MINUTE_MS;

/** Tells the channel that a position has no live stop and none could be placed; again until it is solved. */
export async function raiseNaked(
  context: AppContext,
  position: Position,
  why: string,
): Promise<void> {
  const { symbol, side, quantity } = position;
  const now = context.systemClock.now();
  const known = context.guardMemory.alarms.get(symbol);
  if (known !== undefined && now - known.toldAt < REPEAT_MS) return;
  const alarm = {
    since: known?.since ?? now,
    toldAt: now,
    repeats: known === undefined ? 0 : known.repeats + 1,
  };
  context.guardMemory.alarms.set(symbol, alarm);
  const card: AlarmCard = {
    kind: 'alarm',
    title: `${symbol}: ${side} ${quantity} NOT protected`,
    text:
      `No live stop covers all its shares at the broker, and none could be placed: ${why}. The bot tries ` +
      'again every minute. Place a stop by hand, or close it, at the broker.',
    repeat: alarm.repeats,
    at: context.clock.now(),
  };
  await context.ledger.transaction((tx) =>
    tx.enqueueCard(`naked:${symbol}:${alarm.since}:${alarm.repeats}`, card),
  );
  await context.wakeOutbox();
}

/** Says of each position whose alarm is over that it is protected, or gone. */
export async function settleNaked(context: AppContext, judged: readonly Judged[]): Promise<void> {
  for (const [symbol, { since }] of context.guardMemory.alarms) {
    const one = judged.find(({ position }) => position.symbol === symbol);
    if (one !== undefined && one.verdict.kind !== 'protected') continue;
    context.guardMemory.alarms.delete(symbol);
    await context.ledger.transaction((tx) =>
      tx.enqueueCard(`naked:${symbol}:${since}:over`, {
        kind: 'notice',
        tone: 'good',
        title: one === undefined ? `${symbol} is flat` : `${symbol} is protected again`,
        text:
          one === undefined
            ? 'The position that had no live stop is gone.'
            : 'Live stops at the broker cover every share.',
        at: context.clock.now(),
      }),
    );
    await context.wakeOutbox();
  }
}
