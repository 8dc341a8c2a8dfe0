import { setTimeout as delay } from 'node:timers/promises';

import { MessageFlags } from 'discord.js';
import type { ButtonInteraction, ChatInputCommandInteraction } from 'discord.js';

import type { Answerable } from './answer.ts';
import { isAnsweredBefore, isPassing } from './errors.ts';

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
  const promised = await untilHeard(interaction, async () => {
    const response = await interaction.deferReply({
      ...(isPrivate ? { flags: MessageFlags.Ephemeral } : {}),
      withResponse: true,
    });
    return response.resource?.message?.id ?? null;
  });
  interaction.ephemeral = isPrivate;
  return promised;
}

/** Tells Discord that a press was received. Throws when Discord has not heard it. */
export async function acknowledgePress(interaction: ButtonInteraction): Promise<void> {
  await untilHeard(interaction, async () => {
    await interaction.deferUpdate();
    return null;
  });
}

/** Between attempts, of which all have to be within the three seconds. */
const PAUSES_MS = [50, 250];

/**
 * Sends a promise until Discord has heard it. It may have heard one that it never answered, or answered with an
 * error, and then shows people a promise that somebody has to keep: so that is looked up before it is sent
 * again, and when Discord says that it has one already. Without such an attempt before, somebody else has
 * answered, and nobody may do so twice.
 */
async function untilHeard(
  interaction: Answerable,
  send: () => Promise<string | null>,
  { pauses: [pauseMs, ...pauses], isAgain }: Attempts = { pauses: PAUSES_MS, isAgain: false },
): Promise<string | null> {
  try {
    return await send();
  } catch (error) {
    const mayBeHeard = isPassing(error) || (isAgain && isAnsweredBefore(error));
    if (!mayBeHeard) throw error;
    const heard = await heardMessage(interaction);
    if (heard !== null) return heard;
    if (pauseMs === undefined || !isPassing(error)) throw error;
    await delay(pauseMs);
    return untilHeard(interaction, send, { pauses, isAgain: true });
  }
}

interface Attempts {
  readonly pauses: readonly number[];
  /** Whether one of before may have been heard. */
  readonly isAgain: boolean;
}

/** The id of the message in which Discord shows a promise that it has heard; null where there is none. */
async function heardMessage(interaction: Answerable): Promise<string | null> {
  try {
    const { id } = await interaction.fetchReply();
    // What the library notes of a promise whose answer it gets.
    interaction.deferred = true;
    return id;
  } catch {
    return null;
  }
}
