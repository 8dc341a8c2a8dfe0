import { randomUUID } from 'node:crypto';

import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';

export interface FreshDatabase {
  readonly url: string;
  readonly drop: () => Promise<void>;
}

async function asSuperuser(work: (client: Client) => Promise<unknown>): Promise<void> {
  const url = new URL(inject('templateUrl'));
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** A database of one's own with the ledger's tables, which belongs to nobody yet. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await asSuperuser((client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE template STRATEGY file_copy`),
  );
  const url = new URL(inject('templateUrl'));
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => asSuperuser((client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

/** Address of a ledger that belongs to a bot of this mode, gone when the test is over. */
export async function aLedger(mode: 'SANDBOX' | 'PAPER' | 'LIVE'): Promise<string> {
  const { url, drop } = await freshDatabase();
  onTestFinished(drop);
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("INSERT INTO world (mode, identity) VALUES ($1, 'one')", [mode]);
  await client.end();
  return url;
}
