import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { hasServer } from '#adapters/postgres/embedded-folder.ts';
import { openLedgerToRead } from '#adapters/postgres/ledger.ts';
import { createLogger } from '#adapters/system/logger.ts';
import { CONFIG_FILE_NAME, parseConfig, secretsOf } from '#config';
import type { Config } from '#config';
import { asSessionDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';

import { claimDataFolder } from './data-folder.ts';
import { createLifecycle } from './lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { sandboxDatabase } from './sandbox.ts';
import { openStores } from './stores.ts';
import { UsageError } from './tool.ts';

/** What else a tool may need of the bot's settings; what it opens it closes with the rest. */
export interface ToolSurroundings {
  readonly config: Config;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

/** A session's date as an argument. Throws UsageError with what is wrong, and the usage, where it is none. */
export function readDate(text: string | null, usage: string): SessionDate {
  if (text === null) {
    throw new UsageError(`--date: is missing; write --date 2025-11-28\n${usage}`);
  }
  try {
    return asSessionDate(text);
  } catch {
    const wrong = `--date: is "${text}"; it must be a date like 2025-11-28`;
    throw new UsageError(`${wrong}\n${usage}`);
  }
}

/**
 * Works with the ledger that the bot with these arguments has written; nothing in it is changed.
 *
 * @throws UsageError when the settings are not right or no bot has run with them, Error with the cure when the ledger cannot be read.
 */
export async function withLedger<Result>(
  argv: readonly string[],
  work: (ledger: Ledger, surroundings: ToolSurroundings) => Promise<Result>,
): Promise<Result> {
  const file = existsSync(CONFIG_FILE_NAME) ? await readFile(CONFIG_FILE_NAME, 'utf8') : null;
  const parsed = parseConfig({ env: process.env, argv, file });
  if (!parsed.ok) throw new UsageError(parsed.errors.join('\n'));
  const { config } = parsed;
  const log = createLogger({ level: 'warn', secrets: secretsOf(config) });
  const lifecycle = createLifecycle(() => log);
  try {
    if (config.databaseUrl === null) {
      if (!(await hasServer(config.dataDir))) throw noLedger(config.dataDir);
      // The embedded server belongs to one process at a time; any other answers beside a running bot.
      await claimDataFolder(config.dataDir, lifecycle, STOP_IT);
    }
    const stores = await openStores(
      config.mode === 'SANDBOX' ? { ...config, fresh: false } : config,
      { database: databaseNameOf(config), key: '' },
      lifecycle,
      log,
    );
    const opened = await openLedgerToRead(stores.databaseUrl, log);
    if (opened === null) {
      throw noLedger(stores.isEmbedded ? config.dataDir : stores.databaseName);
    }
    lifecycle.onClose('ledger', opened.close);
    return await work(opened.ledger, { config, lifecycle, log });
  } finally {
    await lifecycle.close();
  }
}

const STOP_IT =
  'stop it while this reads its ledger, or have it keep that in a PostgreSQL of your own (DATABASE_URL)';

const noLedger = (where: string): UsageError =>
  new UsageError(
    `${where} holds no ledger: give the settings (DATABASE_URL or DATA_DIR) and arguments that the bot ran with, or let it run first`,
  );

/** Of the embedded server. */
function databaseNameOf(config: Config): string {
  if (config.mode !== 'SANDBOX') return config.mode === 'LIVE' ? 'live' : 'paper';
  return config.databaseUrl === null ? sandboxDatabase(config) : '';
}
