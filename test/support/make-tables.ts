import type { PgTable } from 'drizzle-orm/pg-core';
import { Client } from 'pg';

import { getTableConfig } from '#adapters/postgres/drizzle.ts';

/** Makes tables as the schema says where no migration has made them yet; in the order of their references. */
export async function makeTables(url: string, tables: readonly PgTable[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const table of tables) await client.query(createTable(table));
  } finally {
    await client.end();
  }
}

function createTable(table: PgTable): string {
  const { name, columns, primaryKeys } = getTableConfig(table);
  const cells = columns.map((column) => {
    const value = typeof column.default === 'number' ? ` DEFAULT ${column.default}` : '';
    const key = column.primary ? ' PRIMARY KEY' : '';
    return `"${column.name}" ${column.getSQLType()}${column.notNull ? ' NOT NULL' : ''}${value}${key}`;
  });
  const keys = primaryKeys.map(
    (key) => `PRIMARY KEY (${key.columns.map((column) => `"${column.name}"`).join(', ')})`,
  );
  return `CREATE TABLE IF NOT EXISTS ${name} (${[...cells, ...keys].join(', ')})`;
}
