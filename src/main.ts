import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { createLogger } from '#adapters/system/logger.ts';
import { CONFIG_FILE_NAME, parseConfig, secretsOf, usage, wantsHelp } from '#config';
import type { Config } from '#config';
import type { Logger } from '#ports/logger.ts';

import { describeStart } from './compose/describe-start.ts';
import { createLifecycle } from './compose/lifecycle.ts';
import { reportReplayEnd } from './compose/replay-end.ts';
import { startResearch } from './compose/research-process.ts';
import { startBot } from './compose/start.ts';

const ROOT = join(import.meta.dirname, '..');

async function main(): Promise<void> {
  if (wantsHelp(process.argv)) {
    process.stdout.write(`${usage()}\n`);
    return;
  }
  const config = await readConfig();
  if (config === null) {
    process.exitCode = 2;
    return;
  }
  const log = createLogger({ level: config.logLevel, secrets: secretsOf(config) });
  const isBot = config.processRoles.includes('bot');
  process.exitCode = await (isBot ? run(config, log) : research(config, log));
  // Whatever a library has left open must not keep a bot alive that has said goodbye.
  process.exit();
}

async function readConfig(): Promise<Config | null> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const file = existsSync(CONFIG_FILE_NAME) ? await readFile(CONFIG_FILE_NAME, 'utf8') : null;
  const parsed = parseConfig({ env: process.env, argv: process.argv.slice(2), file });
  if (parsed.ok) return parsed.config;
  const errors = parsed.errors.map((error) => `  ${error}\n`).join('');
  process.stderr.write(`Bracketeer cannot start:\n${errors}`);
  return null;
}

/** Works on the studies in a bot's ledger until it is asked to stop. */
async function research(config: Config, log: Logger): Promise<number> {
  const lifecycle = createLifecycle(() => log);
  const stop = untilAskedToStop(log);
  try {
    const databaseUrl = config.databaseUrl?.reveal() ?? '';
    await startResearch({ config, databaseUrl, lifecycle, log });
    log.info({}, 'Bracketeer researches');
    await stop;
    return 0;
  } catch (error) {
    process.stderr.write(`Bracketeer cannot research: ${messageOf(error)}\n`);
    return 1;
  } finally {
    await lifecycle.close();
  }
}

/** Runs the bot until it is asked to stop, a replay has ended, or it cannot go on; returns the exit code. */
async function run(config: Config, log: Logger): Promise<number> {
  const stopping = new AbortController();
  const stop = untilAskedToStop(log).then(() => stopping.abort());
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
  };
  const starting = startBot({ config, version, log, stopping: stopping.signal });
  let bot;
  try {
    bot = await starting;
  } catch (error) {
    if (stopping.signal.aborted) {
      log.info({ why: messageOf(error) }, 'Bracketeer has stopped before it was up');
      return 0;
    }
    process.stderr.write(`Bracketeer cannot start: ${messageOf(error)}\n`);
    return 1;
  }
  log.info(describeStart(bot.started), 'Bracketeer is up');
  const isOver = bot.ended.then(() => reportReplayEnd(bot, log));
  const exitsAtEnd = config.mode === 'SANDBOX' && config.exit;
  try {
    return await Promise.race([
      stop.then(() => 0),
      exitsAtEnd ? isOver : isOver.then(() => stop.then(() => 0)),
    ]);
  } catch (error) {
    log.error(
      { error: messageOf(error) },
      'the bot cannot go on and stops; brackets at the broker stay as they are',
    );
    return 1;
  } finally {
    await bot.stop();
    log.info({}, 'Bracketeer has stopped');
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** npm passes on what the terminal sends to both: a signal that comes again so soon is the same wish. */
const SAME_WISH_MS = 1_000;

/** Resolves at the first signal; a second one, by somebody out of patience, ends the process at once. */
function untilAskedToStop(log: Logger): Promise<void> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (askedAt !== null && now - askedAt > SAME_WISH_MS) process.exit(1);
        if (askedAt !== null) return;
        askedAt = now;
        log.info({ signal }, 'stopping');
        resolve();
      });
    }
  });
}

// A bug outside of every job and command: nobody knows what state it left, so the process ends and its
// supervisor starts it anew. The ledger is consistent at every moment.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    process.stderr.write(`${event}: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`Bracketeer cannot start: ${messageOf(error)}\n`);
  process.exit(1);
}
