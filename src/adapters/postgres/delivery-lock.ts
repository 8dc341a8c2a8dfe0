import type { Pool } from 'pg';

import type { Logger } from '#ports/logger.ts';

import { lockArguments } from './database.ts';

/** Runs the work on one process at a time: the lock lives on a connection, and goes with it. */
export async function exclusively(
  pool: Pool,
  log: Logger,
  work: () => Promise<void>,
): Promise<boolean> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken = error;
    log.warn({ error: error.message }, 'the connection that holds the delivery lock is lost');
  };
  client.on('error', onError);
  try {
    const { rows } = await client.query<{ locked: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS locked',
      lockArguments('delivery'),
    );
    if (rows[0]?.locked !== true) return false;
    try {
      await work();
    } finally {
      if (broken === undefined) {
        await client.query('SELECT pg_advisory_unlock($1, $2)', lockArguments('delivery'));
      }
    }
    return true;
  } finally {
    client.removeListener('error', onError);
    client.release(broken);
  }
}
