import type { Mode } from '#ports/cards.ts';

import type { ArgumentName } from './arguments.ts';
import { isLoopbackUrl } from './schema.ts';

/** What is set, by name; the values do not matter here. */
export interface Given {
  readonly environment: Readonly<Record<string, string>>;
  readonly commandLine: Readonly<Partial<Record<ArgumentName, string>>>;
}

const KEYS = ['APCA_API_KEY_ID', 'APCA_API_SECRET_KEY'] as const;
const CHANNEL = ['DISCORD_TOKEN', 'DISCORD_GUILD_ID', 'DISCORD_CHANNEL_ID'] as const;
const ROLES = ['DISCORD_VIEWER_IDS', 'DISCORD_TRADER_IDS', 'DISCORD_ADMIN_IDS'] as const;
const STAND_INS = ['SANDBOX_ALPACA_URL', 'SANDBOX_DISCORD_URL'] as const;
const SANDBOX_ARGUMENTS = [
  '--replay',
  '--speed',
  '--from',
  '--to',
  '--seed',
  '--exit',
  '--fresh',
] as const;

/** With Alpaca's keys the bot trades on paper, with one more word for real; without any it plays. */
export function modeOf({ environment }: Given): Mode {
  if (!KEYS.some((name) => name in environment)) return 'SANDBOX';
  return 'ALPACA_LIVE' in environment ? 'LIVE' : 'PAPER';
}

/** What does not go together, each as a line. */
export function contradictions(given: Given): readonly string[] {
  const forMode = modeOf(given) === 'SANDBOX' ? sandboxErrors(given) : tradingErrors(given);
  return [...incomplete(given, CHANNEL), ...roleErrors(given), ...forMode];
}

/** What only researches has no ledger of its own to do it in. */
const roleErrors = ({ environment, commandLine }: Given): readonly string[] =>
  commandLine['--role'] === 'research' && !('DATABASE_URL' in environment)
    ? ['DATABASE_URL: is missing; --role research works on the studies in the ledger of a bot']
    : [];

/** Names of a set that are missing while others of it are there. */
function incomplete({ environment }: Given, names: readonly string[]): readonly string[] {
  const there = names.filter((name) => name in environment);
  if (there.length === 0) return [];
  return names
    .filter((name) => !there.includes(name))
    .map(
      (name) =>
        `${name}: is missing; it goes with ${there.join(' and ')}: set ${list(names)}, or none of them`,
    );
}

function tradingErrors(given: Given): readonly string[] {
  const { environment, commandLine } = given;
  const channel = CHANNEL.some((name) => name in environment) ? [] : CHANNEL;
  return [
    ...incomplete(given, KEYS),
    ...channel.map(
      (name) => `${name}: is missing; with Alpaca keys the bot reports to a Discord channel`,
    ),
    ...STAND_INS.filter((name) => name in environment).map(
      (name) =>
        `${name}: is set together with Alpaca keys; unset it to trade, or unset the keys for the sandbox`,
    ),
    ...SANDBOX_ARGUMENTS.filter((name) => name in commandLine).map(
      (name) => `${name}: is for the sandbox only; leave it out, or unset the Alpaca keys`,
    ),
  ];
}

function sandboxErrors(given: Given): readonly string[] {
  const { environment, commandLine } = given;
  const hasOwnDiscord = !('SANDBOX_DISCORD_URL' in environment);
  const discord = [...CHANNEL, ...ROLES].filter((name) => name in environment && hasOwnDiscord);
  const hasOwnMarket = !('SANDBOX_ALPACA_URL' in environment);
  const market = SANDBOX_ARGUMENTS.filter(
    (name) => name !== '--fresh' && name in commandLine && !hasOwnMarket,
  );
  return [
    ...discord.map(
      (name) =>
        `${name}: is set, but without Alpaca keys this is the sandbox, which never talks to the real Discord; unset it, or set ${list(KEYS)}`,
    ),
    ...(hasOwnMarket ? marketErrors(given) : []),
    ...('--fresh' in commandLine && 'DATABASE_URL' in environment
      ? [
          '--fresh: does not empty the database that DATABASE_URL names; unset DATABASE_URL, or empty that ' +
            'database and remove the folder sandbox in DATA_DIR yourself, and leave out --fresh',
        ]
      : []),
    ...market.map(
      (name) =>
        `${name}: is for the sandbox's own market, but SANDBOX_ALPACA_URL names another; leave out one of them`,
    ),
    ...(isLoopback(environment['ALERT_WEBHOOK_URL'])
      ? []
      : [
          `ALERT_WEBHOOK_URL: is set, but without Alpaca keys this is the sandbox, which talks to nobody outside; unset it, give it an http address on this machine, or set ${list(KEYS)}`,
        ]),
    ...('ALPACA_LIVE' in environment
      ? [`ALPACA_LIVE: is set, but no Alpaca keys are; set ${list(KEYS)}, or unset it`]
      : []),
  ];
}

/** Which arguments belong to the replay of files, and which to the generated market. */
function marketErrors({ commandLine }: Given): readonly string[] {
  if ('--replay' in commandLine) {
    return '--seed' in commandLine
      ? ['--seed: is for the generated market; leave out --seed or --replay']
      : [];
  }
  return (['--from', '--to'] as const)
    .filter((name) => name in commandLine)
    .map((name) => `${name}: is for a replay of files; add --replay FOLDER or leave it out`);
}

const isLoopback = (url: string | undefined): boolean => url === undefined || isLoopbackUrl(url);

const list = (names: readonly string[]): string =>
  `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
