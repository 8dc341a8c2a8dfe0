import { setTimeout as delay } from 'node:timers/promises';

import { ActivityType, Client, Events, GatewayCloseCodes, GatewayIntentBits } from 'discord.js';
import type { ClientOptions, Interaction, PresenceData } from 'discord.js';

import type { Mode } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';

import { describeError, isUnauthorized, WRONG_TOKEN } from './errors.ts';
import type { Health } from './health.ts';
import { ForeignHostError } from './loopback.ts';
import { restOptions } from './rest.ts';
import { keepTrying } from './retry.ts';
import { buildStrategy } from './sharding.ts';

interface GatewayOptions {
  readonly token: string;
  readonly apiUrl: string | null;
  readonly mode: Mode;
  readonly health: Health;
  readonly log: Logger;
  /** Must not reject. */
  readonly onInteraction: (interaction: Interaction) => Promise<void>;
  /** Once a login; the signal ends with the gateway. Must not reject. */
  readonly onReady: (client: Client<true>, signal: AbortSignal) => Promise<void>;
  /** After each connection: Discord has forgotten the presence, or has not heard of a newer one. Must not reject. */
  readonly onConnected: () => Promise<void>;
}

/** The connection on which slash commands arrive. Cards do not need it. */
export interface Gateway {
  /** Resolves with the first news of the connection, or without any after a while. Never rejects. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Shown beside the bot's name. Without a connection nothing happens. */
  showPresence(text: string, status: 'online' | 'dnd'): void;
}

const LONGEST_START_MS = 10_000;
const LONGEST_STOP_MS = 1000;

const presenceData = (text: string, status: 'online' | 'dnd'): PresenceData => ({
  status,
  activities: [{ name: text, type: ActivityType.Custom }],
});

export function createGateway(options: GatewayOptions): Gateway {
  const { token, health } = options;
  const ending = new AbortController();
  let client: Client | null = null;

  /** A client whose login failed cannot be used again: each attempt has its own. */
  async function login(): Promise<void> {
    client = createClient(options, ending.signal);
    await client.login(token);
  }

  return {
    async start() {
      health.begin();
      void keepTrying(login, {
        signal: ending.signal,
        isFinal: (error) => isFatal(error) || health.state() === 'down',
        onError: (error) =>
          isFatal(error) ? health.fail(words(error)) : health.lost(words(error)),
      });
      const patience = delay(LONGEST_START_MS, undefined, { ref: false });
      await Promise.race([health.firstNews, patience]);
    },
    async stop() {
      health.stop();
      ending.abort();
      // A client that is destroyed while it connects never finishes: the library loses the close event.
      const patience = delay(LONGEST_STOP_MS, undefined, { ref: false });
      await Promise.race([client?.destroy(), patience]);
    },
    showPresence(text, status) {
      if (health.state() === 'ready') client?.user?.setPresence(presenceData(text, status));
    },
  };
}

const isFatal = (error: unknown): boolean =>
  isUnauthorized(error) || error instanceof ForeignHostError;

const words = (error: unknown): string =>
  isUnauthorized(error) ? WRONG_TOKEN : describeError(error);

function clientOptions({ apiUrl, mode }: GatewayOptions, ending: AbortSignal): ClientOptions {
  return {
    intents: [GatewayIntentBits.Guilds],
    allowedMentions: { parse: [] },
    enforceNonce: true,
    presence: presenceData(mode, 'online'),
    rest: restOptions(apiUrl),
    ws: { buildStrategy: buildStrategy({ mustStayHere: apiUrl !== null, ending }) },
  };
}

/** A client with all its listeners. Without one for `error`, an error would end the process. */
function createClient(options: GatewayOptions, ending: AbortSignal): Client {
  const { health, log } = options;
  const client = new Client(clientOptions(options, ending));
  client.on(Events.Error, (error) =>
    log.error({ error: describeError(error) }, 'a listener of the Discord client failed'),
  );
  client.on(Events.Warn, (message) => log.warn({ message }, 'the Discord client warns'));
  client.on(Events.ShardError, (error) => health.lost(describeError(error)));
  client.on(Events.ShardReconnecting, () => health.lost('the gateway connection was lost'));
  client.on(Events.ShardDisconnect, ({ code }) => health.fail(closeReason(code)));
  for (const connected of [Events.ShardReady, Events.ShardResume] as const) {
    client.on(connected, () => {
      health.ready();
      void options.onConnected();
    });
  }
  client.on(Events.ClientReady, (ready) => void options.onReady(ready, ending));
  client.on(Events.InteractionCreate, (interaction) => void options.onInteraction(interaction));
  return client;
}

const closeReason = (code: GatewayCloseCodes): string =>
  code === GatewayCloseCodes.AuthenticationFailed
    ? WRONG_TOKEN
    : `the gateway closed the connection for good: ${GatewayCloseCodes[code] ?? code}`;
