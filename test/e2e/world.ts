import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'vitest';

import { SAMPLE } from '#adapters/charts/sample.ts';
import { parseConfig } from '#config';
import type { SandboxConfig } from '#config';
import { ticker } from '#core/ids.ts';
import { toIso } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { freshDatabase } from '#test/support/database.ts';
import { silentLog } from '#test/support/log.ts';

import { startBot } from '../../src/compose/start.ts';
import type { RunningBot } from '../../src/compose/start.ts';

/** A small market as a folder of bar files, as a user would replay it. */
export interface BarFolder {
  readonly folder: string;
  /** The sessions that come after the history. */
  readonly sessions: readonly SessionDate[];
  remove(): void;
}

export function writeBarFolder(symbols: readonly string[], sessions: number): BarFolder {
  const market = generateMarket({ seed: 7, symbols: symbols.map(ticker), sessions });
  const folder = mkdtempSync(join(tmpdir(), 'bracketeer-bars-'));
  for (const symbol of market.symbols) {
    const rows = market
      .bars(symbol, 0, Infinity)
      .map(({ start, open, high, low, close, volume }) =>
        [toIso(start).replace('.000Z', 'Z'), open, high, low, close, volume].join(','),
      );
    const text = ['timestamp,open,high,low,close,volume', ...rows, ''].join('\n');
    writeFileSync(join(folder, `${symbol}_5min.csv`), text);
  }
  const replayed = market.sessions.filter(
    ({ open, close }) => open >= market.start && close <= (market.barEnds.at(-1) ?? 0),
  );
  return {
    folder,
    sessions: replayed.map(({ date }) => date),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A card waits three seconds for its picture, too short for a busy machine to start what draws it. */
export async function untilDrawing({ context }: RunningBot): Promise<void> {
  await expect.poll(async () => (await context.charts.render(SAMPLE)).ok).toBe(true);
}

/** A data folder and a database of one's own, in which a sandbox can be started again and again. */
export interface World {
  readonly databaseUrl: string;
  readonly dataDir: string;
  start(changes?: Partial<SandboxConfig>): Promise<RunningBot>;
  remove(): Promise<void>;
}

export async function createWorld(bars: BarFolder): Promise<World> {
  const database = await freshDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'bracketeer-data-'));
  const parsed = parseConfig({
    env: { DATABASE_URL: database.url, DATA_DIR: dataDir, PORT: '0' },
    argv: ['--replay', bars.folder, '--speed', 'max', '--from', bars.sessions[0] ?? ''],
    file: null,
  });
  if (!parsed.ok || parsed.config.mode !== 'SANDBOX') throw new Error('the settings are wrong');
  const { config } = parsed;
  return {
    databaseUrl: database.url,
    dataDir,
    start: (changes = {}) =>
      startBot({ config: { ...config, ...changes }, version: '0.0.0-test', log: silentLog }),
    remove: async () => {
      await database.drop();
      // What is killed at the end may write for a moment longer.
      rmSync(dataDir, { recursive: true, maxRetries: 10 });
    },
  };
}
