import type { ButtonInteraction } from 'discord.js';

import { STALE, whisper } from './answer.ts';
import { record } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { Desk } from './desk.ts';

interface Refusal extends Pick<Attempt, 'command' | 'action' | 'details'> {
  /** For the audit. */
  readonly reason: string;
  /** For the person. */
  readonly text: string;
}

/** Tells the person alone why a press does nothing, and puts it on record whether they heard it or not. */
export async function refusePress(
  desk: Desk,
  interaction: ButtonInteraction,
  { text, ...attempt }: Refusal,
): Promise<void> {
  try {
    await whisper(interaction, text);
  } finally {
    await record(desk, interaction, { ...attempt, outcome: 'denied' });
  }
}

export const UNKNOWN_BUTTON = 'unknown button';

/** For a button of an earlier version, or of a question that nobody knows any more. */
export function refuseUnknown(desk: Desk, interaction: ButtonInteraction): Promise<void> {
  const { customId } = interaction;
  const [prefix = ''] = customId.split(':');
  return refusePress(desk, interaction, {
    command: prefix,
    action: `${prefix} button`,
    reason: UNKNOWN_BUTTON,
    text: STALE,
    details: { button: customId },
  });
}
