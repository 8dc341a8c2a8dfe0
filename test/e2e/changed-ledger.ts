import { Client } from 'pg';
import { expect } from 'vitest';

/** Does the work with one row of the ledger changed behind everyone's back, and puts it right again. */
export async function withChanged<Result>(
  url: string,
  { table, change }: { readonly table: string; readonly change: string },
  work: () => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE TABLE kept AS TABLE ${table}`);
    const { rowCount } = await client.query(change);
    expect(rowCount).toBe(1);
    return await work();
  } finally {
    await client.query(`TRUNCATE ${table}; INSERT INTO ${table} TABLE kept; DROP TABLE kept`);
    await client.end();
  }
}
