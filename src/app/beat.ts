import type { AppContext } from './context.ts';

/**
 * Writes down that the bot lives, with what a watchdog has to know to judge a silence after it: which sessions
 * are to come, and how long a bar is.
 */
export async function beat({
  calendar,
  clock,
  ledger,
  log,
  mode,
  parameters,
  process,
}: AppContext): Promise<void> {
  const exchangeAt = clock.now();
  // A broker that is away is no reason to seem dead.
  const sessions = await calendar.upcoming(exchangeAt).catch((error: unknown) => {
    log.warn({ error: String(error) }, 'the calendar cannot be read for the heartbeat');
    return null;
  });
  await ledger.beat({
    exchangeAt,
    upSince: process.startedAt,
    version: process.version,
    mode,
    barMinutes: parameters.barMinutes,
    sessions,
  });
}
