import { describe, expect, it } from 'vitest';

import { parseConfig } from '#config';
import { silentLog } from '#test/support/log.ts';

import { createLifecycle } from '../../src/compose/lifecycle.ts';
import { openStores } from '../../src/compose/stores.ts';

const DATABASE_URL = 'postgres://me:hidden@127.0.0.1:5432/bot';

function storesOf(env: Readonly<Record<string, string>>, key: string) {
  const parsed = parseConfig({ env, argv: [], file: null });
  if (!parsed.ok) throw new Error(parsed.errors.join());
  const lifecycle = createLifecycle(() => silentLog);
  return openStores(parsed.config, { database: 'paper', key }, lifecycle, silentLog);
}

describe('the stores', () => {
  it('keep the jobs of bots that share a Redis server apart, by mode and account', async () => {
    const env = { DATABASE_URL, REDIS_URL: 'redis://127.0.0.1:6379' };
    const sandbox = await storesOf(env, '0a1b2c');
    expect(sandbox.queueConnection).toMatchObject({ prefix: 'bracketeer-sandbox-0a1b2c' });
    const id = '123456789012345678';
    const paper = {
      APCA_API_KEY_ID: 'key',
      APCA_API_SECRET_KEY: 'secret',
      DISCORD_TOKEN: 'token',
      DISCORD_GUILD_ID: id,
      DISCORD_CHANNEL_ID: id,
    };
    const trading = await storesOf({ ...env, ...paper }, 'E6FE16F3-64A4');
    expect(trading.queueConnection).toMatchObject({ prefix: 'bracketeer-paper-e6fe16f3-64a4' });
  });

  it('keep the jobs beside the ledger without Redis', async () => {
    const stores = await storesOf({ DATABASE_URL }, '0a1b2c');
    expect(stores.queueConnection).toEqual({ kind: 'postgres', url: DATABASE_URL });
    expect(stores).toMatchObject({
      isEmbedded: false,
      databaseName: 'PostgreSQL at 127.0.0.1:5432/bot',
    });
  });
});
