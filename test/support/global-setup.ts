import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Pool } from 'pg';
import type { TestProject } from 'vitest/node';

import { migrateLedger } from '#adapters/postgres/database.ts';
import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';

import { useTemporaryFolder } from './temporary-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database with the ledger's tables, to copy from; see database.ts. */
    templateUrl: string;
  }
}

/** Starts one PostgreSQL for the whole run, with a ledger that every test file copies. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const removeFolder = useTemporaryFolder();
  const dataDir = await mkdtemp(join(tmpdir(), 'bracketeer-test-'));
  // As root, PostgreSQL runs under another account, which must be able to enter.
  await chmod(dataDir, 0o755);
  const { url, stop } = await startEmbeddedPostgres({
    dataDir,
    database: 'template',
    durable: false,
    throwaway: true,
    log: { info: () => {}, warn: () => {}, error: console.error },
  });
  const pool = new Pool({ connectionString: url });
  await migrateLedger(pool);
  await pool.end();
  project.provide('templateUrl', url);
  return async () => {
    await stop();
    removeFolder();
  };
}
