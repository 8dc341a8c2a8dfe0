import type { Command } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import { deliverOutbox } from '#app/deliver-outbox.ts';
import type { PresentedMessage } from '#sandbox/discord/present.ts';

import {
  channelMessages,
  openDesk as openDiscord,
  press,
  say,
} from '../adapters/discord/harness.ts';
import type { Desk as Discord, Person } from '../adapters/discord/harness.ts';
import type { Desk } from '../app/desk.ts';

/** A desk whose cards and commands go through a Discord of its own. */
export interface TradingChannel extends Pick<Discord, 'standIn' | 'bot' | 'outcomes'> {
  readonly context: AppContext;
  /** Types a command, and returns the message that answers it once all that comes of it at once is done. */
  type(
    as: Person,
    command: string,
    options?: Readonly<Record<string, string | number | boolean>>,
  ): Promise<PresentedMessage>;
  /** Presses a button; resolves when the bot is through with it: it is answered, and on record. */
  press(as: Person, message: PresentedMessage, label: string): Promise<void>;
  /** The message as it stands once everything is done and delivered. */
  settled(message: PresentedMessage): Promise<PresentedMessage>;
}

export async function openChannel(
  desk: Desk,
  commands: readonly Command[],
  changes: Partial<AppContext> = {},
): Promise<TradingChannel> {
  const holder: { context: AppContext | null } = { context: null };
  const discord = await openDiscord({ commands, context: () => holder.context! });
  const context = desk.with({
    ...changes,
    notifier: discord.bot.notifier,
    wakeOutbox: () => deliverOutbox(context),
  });
  holder.context = context;
  const find = (id: string) => channelMessages(discord).find((message) => message.id === id)!;
  return {
    ...discord,
    context,
    type: async (as, command, options = {}) => {
      await say(discord, as, command, options);
      await discord.bot.idle();
      return channelMessages(discord).at(-1)!;
    },
    press: async (as, message, label) => {
      await press(discord, as, message, label);
      await discord.bot.idle();
    },
    settled: async (message) => {
      await desk.settle(context);
      await deliverOutbox(context);
      return find(message.id);
    },
  };
}

/** A message as it is read, from its title down. */
export const textOf = ({ content, embeds }: PresentedMessage): string =>
  [content, ...embeds.flatMap(({ title, description }) => [title ?? '', description ?? ''])]
    .filter((line) => line !== '')
    .join('\n')
    .replaceAll('\u2060', '')
    .replaceAll('\u00A0', ' ');
