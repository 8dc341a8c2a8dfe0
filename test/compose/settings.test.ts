import { describe, expect, it } from 'vitest';

import { parseConfig } from '#config';
import type { Config } from '#config';
import { ticker } from '#core/ids.ts';

import { describeSettings } from '../../src/compose/settings.ts';

const SECRETS = ['KEYID12345', 'very-secret-key', 'bot.token.text', 'db-pass-word', 'redis-pass'];

function config(file: object = {}): Config {
  const parsed = parseConfig({
    env: {
      APCA_API_KEY_ID: 'KEYID12345',
      APCA_API_SECRET_KEY: 'very-secret-key',
      DISCORD_TOKEN: 'bot.token.text',
      DISCORD_GUILD_ID: '1'.repeat(18),
      DISCORD_CHANNEL_ID: '2'.repeat(18),
      DISCORD_ADMIN_IDS: '3'.repeat(18),
      DATABASE_URL: 'postgres://bot:db-pass-word@db.example:5432/ledger',
      REDIS_URL: 'redis://:redis-pass@queue.example:6379',
    },
    argv: [],
    file: JSON.stringify(file),
  });
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return parsed.config;
}

const NVDA = ticker('NVDA');
const described = (of: Config) =>
  new Map(describeSettings(of, [NVDA]).map(({ name, value }) => [name, value]));

describe('the settings in force', () => {
  it('show no secret', () => {
    const text = JSON.stringify(describeSettings(config(), [NVDA]));
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    const settings = described(config());
    for (const name of [
      'alpaca.keyId',
      'alpaca.secretKey',
      'discord.token',
      'databaseUrl',
      'redisUrl',
    ]) {
      expect([name, settings.get(name)]).toEqual([name, '[secret]']);
    }
  });

  it('show no secret that somebody has written into another setting', () => {
    const leaking = { ...config(), dataDir: '/data/very-secret-key' };
    expect(described(leaking).get('dataDir')).toBe('/data/[secret]');
  });

  it('show every rule, set or not', () => {
    const settings = described(config({ rules: { emaFast: 8 } }));
    expect(settings.get('rules.emaFast')).toBe('8');
    expect(settings.get('rules.emaSlow')).toBe('21');
    const rules = [...settings.keys()].filter((name) => name.startsWith('rules.'));
    expect(rules).toHaveLength(Object.keys(config().parameters).length);
  });

  it('show mode, watchlist with its sectors, roles, and what is not set', () => {
    const settings = described(config());
    expect(settings.get('mode')).toBe('PAPER');
    expect(settings.get('watchlist')).toBe('NVDA');
    expect(settings.get('sectors')).toMatch(/^NVDA \S+/);
    expect(settings.get('roles.admin')).toBe('3'.repeat(18));
    expect(settings.get('roles.viewer')).toBe('none');
    const { databaseUrl: _, ...rest } = config();
    expect(described({ ...rest, databaseUrl: null }).get('databaseUrl')).toBe('not set');
  });
});
