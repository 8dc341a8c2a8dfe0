import { apiErrors } from './api-error.ts';
import { MESSAGE_FLAGS, MESSAGE_TYPES, SANDBOX_DISCORD } from './constants.ts';
import { BOT_USER, personOf } from './guild.ts';
import type { Interaction, Outcome } from './interaction.ts';
import type { StoredMessage } from './journal.ts';
import type { IndexedFile, MessageContent, Messages } from './messages.ts';
import { deferForm, readAnswer, suggestionsForm } from './validation/answers.ts';
import type { AnswerType } from './validation/answers.ts';
import { modalForm } from './validation/components.ts';
import { readForm } from './validation/form.ts';
import { messageForm } from './validation/message.ts';
import type { WireMessage, WireModal } from './wire.ts';
import type { World } from './world.ts';

/** An interaction with what is needed to answer it. */
export interface Conversation {
  readonly world: World;
  readonly messages: Messages;
  readonly interaction: Interaction;
}

/** Carries out the bot's first answer: a message, a promise of one, a change, choices, a dialog. */
export function answerInteraction(
  conversation: Conversation,
  body: unknown,
  files: readonly IndexedFile[],
): Outcome {
  const { interaction } = conversation;
  const { type, data } = readAnswer(body, interaction.type, interaction.sourceId !== null);
  const answers: Record<AnswerType, () => Outcome> = {
    4: () => ({ kind: 'replied', message: reply(conversation, readMessage(data, files)) }),
    5: () => ({ kind: 'deferred', message: promiseReply(conversation, data) }),
    6() {
      adoptSource(conversation);
      return { kind: 'noted' };
    },
    7: () => ({ kind: 'updated', message: update(conversation, readMessage(data, files)) }),
    8: () => ({ kind: 'suggested', choices: readForm(suggestionsForm, data).choices }),
    // The schema has checked the shape; absent keys are merely typed as possibly undefined.
    9: () => ({ kind: 'asked', modal: readForm(modalForm, data) as WireModal }),
  };
  return answers[type]();
}

const readMessage = (data: unknown, files: readonly IndexedFile[]): MessageContent => ({
  form: readForm(messageForm, data ?? {}),
  files,
});

/** A first answer that stands in the channel, or before the asking person alone. */
function reply(conversation: Conversation, content: MessageContent, isLoading = false) {
  const { interaction, messages } = conversation;
  const isCommand = interaction.type === 2;
  const message = messages.post({
    ...content,
    channelId: interaction.channel.id,
    author: BOT_USER,
    type: isCommand ? MESSAGE_TYPES.command : MESSAGE_TYPES.reply,
    visibleTo: audience(interaction, content.form.flags),
    isLoading,
    extra: {
      ...provenance(interaction),
      ...(interaction.sourceId === null ? {} : referenceTo(interaction, interaction.sourceId)),
    },
  });
  interaction.originalId = message.wire.id;
  interaction.messageIds.add(message.wire.id);
  return message;
}

/** Whether a reply is private is settled here; filling it later cannot change that. */
function promiseReply(conversation: Conversation, data: unknown): StoredMessage {
  const form = readForm(deferForm, data);
  return reply(conversation, { form: { flags: form?.flags }, files: [] }, true);
}

function update(conversation: Conversation, content: MessageContent): StoredMessage {
  return conversation.messages.edit(adoptSource(conversation), content);
}

/** After an update, `@original` means the message with the button. */
function adoptSource({ world, interaction }: Conversation): StoredMessage {
  const source = interaction.sourceId === null ? null : world.store.message(interaction.sourceId);
  if (!source) throw apiErrors.unknownMessage();
  interaction.originalId = source.wire.id;
  interaction.messageIds.add(source.wire.id);
  return source;
}

const audience = ({ as }: Interaction, flags: number | null | undefined) =>
  ((flags ?? 0) & MESSAGE_FLAGS.ephemeral) === 0 ? null : personOf(as).user.id;

/** Whose doing a message is: Discord shows it as "Theo used /status". */
function provenance(interaction: Interaction): Partial<WireMessage> {
  const { id, type, commandName, sourceId, as } = interaction;
  const { user } = personOf(as);
  return {
    application_id: SANDBOX_DISCORD.applicationId,
    webhook_id: SANDBOX_DISCORD.applicationId,
    interaction_metadata: {
      id,
      type,
      user,
      authorizing_integration_owners: { 0: SANDBOX_DISCORD.guildId },
      ...(commandName === null ? {} : { name: commandName }),
      ...(sourceId === null ? {} : { interacted_message_id: sourceId }),
    },
    ...(commandName === null ? {} : { interaction: { id, type, name: commandName, user } }),
  };
}

const referenceTo = (interaction: Interaction, id: string): Partial<WireMessage> => ({
  message_reference: {
    type: 0,
    message_id: id,
    channel_id: interaction.channel.id,
    guild_id: SANDBOX_DISCORD.guildId,
  },
});

/**
 * A further message. While the first answer is only promised, it fills that one instead: Discord
 * keeps this for old bots, and its privacy stays as it was promised.
 */
export function postFollowUp(conversation: Conversation, content: MessageContent): StoredMessage {
  const { world, messages, interaction } = conversation;
  const original =
    interaction.originalId === null ? undefined : world.store.message(interaction.originalId);
  if (original && (original.wire.flags & MESSAGE_FLAGS.loading) !== 0) {
    return messages.edit(original, content);
  }
  const message = messages.post({
    ...content,
    channelId: interaction.channel.id,
    author: BOT_USER,
    type: original ? MESSAGE_TYPES.reply : MESSAGE_TYPES.normal,
    visibleTo: audience(interaction, content.form.flags),
    extra: {
      application_id: SANDBOX_DISCORD.applicationId,
      webhook_id: SANDBOX_DISCORD.applicationId,
      ...(original ? referenceTo(interaction, original.wire.id) : {}),
    },
  });
  interaction.messageIds.add(message.wire.id);
  return message;
}
