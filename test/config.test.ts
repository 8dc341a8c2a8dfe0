import { resolve } from 'node:path';
import { inspect } from 'node:util';

import { describe, expect, it } from 'vitest';

import { parseConfig, secretsOf, usage, wantsHelp } from '#config';
import type { Config, ConfigSources } from '#config';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { ALL_ON } from '#test/support/channel.ts';

import { sectorsFrom } from '../src/compose/sectors.ts';

const ID = '123456789012345678';
const ALPACA = { APCA_API_KEY_ID: 'PKABCDEF', APCA_API_SECRET_KEY: 'very-secret-key' };
const DISCORD = {
  DISCORD_TOKEN: 'very-secret-token',
  DISCORD_GUILD_ID: ID,
  DISCORD_CHANNEL_ID: `${ID}9`,
};
const PAPER = { ...ALPACA, ...DISCORD };
/** One symbol too many: AA, AB … */
const MANY = Array.from({ length: 201 }, (_, index) =>
  String.fromCodePoint(65 + Math.floor(index / 26), 65 + (index % 26)),
);

interface Given {
  readonly env?: ConfigSources['env'];
  readonly argv?: readonly string[];
  readonly file?: unknown;
}

const parse = ({ env = {}, argv = [], file }: Given) =>
  parseConfig({
    env,
    argv,
    file: typeof file === 'string' || file === undefined ? (file ?? null) : JSON.stringify(file),
  });

function configOf(given: Given): Config {
  const parsed = parse(given);
  if (!parsed.ok) throw new Error(parsed.errors.join('\n'));
  return parsed.config;
}

const errorsOf = (given: Given): readonly string[] => {
  const parsed = parse(given);
  return parsed.ok ? [] : parsed.errors;
};

describe('the roles of a process', () => {
  const URL = { DATABASE_URL: 'postgres://127.0.0.1/x' };

  it.each([
    [[], ['bot', 'trader', 'research']],
    [
      ['--role', 'bot,trader'],
      ['bot', 'trader'],
    ],
    [['--role', 'research'], ['research']],
  ])('%j', (argv, roles) => {
    expect(configOf({ argv, env: URL }).processRoles).toEqual(roles);
  });

  it.each(['bot', 'trader', 'bot,research', 'research,research', 'everything', 'bot,,trader'])(
    '%s is refused',
    (role) => {
      expect(errorsOf({ argv: ['--role', role], env: URL })).toEqual([
        `--role: is "${role}"; it must be bot,trader,research or bot,trader or research: who trades also talks to the channel`,
      ]);
    },
  );

  it('of research alone need the ledger of a bot', () => {
    expect(errorsOf({ argv: ['--role', 'research'] })).toEqual([
      'DATABASE_URL: is missing; --role research works on the studies in the ledger of a bot',
    ]);
  });
});

describe('the mode', () => {
  it.each([
    ['without anything', {}, 'SANDBOX'],
    [
      'with empty settings, as an example file leaves them',
      { APCA_API_KEY_ID: '', DISCORD_TOKEN: ' ' },
      'SANDBOX',
    ],
    [
      'with stand-ins that run already',
      { SANDBOX_ALPACA_URL: 'http://127.0.0.1:9', SANDBOX_DISCORD_URL: 'http://[::1]:8' },
      'SANDBOX',
    ],
    ["with Alpaca's keys", PAPER, 'PAPER'],
    ['with the keys and the word', { ...PAPER, ALPACA_LIVE: 'yes-trade-real-money' }, 'LIVE'],
  ])('%s is %s', (_, env, mode) => {
    expect(configOf({ env }).mode).toBe(mode);
  });
});

describe('the settings of the sandbox', () => {
  it('are a generated market at speed 300 by default', () => {
    expect(configOf({})).toEqual({
      mode: 'SANDBOX',
      watchlist: null,
      parameters: DEFAULT_PARAMETERS,
      sectors: sectorsFrom({}),
      keepDecisionsDays: 400,
      cards: ALL_ON,
      mentions: { warning: null, critical: null },
      port: 8420,
      processRoles: ['bot', 'trader', 'research'],
      dataDir: resolve('.data'),
      logLevel: 'info',
      databaseUrl: null,
      redisUrl: null,
      alertWebhookUrl: null,
      market: { kind: 'generated', seed: 74 },
      speed: 300,
      exit: false,
      fresh: false,
      alpacaUrl: null,
      discordUrl: null,
      discord: null,
      roles: { viewer: [], trader: [], admin: [] },
    });
  });

  it('are taken from the command line', () => {
    const argv = ['--replay', 'bars', '--speed', 'max', '--from=2025-11-03', '--to', '2025-11-28'];
    expect(
      configOf({ argv: [...argv, '--symbols', 'AAPL, BRK.B', '--exit', '--fresh'] }),
    ).toMatchObject({
      market: { kind: 'folder', folder: 'bars', from: '2025-11-03', to: '2025-11-28' },
      speed: 'max',
      watchlist: ['AAPL', 'BRK.B'],
      exit: true,
      fresh: true,
    });
    expect(configOf({ argv: ['--seed', '12', '--speed', '0.5'] })).toMatchObject({
      market: { kind: 'generated', seed: 12 },
      speed: 0.5,
    });
  });

  it('name a stand-in for Discord with its own credentials', () => {
    const config = configOf({ env: { ...DISCORD, SANDBOX_DISCORD_URL: 'http://localhost:81' } });
    expect(config.mode === 'SANDBOX' && config.discordUrl).toBe('http://localhost:81');
    expect(config.discord?.token.reveal()).toBe('very-secret-token');
  });
});

const mayBeOff = (kind: string) => parse({ file: { cards: { [kind]: 'off' } } }).ok;

describe('the settings of the cards', () => {
  it('are on for each kind, and mention nobody, where nothing else is said', () => {
    const { cards, mentions } = configOf({ file: { cards: { digest: 'off', alarm: 'silent' } } });
    expect(cards).toEqual({ ...ALL_ON, digest: 'off', alarm: 'silent' });
    expect(mentions).toEqual({ warning: null, critical: null });
  });

  it('name a role by severity', () => {
    const { mentions } = configOf({ file: { mentions: { critical: ID } } });
    expect(mentions).toEqual({ warning: null, critical: ID });
  });

  const kinds = Object.keys(ALL_ON);
  it('let a kind be off unless it tells of risk', () => {
    expect(kinds.filter(mayBeOff)).toEqual([
      'entry',
      'exit',
      'scaled-out',
      'summary',
      'stop-moved',
      'digest',
      'weekly',
      'backtest',
      'study',
      'parity',
    ]);
  });

  it.each(kinds)('let %s be silent', (kind) => {
    expect(parse({ file: { cards: { [kind]: 'silent' } } }).ok).toBe(true);
  });
});

describe('the settings of trading', () => {
  it('hold credentials, roles and a watchlist', () => {
    const env = {
      ...PAPER,
      ALPACA_FEED: 'sip',
      DISCORD_TRADER_IDS: `${ID}, ${ID}1`,
      DATABASE_URL: 'postgres://bot:pw@db.example:5432/bot',
      REDIS_URL: 'redis://queue.example',
      PORT: '0',
      LOG_LEVEL: 'warn',
    };
    const config = configOf({
      env,
      file: { watchlist: ['NVDA'], sectors: { NVDA: 'Chips' }, keepDecisionsDays: 30 },
    });
    expect(config).toMatchObject({
      mode: 'PAPER',
      watchlist: ['NVDA'],
      sectors: sectorsFrom({ NVDA: 'Chips' }),
      keepDecisionsDays: 30,
      alpaca: { feed: 'sip' },
      discord: { guildId: ID, channelId: `${ID}9` },
      roles: { viewer: [], trader: [ID, `${ID}1`], admin: [] },
      port: 0,
      logLevel: 'warn',
    });
    expect(config.databaseUrl?.reveal()).toBe(env.DATABASE_URL);
    expect(config.mode !== 'SANDBOX' && config.alpaca.secretKey.reveal()).toBe('very-secret-key');
  });

  it('have ten well-known symbols when no watchlist is given, and the command line goes before the file', () => {
    expect(configOf({ env: PAPER }).watchlist).toHaveLength(10);
    const both = { env: PAPER, file: { watchlist: ['NVDA'] }, argv: ['--symbols', 'XOM'] };
    expect(configOf(both).watchlist).toEqual(['XOM']);
  });

  it('take symbols of the command line in any case, as the channel does', () => {
    expect(configOf({ env: PAPER, argv: ['--symbols', 'aapl, brk.B'] }).watchlist).toEqual([
      'AAPL',
      'BRK.B',
    ]);
  });

  it('show no secret, however they are printed', () => {
    const config = configOf({
      env: { ...PAPER, DATABASE_URL: 'postgres://bot:very-secret-pw@db/x' },
    });
    const prints = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      String(config.discord?.token),
    ];
    for (const print of prints) {
      expect(print).toContain('[secret]');
      expect(print).not.toContain('very-secret');
      expect(print).not.toContain('PKABCDEF');
    }
  });
});

describe('the secrets to keep out of the log', () => {
  it('are credentials and addresses, and the passwords within these as they are spelled and meant', () => {
    const env = {
      ...PAPER,
      DATABASE_URL: 'postgres://bot:p%40ss@db/x',
      REDIS_URL: 'redis://queue',
      ALERT_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/abc',
    };
    expect(secretsOf(configOf({ env }))).toEqual([
      'PKABCDEF',
      'very-secret-key',
      'very-secret-token',
      env.DATABASE_URL,
      'p%40ss',
      'p@ss',
      'redis://queue',
      env.ALERT_WEBHOOK_URL,
    ]);
  });

  it('are told of a password that is spelled wrongly, too', () => {
    const env = { DATABASE_URL: 'postgres://bot:100%@db/x' };
    expect(secretsOf(configOf({ env }))).toEqual([env.DATABASE_URL, '100%']);
  });

  it('are none in the sandbox', () => {
    expect(secretsOf(configOf({}))).toEqual([]);
  });
});

describe('the rules', () => {
  it('are changed one by one, and the others keep their defaults', () => {
    const rules = { emaFast: 5, allowShort: false, barMinutes: 15 };
    expect(configOf({ file: { rules } }).parameters).toEqual({ ...DEFAULT_PARAMETERS, ...rules });
  });

  it('take the defaults as allowed values', () => {
    expect(configOf({ file: { rules: DEFAULT_PARAMETERS } }).parameters).toEqual(
      DEFAULT_PARAMETERS,
    );
  });
});

const SYMBOLS = 'it must be stock symbols like AAPL or BRK.B, each once';
const ADDRESS = 'it must be an http address on this machine, like http://127.0.0.1:8421';
const SET = 'set DISCORD_TOKEN, DISCORD_GUILD_ID and DISCORD_CHANNEL_ID, or none of them';
const KEYS = 'APCA_API_KEY_ID and APCA_API_SECRET_KEY';

describe('an error', () => {
  const CASES: readonly (readonly [string, Given, readonly string[]])[] = [
    [
      'PORT',
      { env: { PORT: '99999' } },
      ['PORT: is "99999"; it must be a whole number from 0 (any free port) to 65535'],
    ],
    [
      'PORT',
      { env: { PORT: 'web' } },
      ['PORT: is "web"; it must be a whole number from 0 (any free port) to 65535'],
    ],
    [
      'LOG_LEVEL',
      { env: { LOG_LEVEL: 'loud' } },
      ['LOG_LEVEL: is "loud"; it must be info, warn or error'],
    ],
    [
      'ALPACA_FEED',
      { env: { ...PAPER, ALPACA_FEED: 'otc' } },
      ['ALPACA_FEED: is "otc"; it must be iex or sip'],
    ],
    [
      'ALPACA_LIVE',
      { env: { ...PAPER, ALPACA_LIVE: 'true' } },
      [
        'ALPACA_LIVE: is "true"; it must be exactly yes-trade-real-money, or unset to trade on paper',
      ],
    ],
    [
      'ALPACA_LIVE without keys',
      { env: { ALPACA_LIVE: 'yes-trade-real-money' } },
      [`ALPACA_LIVE: is set, but no Alpaca keys are; set ${KEYS}, or unset it`],
    ],
    [
      'DISCORD_GUILD_ID',
      { env: { ...PAPER, DISCORD_GUILD_ID: 'my server' } },
      ['DISCORD_GUILD_ID: is "my server"; it must be the id of a Discord server, 17 to 20 digits'],
    ],
    [
      'DISCORD_ADMIN_IDS',
      { env: { ...PAPER, DISCORD_ADMIN_IDS: `${ID},` } },
      [
        `DISCORD_ADMIN_IDS: is "${ID},"; it must be role or user ids of 17 to 20 digits with commas between them`,
      ],
    ],
    [
      'DATABASE_URL',
      { env: { DATABASE_URL: 'mysql://bot:pw@db/x' } },
      [
        'DATABASE_URL: is [secret, 19 characters]; it must be an address like postgres://user:password@host:5432/name',
      ],
    ],
    [
      'REDIS_URL',
      { env: { REDIS_URL: 'localhost' } },
      [
        'REDIS_URL: is [secret, 9 characters]; it must be an address like redis://user:password@host:6379',
      ],
    ],
    [
      'ALERT_WEBHOOK_URL over http to another machine',
      { env: { ...PAPER, ALERT_WEBHOOK_URL: 'http://example.com/x' } },
      [
        'ALERT_WEBHOOK_URL: is [secret, 20 characters]; it must be an https address, or an http address on this machine',
      ],
    ],
    [
      'ALERT_WEBHOOK_URL to another machine in the sandbox',
      { env: { ALERT_WEBHOOK_URL: 'https://discord.com/api/webhooks/1/abc' } },
      [
        `ALERT_WEBHOOK_URL: is set, but without Alpaca keys this is the sandbox, which talks to nobody outside; unset it, give it an http address on this machine, or set ${KEYS}`,
      ],
    ],
    [
      'SANDBOX_ALPACA_URL elsewhere',
      { env: { SANDBOX_ALPACA_URL: 'http://example.com' } },
      [`SANDBOX_ALPACA_URL: is "http://example.com"; ${ADDRESS}`],
    ],
    [
      'SANDBOX_ALPACA_URL that only looks local',
      { env: { SANDBOX_ALPACA_URL: 'http://127.0.0.1.example.com' } },
      [`SANDBOX_ALPACA_URL: is "http://127.0.0.1.example.com"; ${ADDRESS}`],
    ],
    [
      'SANDBOX_DISCORD_URL over https',
      { env: { SANDBOX_DISCORD_URL: 'https://localhost' } },
      [`SANDBOX_DISCORD_URL: is "https://localhost"; ${ADDRESS}`],
    ],
    [
      'half of the keys',
      { env: { ...DISCORD, APCA_API_KEY_ID: 'PK' } },
      [
        `APCA_API_SECRET_KEY: is missing; it goes with APCA_API_KEY_ID: set ${KEYS}, or none of them`,
      ],
    ],
    [
      'keys without Discord',
      { env: ALPACA },
      [
        'DISCORD_TOKEN: is missing; with Alpaca keys the bot reports to a Discord channel',
        'DISCORD_GUILD_ID: is missing; with Alpaca keys the bot reports to a Discord channel',
        'DISCORD_CHANNEL_ID: is missing; with Alpaca keys the bot reports to a Discord channel',
      ],
    ],
    [
      'half of Discord',
      { env: { ...ALPACA, DISCORD_TOKEN: 'x', DISCORD_GUILD_ID: ID } },
      [`DISCORD_CHANNEL_ID: is missing; it goes with DISCORD_TOKEN and DISCORD_GUILD_ID: ${SET}`],
    ],
    [
      'keys beside a stand-in',
      { env: { ...PAPER, SANDBOX_ALPACA_URL: 'http://localhost:1' } },
      [
        'SANDBOX_ALPACA_URL: is set together with Alpaca keys; unset it to trade, or unset the keys for the sandbox',
      ],
    ],
    [
      'real Discord in the sandbox',
      { env: { DISCORD_ADMIN_IDS: ID } },
      [
        `DISCORD_ADMIN_IDS: is set, but without Alpaca keys this is the sandbox, which never talks to the real Discord; unset it, or set ${KEYS}`,
      ],
    ],
    [
      'a replay with keys',
      { env: PAPER, argv: ['--replay', 'x', '--fresh'] },
      [
        '--replay: is for the sandbox only; leave it out, or unset the Alpaca keys',
        '--fresh: is for the sandbox only; leave it out, or unset the Alpaca keys',
      ],
    ],
    [
      "a replay beside another's market",
      { env: { SANDBOX_ALPACA_URL: 'http://localhost:1' }, argv: ['--seed', '1'] },
      [
        "--seed: is for the sandbox's own market, but SANDBOX_ALPACA_URL names another; leave out one of them",
      ],
    ],
    [
      'a seed for a replay',
      { argv: ['--replay', 'x', '--seed', '1'] },
      ['--seed: is for the generated market; leave out --seed or --replay'],
    ],
    [
      'dates without a replay',
      { argv: ['--from', '2025-11-03'] },
      ['--from: is for a replay of files; add --replay FOLDER or leave it out'],
    ],
    [
      'dates the wrong way round',
      { argv: ['--replay', 'x', '--from', '2025-11-04', '--to', '2025-11-03'] },
      ['--from: is "2025-11-04"; it must not be later than --to 2025-11-03'],
    ],
    [
      '--to',
      { argv: ['--replay', 'x', '--to', '2025-02-30'] },
      ['--to: is "2025-02-30"; it must be a date like 2025-11-28'],
    ],
    [
      '--speed',
      { argv: ['--speed', 'fast'] },
      ['--speed: is "fast"; it must be a number from 0.1 to 100000, or max'],
    ],
    [
      '--speed',
      { argv: ['--speed', '0'] },
      ['--speed: is "0"; it must be a number from 0.1 to 100000, or max'],
    ],
    [
      '--seed',
      { argv: ['--seed', '-1'] },
      ['--seed: is "-1"; it must be a whole number from 0 to 4294967295'],
    ],
    [
      '--symbols',
      { argv: ['--symbols', 'AAPL,aapl'] },
      [`--symbols: is "AAPL,aapl"; ${SYMBOLS}, with commas between them`],
    ],
    [
      '--symbols',
      { argv: ['--symbols', 'AAPL,AAPL'] },
      [`--symbols: is "AAPL,AAPL"; ${SYMBOLS}, with commas between them`],
    ],
    [
      'an argument without its value',
      { argv: ['--replay', '--exit'] },
      ['--replay: has no value; write --replay FOLDER'],
    ],
    [
      'an argument with an empty value',
      { argv: ['--speed='] },
      ['--speed: has no value; write --speed N|max'],
    ],
    [
      'an argument with a value too many',
      { argv: ['--exit=no'] },
      ['--exit: is "no"; it takes no value'],
    ],
    [
      'an argument twice',
      { argv: ['--seed', '1', '--seed', '2'] },
      ['--seed: given twice; give it once'],
    ],
    [
      'a misspelled argument',
      { argv: ['--repaly', 'folder'] },
      ['--repaly: there is no such argument; did you mean --replay?'],
    ],
    [
      'an unknown argument',
      { argv: ['go'] },
      [
        'go: belongs to no argument; with npm write -- before all of them (-- --replay FOLDER), and commas in lists (A,B)',
      ],
    ],
    [
      'what npm has left of --replay bars --symbols AAPL, once',
      { argv: ['bars', 'AAPL'] },
      [
        'bars: belongs to no argument; with npm write -- before all of them (-- --replay FOLDER), and commas in lists (A,B)',
      ],
    ],
    [
      'an argument that is like no other',
      { argv: ['--zzzzzzzz'] },
      [
        '--zzzzzzzz: there is no such argument; known are --replay, --speed, --from, --to, --symbols, --seed, --exit, --fresh, --role, --help',
      ],
    ],
    [
      'a file that is no JSON',
      { file: '{' },
      [
        "bracketeer.config.json: is no valid JSON (Expected property name or '}' in JSON at position 1 (line 1 column 2)); correct it, or remove the file",
      ],
    ],
    [
      'a file without an object',
      { file: [] },
      [
        'bracketeer.config.json: is []; it must hold an object like { "watchlist": ["AAPL"], "rules": { "emaFast": 9 } }',
      ],
    ],
    [
      'a misspelled setting',
      { file: { wachlist: [] } },
      ['bracketeer.config.json wachlist: there is no such setting; did you mean watchlist?'],
    ],
    [
      'an unknown setting',
      { file: { leverage: 50 } },
      [
        'bracketeer.config.json leverage: there is no such setting; known are watchlist, sectors, keepDecisionsDays, cards, mentions, rules',
      ],
    ],
    [
      'a misspelled rule',
      { file: { rules: { emaFats: 9 } } },
      ['bracketeer.config.json rules.emaFats: there is no such setting; did you mean emaFast?'],
    ],
    [
      'a rule out of range',
      { file: { rules: { riskBps: 501 } } },
      ['bracketeer.config.json rules.riskBps: is 501; it must be a number from 1 to 500'],
    ],
    [
      'a rule that is no whole number',
      { file: { rules: { emaFast: 9.5 } } },
      ['bracketeer.config.json rules.emaFast: is 9.5; it must be a whole number from 2 to 100'],
    ],
    [
      'a rule of another type',
      { file: { rules: { allowShort: 'yes' } } },
      ['bracketeer.config.json rules.allowShort: is "yes"; it must be true or false'],
    ],
    [
      'another bar length',
      { file: { rules: { barMinutes: 10 } } },
      ['bracketeer.config.json rules.barMinutes: is 10; it must be 5 or 15'],
    ],
    [
      'rules that are a list',
      { file: { rules: [] } },
      [
        'bracketeer.config.json rules: is []; it must be an object with the rules to change, like { "emaFast": 9 }',
      ],
    ],
    [
      'rules that contradict each other',
      { file: { rules: { emaFast: 21, choppyAdx: 30, trendBarMinutes: 12 } } },
      [
        'bracketeer.config.json rules.emaFast: is 21; it must be below emaSlow (21)',
        'bracketeer.config.json rules.choppyAdx: is 30; it must not be above trendingAdx (25)',
        'bracketeer.config.json rules.trendBarMinutes: is 12; it must be a multiple of barMinutes (5)',
      ],
    ],
    [
      'an empty watchlist',
      { file: { watchlist: [] } },
      [`bracketeer.config.json watchlist: is []; ${SYMBOLS}, as a list like ["AAPL", "MSFT"]`],
    ],
    [
      'more symbols than can be looked up',
      { argv: ['--symbols', MANY.join(',')], file: { watchlist: MANY } },
      [
        `--symbols: is "${MANY.join(',').slice(0, 79)}…; it must not have more than 200 symbols`,
        `bracketeer.config.json watchlist: is ${JSON.stringify(MANY).slice(0, 80)}…; it must not have more than 200 symbols`,
      ],
    ],
    [
      'a fresh start on a database of others',
      { env: { DATABASE_URL: 'postgres://127.0.0.1/bot' }, argv: ['--fresh'] },
      [
        '--fresh: does not empty the database that DATABASE_URL names; unset DATABASE_URL, or empty that database and remove the folder sandbox in DATA_DIR yourself, and leave out --fresh',
      ],
    ],
    [
      'a watchlist with a number',
      { file: { watchlist: ['AAPL', 7] } },
      [`bracketeer.config.json watchlist.1: is 7; ${SYMBOLS}`],
    ],
    [
      'a sector of no symbol',
      { file: { sectors: { apple: 'Technology' } } },
      ['bracketeer.config.json sectors.apple: is under no stock symbol; it must be one like AAPL'],
    ],
    [
      'a sector without a name',
      { file: { sectors: { AAPL: '' } } },
      ['bracketeer.config.json sectors.AAPL: is ""; it must be the name of a sector'],
    ],
    [
      'decisions that are kept for no day',
      { file: { keepDecisionsDays: 0 } },
      [
        'bracketeer.config.json keepDecisionsDays: is 0; it must be a whole number of days from 1 to 36500',
      ],
    ],
    [
      'decisions that are kept for longer than a century',
      { file: { keepDecisionsDays: 36_501 } },
      [
        'bracketeer.config.json keepDecisionsDays: is 36501; it must be a whole number of days from 1 to 36500',
      ],
    ],
    [
      'decisions that are kept for a word',
      { file: { keepDecisionsDays: 'long' } },
      [
        'bracketeer.config.json keepDecisionsDays: is "long"; it must be a whole number of days from 1 to 36500',
      ],
    ],
    [
      'a card that must not be kept back',
      { file: { cards: { alarm: 'off' } } },
      [
        'bracketeer.config.json cards.alarm: is "off"; it must be on or silent: what endangers positions or stops trading is always told',
      ],
    ],
    [
      'a card that comes in no such way',
      { file: { cards: { entry: 'loud' } } },
      ['bracketeer.config.json cards.entry: is "loud"; it must be on, silent or off'],
    ],
    [
      'a misspelled kind of card',
      { file: { cards: { digst: 'off' } } },
      ['bracketeer.config.json cards.digst: there is no such setting; did you mean digest?'],
    ],
    [
      'cards that are a word',
      { file: { cards: 'off' } },
      [
        'bracketeer.config.json cards: is "off"; it must map kinds of cards to on, silent or off, like { "stop-moved": "silent" }',
      ],
    ],
    [
      'a mention by name',
      { file: { mentions: { critical: '@everyone' } } },
      [
        'bracketeer.config.json mentions.critical: is "@everyone"; it must be the id of a Discord role, 17 to 20 digits',
      ],
    ],
    [
      'a mention for what is no severity',
      { file: { mentions: { info: ID } } },
      [
        'bracketeer.config.json mentions.info: there is no such setting; known are warning, critical',
      ],
    ],
  ];
  it.each(CASES)('names the setting, what is seen and what is allowed: %s', (_, given, errors) => {
    expect(errorsOf(given)).toEqual(errors);
  });

  it('comes together with all others', () => {
    const errors = errorsOf({
      env: { APCA_API_KEY_ID: 'PK', PORT: 'x', ALPACA_FEED: 'y', DATABASE_URL: 'z' },
      argv: ['--speed', 'fast', '--nonsense-of-mine'],
      file: { rules: { emaFast: 30, emaSlow: 10 }, watchlist: 'AAPL' },
    });
    const names = new Set(errors.map((line) => line.split(':')[0]));
    expect(names).toEqual(
      new Set([
        '--nonsense-of-mine',
        '--speed',
        'ALPACA_FEED',
        'APCA_API_SECRET_KEY',
        'DATABASE_URL',
        'DISCORD_CHANNEL_ID',
        'DISCORD_GUILD_ID',
        'DISCORD_TOKEN',
        'PORT',
        'bracketeer.config.json watchlist',
        'bracketeer.config.json rules.emaFast',
      ]),
    );
  });

  it('shows no secret', () => {
    const env = {
      DISCORD_TOKEN: 'very-secret',
      DATABASE_URL: 'very-secret',
      REDIS_URL: 'very-secret',
      ALERT_WEBHOOK_URL: 'very-secret',
      APCA_API_KEY_ID: 'very-secret',
    };
    expect(errorsOf({ env }).join('\n')).not.toContain('very-secret');
  });
});

describe('the usage', () => {
  it('is asked for by --help', () => {
    expect(wantsHelp(['--speed', 'max', '--help'])).toBe(true);
    expect(wantsHelp([])).toBe(false);
  });

  it('names every argument and every variable', () => {
    for (const name of [
      '--replay FOLDER',
      '--speed N|max',
      '--fresh',
      'DISCORD_VIEWER_IDS',
      'SANDBOX_ALPACA_URL',
      'bracketeer.config.json',
    ]) {
      expect(usage()).toContain(name);
    }
  });

  it('tells the speed and the seed that are taken when none is given', () => {
    const config = configOf({});
    expect(config).toMatchObject({ speed: 300, market: { seed: 74 } });
    expect(usage().match(/default \d+/g)).toEqual(['default 300', 'default 74']);
  });
});
