import { environment } from './schema.ts';
import type { Secret } from './secret.ts';

const settings = environment.pick({
  DATABASE_URL: true,
  ALERT_WEBHOOK_URL: true,
  DISCORD_TOKEN: true,
  DISCORD_CHANNEL_ID: true,
  SANDBOX_DISCORD_URL: true,
  LOG_LEVEL: true,
});

/** Where the watchdog tells: a webhook of its own, or the bot's channel. */
export type WatchTarget =
  | { readonly kind: 'webhook'; readonly url: Secret }
  | {
      readonly kind: 'channel';
      readonly token: Secret;
      readonly channelId: string;
      /** Null for Discord itself. */
      readonly apiUrl: string | null;
    };

export interface WatchdogSettings {
  readonly databaseUrl: Secret;
  readonly target: WatchTarget;
  readonly logLevel: 'info' | 'warn' | 'error';
}

export type ParsedWatchdogSettings =
  | { readonly ok: true; readonly settings: WatchdogSettings }
  | { readonly ok: false; readonly errors: readonly string[] };

const NO_DATABASE =
  'DATABASE_URL: is missing; the embedded PostgreSQL ends with the bot, and what it knows with it: give the ' +
  'bot and the watchdog the address of a PostgreSQL server that goes on when the bot does not';
const NO_TARGET =
  'ALERT_WEBHOOK_URL: is missing; set it to a Discord webhook, or set DISCORD_TOKEN and DISCORD_CHANNEL_ID';

/** Reads what the watchdog needs of the bot's settings; an empty one counts as unset. */
export function parseWatchdogSettings(
  env: Readonly<Record<string, string | undefined>>,
): ParsedWatchdogSettings {
  const given = Object.entries(env).filter(([, value]) => value?.trim() !== '');
  const parsed = settings.safeParse(Object.fromEntries(given));
  if (!parsed.success) {
    // Of what is wrong only its name is shown, since most of it is secret.
    const errors = parsed.error.issues.map(
      ({ path, message }) => `${path.join('.')}: it ${message}`,
    );
    return { ok: false, errors };
  }
  const { DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel } = parsed.data;
  const target = targetOf(parsed.data);
  if (databaseUrl === undefined || target === null) {
    return {
      ok: false,
      errors: [
        ...(databaseUrl === undefined ? [NO_DATABASE] : []),
        ...(target === null ? [NO_TARGET] : []),
      ],
    };
  }
  return { ok: true, settings: { databaseUrl, target, logLevel } };
}

function targetOf(given: ReturnType<typeof settings.parse>): WatchTarget | null {
  const { ALERT_WEBHOOK_URL: url, DISCORD_TOKEN: token, DISCORD_CHANNEL_ID: channelId } = given;
  if (url !== undefined) return { kind: 'webhook', url };
  if (token === undefined || channelId === undefined) return null;
  return { kind: 'channel', token, channelId, apiUrl: given.SANDBOX_DISCORD_URL ?? null };
}
