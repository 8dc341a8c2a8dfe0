import { existsSync } from 'node:fs';

import { createChannelPost } from '#adapters/discord/channel-post.ts';
import { postToWebhook } from '#adapters/discord/webhook.ts';
import { openWatchStore } from '#adapters/postgres/heartbeat-store.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { createLogger } from '#adapters/system/logger.ts';

import { spellings } from './compose/secret.ts';
import { keepWatch } from './compose/watch.ts';
import { parseWatchdogSettings } from './compose/watchdog-settings.ts';
import type { WatchdogSettings, WatchTarget } from './compose/watchdog-settings.ts';

/*
 * `npm run watchdog`: a process of its own, best on another machine, that reads the bot's heartbeat in the ledger
 * and tells the team when the bot falls silent while the market is open. A dead bot cannot report itself.
 */
async function main(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const parsed = parseWatchdogSettings(process.env);
  if (!parsed.ok) {
    const errors = parsed.errors.map((error) => `  ${error}\n`).join('');
    process.stderr.write(`The watchdog cannot start:\n${errors}`);
    process.exitCode = 2;
    return;
  }
  await run(parsed.settings);
}

async function run({ databaseUrl, target, logLevel }: WatchdogSettings): Promise<void> {
  const secrets = [databaseUrl, target.kind === 'webhook' ? target.url : target.token];
  const log = createLogger({
    level: logLevel,
    secrets: secrets.flatMap((secret) => spellings(secret.reveal())),
  });
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => stopping.abort());
  }
  const store = openWatchStore(databaseUrl.reveal(), log);
  log.info({ tells: target.kind }, 'the watchdog watches');
  await keepWatch({ store, post: postTo(target), clock: systemClock, log }, stopping.signal);
  await store.close();
  log.info({}, 'the watchdog has stopped');
}

const postTo = (target: WatchTarget): ((text: string) => Promise<void>) =>
  target.kind === 'webhook'
    ? (text) => postToWebhook(target.url.reveal(), text)
    : createChannelPost({
        token: target.token.reveal(),
        channelId: target.channelId,
        apiUrl: target.apiUrl,
      });

try {
  await main();
} catch (error) {
  process.stderr.write(
    `The watchdog cannot go on: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}
