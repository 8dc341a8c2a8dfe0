/** Starts the server on the folder named in the arguments, writes a row, and waits to be ended. */
import { Client } from 'pg';

import { startEmbeddedPostgres } from '#adapters/postgres/embedded.ts';
import { silentLog } from '#test/support/log.ts';

const [dataDir = ''] = process.argv.slice(2);
const server = await startEmbeddedPostgres({
  dataDir,
  database: 'ledger',
  durable: false,
  throwaway: true,
  log: silentLog,
});
const client = new Client({ connectionString: server.url });
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS proof (n int); INSERT INTO proof VALUES (1)');
process.once('SIGINT', async () => {
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM proof');
  console.log(`still there: ${rows[0]?.n}`);
  await client.end();
  await server.stop();
});
console.log('ready');
