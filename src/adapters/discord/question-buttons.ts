import type { ButtonInteraction } from 'discord.js';

import type { ConfirmedCall } from '#app/command.ts';
import { answerConfirmation, finishConfirmation } from '#app/confirm/confirmations.ts';
import type { Confirmation } from '#ports/confirmations.ts';

import { answerOf, plainAnswer, showRecorded } from './answer.ts';
import type { Answer } from './answer.ts';
import { failureOf, record } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { nothingDone } from './cards/confirm.ts';
import type { ButtonPress } from './custom-id.ts';
import type { Desk } from './desk.ts';
import { describeError } from './errors.ts';
import { judgePress, nameOf } from './judge.ts';
import type { Verdict } from './judge.ts';
import { refusePress, refuseUnknown } from './refuse-press.ts';

type Allowed = Extract<Verdict, { kind: 'allowed' }>;

/** Yes or No to a question. */
export async function answerQuestion(
  desk: Desk,
  interaction: ButtonInteraction,
  { action, id }: Extract<ButtonPress, { prefix: 'confirm' }>,
): Promise<void> {
  const asked = await desk.context().ledger.confirmation(id);
  if (asked === null) return refuseUnknown(desk, interaction);
  const verdict = judgePress(desk, interaction, asked.command);
  if (verdict.kind === 'refused') {
    return refuse(desk, interaction, { asked, reason: verdict.code, text: verdict.text });
  }
  const state = action === 'yes' ? 'confirmed' : 'declined';
  const answer = { person: verdict.actor.id, state, at: desk.now() } as const;
  const answered = await answerConfirmation(desk.context(), id, answer);
  switch (answered.kind) {
    case 'taken':
      return state === 'confirmed'
        ? carryOut(desk, interaction, { asked: answered.confirmation, verdict })
        : decline(desk, interaction, answered.confirmation);
    case 'not-yours':
      return refuse(desk, interaction, {
        asked,
        reason: 'not the one who asked',
        text: `Only ${asked.personName}, who asked, can answer this. Nothing was changed.`,
      });
    case 'over': {
      const text = overWords(answered.confirmation);
      return refuse(desk, interaction, { asked, reason: 'answered before', text });
    }
    case 'unknown':
      return refuseUnknown(desk, interaction);
    default:
      return answered satisfies never;
  }
}

function overWords({ state, finishedAt, title }: Confirmation): string {
  if (state === 'confirmed') {
    return finishedAt === null
      ? `This was confirmed, and is being carried out once: ${title}. If nothing follows, see /status.`
      : `This was confirmed before: ${title}. It is not done again; its message and /audit tell what came of it.`;
  }
  return state === 'declined'
    ? `This was declined before: ${title}. Nothing was done.`
    : `Expired: ${title}. Nothing was done. Ask again if you still want it.`;
}

const subjectOf = ({ id, title }: Confirmation) => ({ confirmation: id, what: title });

const attemptAt = (
  asked: Confirmation,
  { details, ...rest }: Pick<Attempt, 'action' | 'outcome' | 'reason' | 'details'>,
): Attempt => ({
  command: asked.command,
  ...rest,
  details: { ...subjectOf(asked), ...details },
});

interface Refusal {
  readonly asked: Confirmation;
  readonly reason: string;
  readonly text: string;
}

const refuse = (
  desk: Desk,
  interaction: ButtonInteraction,
  { asked, reason, text }: Refusal,
): Promise<void> =>
  refusePress(desk, interaction, {
    command: asked.command,
    action: `${asked.command} answer`,
    reason,
    text,
    details: subjectOf(asked),
  });

async function decline(
  desk: Desk,
  interaction: ButtonInteraction,
  asked: Confirmation,
): Promise<void> {
  const attempt = { action: `${asked.command} declined`, outcome: 'done', reason: null } as const;
  const isRecorded = await record(desk, interaction, attemptAt(asked, attempt));
  const answer = plainAnswer(nothingDone(asked.title, `No, said ${nameOf(interaction)}.`));
  await showRecorded(interaction, answer, isRecorded);
}

interface Confirmed {
  readonly asked: Confirmation;
  readonly verdict: Allowed;
}

/** Does what was confirmed. From here on it is told what came of it, whatever that is. */
async function carryOut(
  desk: Desk,
  interaction: ButtonInteraction,
  { asked, verdict }: Confirmed,
): Promise<void> {
  const action = `${asked.command} confirmed`;
  const { outcome, reason, answer } = await doConfirmed(desk, interaction, { asked, verdict });
  await finishConfirmation(desk.context(), asked.id, desk.now()).catch((error: unknown) =>
    desk.log.error(
      { confirmation: asked.id, error: describeError(error) },
      'a confirmation could not be finished: a restart will call it interrupted',
    ),
  );
  const { details } = answer;
  const attempt = attemptAt(asked, { action, outcome, reason, details });
  const isRecorded = await record(desk, interaction, attempt);
  await showRecorded(interaction, answer, isRecorded);
}

async function doConfirmed(
  desk: Desk,
  interaction: ButtonInteraction,
  { asked, verdict: { command, actor } }: Confirmed,
): Promise<Pick<Attempt, 'outcome' | 'reason'> & { readonly answer: Answer }> {
  try {
    if (command.confirmed === undefined) {
      throw new Error(`/${command.name} does not carry out what is confirmed`);
    }
    const { id: confirmation, messageId: message } = asked;
    const call: ConfirmedCall = { actor, action: asked.action, confirmation, message };
    const reply = await command.confirmed(desk.context(), call);
    const setting = { command, options: {}, actor, interaction, message };
    const answer = await answerOf(desk, setting, reply);
    return { outcome: 'done', reason: null, answer };
  } catch (error) {
    const { outcome, text, reason } = failureOf(desk, command.name, error);
    return { outcome, reason, answer: plainAnswer(`✖ ${asked.title}: ${text}`) };
  }
}
