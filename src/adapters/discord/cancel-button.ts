import type { ButtonInteraction } from 'discord.js';

import type { Actor, Command } from '#app/command.ts';

import { STALE, whisper } from './answer.ts';
import { failureOf, record } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import type { ButtonPress } from './custom-id.ts';
import type { Desk } from './desk.ts';
import { judgePress } from './judge.ts';
import { UNKNOWN_BUTTON } from './refuse-press.ts';

/** Ends what a card tells of, for whoever may. The message itself is the card's: only the person is answered. */
export async function pressCancel(
  desk: Desk,
  interaction: ButtonInteraction,
  { action: name, id }: Extract<ButtonPress, { prefix: 'cancel' }>,
): Promise<void> {
  const verdict = judgePress(desk, interaction, name);
  const { text, ...attempt } =
    verdict.kind === 'refused'
      ? ({ outcome: 'denied', text: verdict.text, reason: verdict.code } as const)
      : await cancel(desk, verdict, id);
  const isRecorded = await record(desk, interaction, {
    command: name,
    action: `${name} cancel`,
    ...attempt,
    details: { subject: id },
  });
  const note = isRecorded ? '' : '\n⚠ This could not be written to the audit log.';
  await whisper(interaction, `${text}${note}`);
}

type Cancelled = Pick<Attempt, 'outcome' | 'reason'> & { readonly text: string };

async function cancel(
  desk: Desk,
  { command, actor }: { readonly command: Command; readonly actor: Actor },
  id: string,
): Promise<Cancelled> {
  if (command.cancel === undefined) {
    return { outcome: 'denied', reason: UNKNOWN_BUTTON, text: STALE };
  }
  try {
    const text = await command.cancel(desk.context(), { actor, id });
    return { outcome: 'done', reason: null, text };
  } catch (error) {
    return failureOf(desk, command.name, error);
  }
}
