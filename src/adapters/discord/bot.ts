import { setTimeout as delay } from 'node:timers/promises';

import { DiscordAPIError, REST } from 'discord.js';
import type { Client, Interaction } from 'discord.js';

import type { Command } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import type { EpochMs } from '#core/session.ts';
import type { CardSettings, Mentions } from '#ports/card-settings.ts';
import type { Mode } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';
import type { Notifier } from '#ports/notifier.ts';

import type { Access } from './authorize.ts';
import type { CommandOutcome } from './desk.ts';
import { createDispatcher } from './dispatch.ts';
import type { Dispatcher } from './dispatch.ts';
import { describeError } from './errors.ts';
import { createGateway } from './gateway.ts';
import { createHealth } from './health.ts';
import { createNotifier } from './notifier.ts';
import { createPresence } from './presence.ts';
import type { Presence } from './presence.ts';
import { registerCommands } from './register.ts';
import { restOptions } from './rest.ts';
import { keepTrying } from './retry.ts';

export interface DiscordBotOptions {
  readonly token: string;
  readonly guildId: string;
  readonly channelId: string;
  /** Null for Discord itself; otherwise a stand-in on this machine, without the version in its path. */
  readonly apiUrl: string | null;
  readonly access: Access;
  readonly commands: readonly Command[];
  /** Asked for at each call, since the context contains the notifier made here. */
  readonly context: () => AppContext;
  readonly mode: Mode;
  /** How each kind of card is posted, and whom it mentions. */
  readonly cards: CardSettings;
  readonly mentions: Mentions;
  readonly log: Logger;
  readonly onCommand?: (name: string, outcome: CommandOutcome) => void;
  /** How old a command may be when it arrives. */
  readonly commandMaxAgeMs?: number;
  /** How long a question waits for its answer. */
  readonly confirmWithinMs?: number;
  /** The system's clock, also where the exchange's time is replayed: Discord's ids carry real time. */
  readonly now?: () => EpochMs;
}

export interface DiscordBot {
  readonly notifier: Notifier;
  /** Resolves when connected or when the first attempt has failed; then it keeps trying. Never rejects. */
  start(): Promise<void>;
  /** Finishes what it deals with, but not for long. */
  stop(): Promise<void>;
  /** Resolves when it deals with nothing that anybody has typed or pressed. */
  idle(): Promise<void>;
  state: Notifier['state'];
}

const COMMAND_MAX_AGE_MS = 30_000;
const CONFIRM_WITHIN_MS = 60_000;
const LONGEST_STOP_MS = 2_000;

/**
 * The team's Discord: cards out, slash commands in. Throws when `apiUrl` is not on this machine.
 * Trading never waits for any of it.
 */
export function createDiscordBot(options: DiscordBotOptions): DiscordBot {
  const { token, apiUrl, mode, log } = options;
  const health = createHealth(log);
  const rest = new REST(restOptions(apiUrl)).setToken(token);
  const presence = createPresence({
    ...options,
    send: (text, status) => gateway.showPresence(text, status),
  });
  const dispatcher = createDispatcher({
    ...options,
    commands: new Map(options.commands.map((command) => [command.name, command])),
    commandMaxAgeMs: options.commandMaxAgeMs ?? COMMAND_MAX_AGE_MS,
    confirmWithinMs: options.confirmWithinMs ?? CONFIRM_WITHIN_MS,
    now: options.now ?? Date.now,
    onCommand: options.onCommand ?? (() => undefined),
  });
  const reception = createReception(dispatcher, presence);
  const gateway = createGateway({
    token,
    apiUrl,
    mode,
    health,
    log,
    onConnected: () => presence.show(),
    onReady: (client, signal) => register(options, client, signal),
    onInteraction: (interaction) => reception.receive(interaction),
  });
  return {
    notifier: followedBy(presence, createNotifier({ ...options, rest, health })),
    state: () => health.state(),
    async start() {
      presence.start();
      await gateway.start();
    },
    async stop() {
      presence.stop();
      dispatcher.stop();
      await gateway.stop();
      // What was begun is told and on record while there still is a ledger.
      await Promise.race([reception.idle(), delay(LONGEST_STOP_MS, undefined, { ref: false })]);
    },
    idle: () => reception.idle(),
  };
}

/** Deals with interactions, and knows when it is through with all of them. */
function createReception(dispatcher: Dispatcher, presence: Presence) {
  const inHand = new Set<Promise<void>>();
  async function handle(interaction: Interaction): Promise<void> {
    await dispatcher.dispatch(interaction);
    const mayHaveChanged = interaction.isChatInputCommand() || interaction.isButton();
    if (mayHaveChanged) await presence.update();
  }
  return {
    async receive(interaction: Interaction): Promise<void> {
      const handled = handle(interaction);
      inHand.add(handled);
      await handled;
      inHand.delete(handled);
    },
    async idle(): Promise<void> {
      while (inHand.size > 0) await Promise.all(inHand);
    },
  };
}

/** The line beside the bot's name follows each control card at once. */
const followedBy = (presence: Presence, notifier: Notifier): Notifier => ({
  ...notifier,
  async post(card, ...how) {
    const message = await notifier.post(card, ...how);
    if (card.kind === 'control') await presence.update();
    return message;
  },
});

const isRefused = (error: unknown): boolean => error instanceof DiscordAPIError;

async function register(
  { guildId, commands, log }: DiscordBotOptions,
  client: Client<true>,
  signal: AbortSignal,
): Promise<void> {
  const ids = { applicationId: client.application.id, guildId };
  await keepTrying(
    async () => {
      const done = await registerCommands(client.rest, ids, commands);
      log.info({ ...done, commands: commands.length }, 'the slash commands are registered');
    },
    {
      signal,
      isFinal: isRefused,
      onError: (error) =>
        log.error({ error: describeError(error) }, 'the slash commands could not be registered'),
    },
  );
}
