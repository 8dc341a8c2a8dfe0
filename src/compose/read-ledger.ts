import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { openLedgerToRead } from '#adapters/postgres/ledger.ts';
import { createLogger } from '#adapters/system/logger.ts';
import { CONFIG_FILE_NAME, parseConfig, secretsOf } from '#config';
import type { Config } from '#config';
import type { Ledger } from '#ports/ledger.ts';

import { claimDataFolder } from './data-folder.ts';
import { createLifecycle } from './lifecycle.ts';
import { sandboxDatabase } from './sandbox.ts';
import { openStores } from './stores.ts';
import { UsageError } from './tool.ts';

/**
 * Works with the ledger that the bot with these arguments has written; nothing in it is changed.
 *
 * @throws UsageError when the settings are not right, Error with the cure when the ledger cannot be read.
 */
export async function withLedger<Result>(
  argv: readonly string[],
  work: (ledger: Ledger) => Promise<Result>,
): Promise<Result> {
  const file = existsSync(CONFIG_FILE_NAME) ? await readFile(CONFIG_FILE_NAME, 'utf8') : null;
  const parsed = parseConfig({ env: process.env, argv, file });
  if (!parsed.ok) throw new UsageError(parsed.errors.join('\n'));
  const { config } = parsed;
  const log = createLogger({ level: 'warn', secrets: secretsOf(config) });
  const lifecycle = createLifecycle(() => log);
  try {
    // The embedded server belongs to one process at a time; any other answers beside a running bot.
    if (config.databaseUrl === null) await claimDataFolder(config.dataDir, lifecycle);
    const stores = await openStores(
      config.mode === 'SANDBOX' ? { ...config, fresh: false } : config,
      { database: databaseNameOf(config), key: '' },
      lifecycle,
      log,
    );
    const { ledger, close } = await openLedgerToRead(stores.databaseUrl, log);
    lifecycle.onClose('ledger', close);
    return await work(ledger);
  } finally {
    await lifecycle.close();
  }
}

/** Of the embedded server. */
function databaseNameOf(config: Config): string {
  if (config.mode !== 'SANDBOX') return config.mode === 'LIVE' ? 'live' : 'paper';
  return config.databaseUrl === null ? sandboxDatabase(config) : '';
}
