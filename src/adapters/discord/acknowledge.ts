import { MessageFlags } from 'discord.js';
import type { ButtonInteraction, ChatInputCommandInteraction } from 'discord.js';

import type { Answerable } from './answer.ts';
import { isPassing } from './errors.ts';

/**
 * Promises an answer, for which Discord waits three seconds.
 *
 * @returns the id of the message that will hold it; null where Discord does not tell. Throws when Discord has
 *   not heard the promise: whoever asked sees a command that did not run.
 */
export async function promiseAnswer(
  interaction: ChatInputCommandInteraction,
  isPrivate: boolean,
): Promise<string | null> {
  try {
    const response = await interaction.deferReply({
      ...(isPrivate ? { flags: MessageFlags.Ephemeral } : {}),
      withResponse: true,
    });
    return response.resource?.message?.id ?? null;
  } catch (error) {
    const id = await heardAllTheSame(interaction, error);
    interaction.ephemeral = isPrivate;
    return id;
  }
}

/** Tells Discord that a press was received. Throws when Discord has not heard it. */
export async function acknowledgePress(interaction: ButtonInteraction): Promise<void> {
  try {
    await interaction.deferUpdate();
  } catch (error) {
    await heardAllTheSame(interaction, error);
  }
}

/**
 * Discord may have heard what it never answered, and then shows people a promise that somebody has to keep:
 * so it is looked up. Returns the id of the message; throws the error where there is none.
 */
async function heardAllTheSame(interaction: Answerable, error: unknown): Promise<string> {
  if (!isPassing(error)) throw error;
  const message = await interaction.fetchReply().catch(() => {
    throw error;
  });
  // What the library notes of a promise whose answer it gets.
  interaction.deferred = true;
  return message.id;
}
