import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { openLedgerToRead } from '#adapters/postgres/ledger.ts';
import { createLogger } from '#adapters/system/logger.ts';
import { replaySession } from '#app/replay-decisions.ts';
import type { ReplayDifference, ReplayReport } from '#app/replay-decisions.ts';
import { CONFIG_FILE_NAME, parseConfig, secretsOf } from '#config';
import type { Config } from '#config';
import { asSessionDate, newYorkTime } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

import { claimDataFolder } from './data-folder.ts';
import { createLifecycle } from './lifecycle.ts';
import { sandboxDatabase } from './sandbox.ts';
import { openStores } from './stores.ts';

/*
 * `npm run replay-decisions -- --date 2025-11-28`: decides a session again from what the ledger has of it,
 * and says whether the intents are the same bytes. The other settings are those of the bot, since they say
 * which ledger it is. Exit code 0: identical; 1: not, or nothing is stored; 2: it was not asked properly.
 */
const USAGE =
  'usage: npm run replay-decisions -- --date YYYY-MM-DD [the arguments that the bot ran with]';

class UsageError extends Error {}

async function main(): Promise<number> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const { date, others } = readDate(process.argv.slice(2));
  const file = existsSync(CONFIG_FILE_NAME) ? await readFile(CONFIG_FILE_NAME, 'utf8') : null;
  const parsed = parseConfig({ env: process.env, argv: others, file });
  if (!parsed.ok) throw new UsageError(parsed.errors.join('\n'));
  const report = await replayFrom(parsed.config, date);
  process.stdout.write(`${linesOf(report).join('\n')}\n`);
  return report.differences.length === 0 && report.cycles > 0 ? 0 : 1;
}

function readDate(argv: readonly string[]): { date: SessionDate; others: readonly string[] } {
  const words = argv.flatMap((word) => (word.startsWith('--date=') ? word.split('=') : [word]));
  const at = words.indexOf('--date');
  try {
    return { date: asSessionDate(words[at + 1] ?? ''), others: words.toSpliced(at, 2) };
  } catch {
    throw new UsageError(USAGE);
  }
}

async function replayFrom(config: Config, date: SessionDate): Promise<ReplayReport> {
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
    return await replaySession(ledger, date);
  } finally {
    await lifecycle.close();
  }
}

/** Of the embedded server. */
function databaseNameOf(config: Config): string {
  if (config.mode !== 'SANDBOX') return config.mode === 'LIVE' ? 'live' : 'paper';
  return config.databaseUrl === null ? sandboxDatabase(config) : '';
}

function linesOf(report: ReplayReport): readonly string[] {
  const { date, cycles, decisions, intents, notStored, differences } = report;
  if (cycles === 0) return [`${date}: no cycle is stored; it never ran, or it was pruned`];
  const verdict = differences.length === 0 ? 'identical' : `${differences.length} DIFFERENCES`;
  const missing = notStored === 0 ? '' : ` (${notStored} further cycles are not stored)`;
  return [
    `${cycles} cycles, ${decisions} decisions, ${intents} intents: ${verdict}${missing}`,
    ...differences.flatMap(describe),
  ];
}

function describe({ barEnd, symbol, what, stored, replayed }: ReplayDifference): readonly string[] {
  const where = `${newYorkTime(barEnd)} ${symbol ?? 'cycle'}: ${what}`;
  if (what === 'cycle') return [`${where} cannot be rebuilt, since a part of it is missing`];
  return [`${where} differs`, `  stored   ${stored}`, `  replayed ${replayed}`];
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
