import { retryPause } from '#core/close.ts';
import type { Close } from '#core/close.ts';
import { isFlattenDue } from '#core/exits.ts';
import { newYorkDate } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';

import type { AppContext } from '../context.ts';

/**
 * How long a closing that got stuck rests, in milliseconds. One of everything is tried more often in the minutes
 * in which the end of the day wants all to be closed: after them there is no more trying.
 */
export async function pauseOf(
  context: AppContext,
  { failures, keep }: Pick<Close, 'failures' | 'keep'>,
): Promise<number> {
  const isLast = keep === 0 && (await areLastMinutes(context));
  return retryPause(context.closeTactics, failures, isLast);
}

/** How long it still rests; none or less when it is due. */
export const restOf = async (context: AppContext, close: Close): Promise<number> =>
  close.phaseSince + (await pauseOf(context, close)) - context.systemClock.now();

async function areLastMinutes({ calendar, clock, parameters }: AppContext): Promise<boolean> {
  const now = clock.now();
  try {
    const session = await calendar.on(newYorkDate(now));
    return session !== null && now < session.close && isFlattenDue(session, now, parameters);
  } catch (error) {
    if (error instanceof BrokerError) return false;
    throw error;
  }
}
