import type { UndeliveredAlert } from '#ports/outbox.ts';

import type { AppContext } from './context.ts';

/** What is about risk and was not delivered for so long goes the second way as well. */
const UNDELIVERED_MS = 60_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;

/**
 * Tells on the second path, where there is one, what is about risk and does not get through to the channel:
 * each once, whatever becomes of it in the channel later. What cannot be told there is tried again, after pauses
 * that grow.
 */
export async function alertUndelivered(context: AppContext): Promise<void> {
  const { alertPath, ledger, systemClock, log } = context;
  if (alertPath === null) return;
  for (const alert of await ledger.outbox.undeliveredAlerts(UNDELIVERED_MS)) {
    if (alert.retryAt !== null && alert.retryAt > systemClock.now()) continue;
    try {
      await alertPath.alert(alert.card, alert.waitedMs);
    } catch (error) {
      const pauseMs = pauseAfter(alert);
      log.warn(
        { card: alert.key, error: String(error), pauseMs },
        'the second path did not take what the channel does not take either',
      );
      await ledger.outbox.alertFailed(alert.sequence, systemClock.now() + pauseMs);
      continue;
    }
    await ledger.outbox.alerted(alert.sequence, systemClock.now());
    log.info({ card: alert.key }, 'told on the second path, since the channel did not take it');
  }
}

const pauseAfter = ({ attempts }: UndeliveredAlert): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** attempts, LONGEST_PAUSE_MS);
