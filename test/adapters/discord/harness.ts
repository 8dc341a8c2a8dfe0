import { MessageFlags } from 'discord.js';

import { createDiscordBot } from '#adapters/discord/bot.ts';
import type { DiscordBot, DiscordBotOptions } from '#adapters/discord/bot.ts';
import type { Command } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import type { ControlState } from '#core/control.ts';
import type { AuditEntry } from '#ports/audit-log.ts';
import type { Logger } from '#ports/logger.ts';
import { SANDBOX_DISCORD } from '#sandbox/discord/constants.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';
import { listenDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import type { DiscordStandInOptions, ListeningDiscordStandIn } from '#sandbox/discord/stand-in.ts';
import { ALL_ON } from '#test/support/channel.ts';

import { AT } from './facts.ts';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly [field: string]: unknown;
}

function recordingLog(): { readonly log: Logger; readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, message, ...fields });
  return { lines, log: { info: at('info'), warn: at('warn'), error: at('error') } };
}

/** Of the application, what the adapter uses: a ledger that remembers, and the exchange's clock. */
interface FakeApplication {
  readonly context: () => AppContext;
  readonly audits: AuditEntry[];
  control: ControlState;
  isLedgerDown: boolean;
}

function fakeApplication(): FakeApplication {
  const audits: AuditEntry[] = [];
  const application: FakeApplication = {
    audits,
    isLedgerDown: false,
    control: { status: 'active', by: 'system', reason: '', since: AT, until: null },
    context: () => context as unknown as AppContext,
  };
  const answer = async <T>(value: () => T): Promise<T> => {
    if (application.isLedgerDown) throw new Error('the ledger is away');
    return value();
  };
  const context = {
    clock: { now: () => AT },
    ledger: {
      audit: (entry: AuditEntry) => answer(() => void audits.push(entry)),
      controlState: () => answer(() => application.control),
    },
  };
  return application;
}

export const access = {
  viewer: [SANDBOX_DISCORD.roles.viewer],
  trader: [SANDBOX_DISCORD.roles.trader],
  admin: [SANDBOX_DISCORD.people.admin],
};

export interface Desk extends FakeApplication {
  readonly standIn: ListeningDiscordStandIn;
  readonly bot: DiscordBot;
  readonly lines: LogLine[];
  readonly outcomes: string[];
}

const desks: { stop(): Promise<void> }[] = [];

/** Ends everything that a test has started, the newest first. */
export async function closeDesks(): Promise<void> {
  for (const desk of desks.splice(0).toReversed()) await desk.stop();
}

export const track = <T extends { stop(): Promise<void> }>(thing: T): T => {
  desks.push(thing);
  return thing;
};

export const startStandIn = async (options: DiscordStandInOptions & { port?: number } = {}) =>
  track(await listenDiscordStandIn(options));

/** A bot that talks to the address, not started yet. */
export function makeBot(
  apiUrl: string,
  changes: Partial<DiscordBotOptions> = {},
): Omit<Desk, 'standIn'> {
  const { log, lines } = recordingLog();
  const application = fakeApplication();
  const outcomes: string[] = [];
  const bot = createDiscordBot({
    token: SANDBOX_DISCORD.token,
    guildId: SANDBOX_DISCORD.guildId,
    channelId: SANDBOX_DISCORD.channelId,
    apiUrl,
    access,
    commands: [],
    context: application.context,
    mode: 'SANDBOX',
    cards: ALL_ON,
    mentions: { warning: null, critical: null },
    log,
    onCommand: (name, outcome) => outcomes.push(`${name} ${outcome}`),
    ...changes,
  });
  return Object.assign(application, { bot: track(bot), lines, outcomes });
}

/** A stand-in and a bot that is connected to it, with its commands registered. */
export async function openDesk(
  changes: Partial<DiscordBotOptions> = {},
  options: DiscordStandInOptions = {},
): Promise<Desk> {
  const standIn = await startStandIn(options);
  const desk = makeBot(`${standIn.url}/api`, changes);
  await desk.bot.start();
  await untilLogged(desk.lines, 'the slash commands are registered');
  return Object.assign(desk, { standIn });
}

/** Waits until something holds; the test's own time limit ends it otherwise. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

export const untilLogged = (lines: readonly LogLine[], message: string) =>
  until(() => lines.some((line) => line.message === message));

export const channelMessages = ({ standIn }: Pick<Desk, 'standIn'>) =>
  standIn.messages(SANDBOX_DISCORD.channelId);

export type Person = 'viewer' | 'trader' | 'admin';

/** The channel as one person sees it, with what only they see, oldest first. */
export async function seenBy(
  { standIn }: Pick<Desk, 'standIn'>,
  as: Person,
): Promise<readonly PresentedMessage[]> {
  const answer = await fetch(`${standIn.url}/sandbox/messages?as=${as}`);
  const { messages } = (await answer.json()) as { messages: readonly PresentedMessage[] };
  return messages;
}

/** What only this person was told, in order. */
export const whispersTo = async (desk: Pick<Desk, 'standIn'>, as: Person) =>
  (await seenBy(desk, as))
    .filter(({ flags }) => (flags & MessageFlags.Ephemeral) !== 0)
    .map(({ content }) => content);

/** The buttons under a message, those that can be pressed. */
export const buttonsOf = ({ components }: PresentedMessage) =>
  components
    .flatMap((row) => row.components)
    .filter((part) => part.type === 2 && part.disabled !== true);

/** Presses the button whose words begin so. */
export function press(
  { standIn }: Pick<Desk, 'standIn'>,
  as: Person,
  message: PresentedMessage,
  label: string,
) {
  const found = buttonsOf(message).find((one) => 'label' in one && one.label?.startsWith(label));
  if (found?.custom_id === undefined) throw new Error(`no button ${label}`);
  return standIn.act({ kind: 'click', as, messageId: message.id, customId: found.custom_id });
}

/** A person's slash command and the bot's whole answer to it. */
export async function say(
  { standIn }: Pick<Desk, 'standIn'>,
  as: Person,
  command: string,
  options: Record<string, string | number | boolean> = {},
) {
  const { interactionId, reaction } = await standIn.act({ kind: 'slash', as, command, options });
  if (interactionId === null || reaction.kind === 'failed') {
    throw new Error(`no answer to /${command}: ${JSON.stringify(reaction)}`);
  }
  const { content, flags } = await standIn.settled(interactionId);
  return { content, isPrivate: (flags & MessageFlags.Ephemeral) !== 0 };
}

export const command = (changes: Partial<Command> & Pick<Command, 'name' | 'run'>): Command => ({
  description: `${changes.name} for the tests`,
  role: 'viewer',
  isPrivate: false,
  options: [],
  ...changes,
});
