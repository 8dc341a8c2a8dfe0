import type { ButtonInteraction } from 'discord.js';

import type { ConfirmedCall } from '#app/command.ts';
import { answerConfirmation, finishConfirmation } from '#app/confirm/confirmations.ts';
import { formatDuration } from '#core/number-words.ts';
import type { Confirmation } from '#ports/confirmations.ts';

import { acknowledgePress } from './acknowledge.ts';
import { answerOf, pageBody, plainAnswer, show, showRecorded, STALE, whisper } from './answer.ts';
import type { Answer } from './answer.ts';
import { failureOf, record } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { pressCancel } from './cancel-button.ts';
import { nothingDone } from './cards/confirm.ts';
import { parseCustomId } from './custom-id.ts';
import type { ButtonPress } from './custom-id.ts';
import type { Desk } from './desk.ts';
import { describeError } from './errors.ts';
import { judgePress, nameOf } from './judge.ts';
import type { Verdict } from './judge.ts';
import type { MessageBody } from './render.ts';

type Press<Prefix extends ButtonPress['prefix']> = Extract<ButtonPress, { prefix: Prefix }>;
type Allowed = Extract<Verdict, { kind: 'allowed' }>;

/** One look at the broker and the ledger in so long, for each message. */
const REFRESH_EVERY_MS = 3_000;

/**
 * Handles presses of buttons. The acknowledgement is the first thing that goes out, whatever the database
 * does; what the button stands for, and whether this person may do it, is looked up after that. Refusals
 * reach the person alone, and leave the message as it is.
 */
export function createButtons(desk: Desk): (interaction: ButtonInteraction) => Promise<void> {
  const refreshed = new Map<string, number>();
  return async (interaction) => {
    await acknowledge(desk, interaction);
    const press = parseCustomId(interaction.customId);
    try {
      if (press === null) await whisper(interaction, STALE);
      else if (press.prefix === 'confirm') await answerQuestion(desk, interaction, press);
      else if (press.prefix === 'pages') await turnPage(desk, interaction, press);
      else if (press.prefix === 'cancel') await pressCancel(desk, interaction, press);
      else await refresh(desk, interaction, { press, refreshed });
    } catch (error) {
      await whisper(interaction, failureOf(desk, interaction.customId, error).text);
    }
  };
}

async function acknowledge(desk: Desk, interaction: ButtonInteraction): Promise<void> {
  try {
    await acknowledgePress(interaction);
  } catch (error) {
    const { customId } = interaction;
    const [prefix = ''] = customId.split(':');
    await record(desk, interaction, {
      command: prefix,
      action: `${prefix} button`,
      outcome: 'failed',
      reason: 'not acknowledged',
      details: { button: customId },
    });
    throw error;
  }
}

/** Yes or No to a question. */
async function answerQuestion(
  desk: Desk,
  interaction: ButtonInteraction,
  { action, id }: Press<'confirm'>,
): Promise<void> {
  const asked = await desk.context().ledger.confirmation(id);
  if (asked === null) return void (await whisper(interaction, STALE));
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
      return void (await whisper(interaction, STALE));
    default:
      return answered satisfies never;
  }
}

function overWords({ state, finishedAt, title }: Confirmation): string {
  if (state === 'confirmed') {
    return finishedAt === null
      ? `You have confirmed this, and it is being carried out once: ${title}. If nothing follows, see /status.`
      : `This was confirmed and carried out before: ${title}. It is not done again.`;
  }
  return state === 'declined'
    ? `This was declined before: ${title}. Nothing was done.`
    : `Expired: ${title}. Nothing was done. Ask again if you still want it.`;
}

const attemptAt = (
  { id, command, title }: Confirmation,
  rest: Pick<Attempt, 'action' | 'outcome' | 'reason' | 'details'>,
): Attempt => ({
  command,
  ...rest,
  details: { confirmation: id, what: title, ...rest.details },
});

interface Refusal {
  readonly asked: Confirmation;
  readonly reason: string;
  readonly text: string;
}

async function refuse(
  desk: Desk,
  interaction: ButtonInteraction,
  { asked, reason, text }: Refusal,
): Promise<void> {
  const action = `${asked.command} answer`;
  try {
    await whisper(interaction, text);
  } finally {
    await record(desk, interaction, attemptAt(asked, { action, outcome: 'denied', reason }));
  }
}

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

async function turnPage(
  desk: Desk,
  interaction: ButtonInteraction,
  { id, page }: Press<'pages'>,
): Promise<void> {
  const set = await desk.context().ledger.pageSet(id);
  if (set === null) {
    return void (await whisper(interaction, 'These pages are over. Send the command again.'));
  }
  const verdict = judgePress(desk, interaction, set.command);
  if (verdict.kind === 'refused') return void (await whisper(interaction, verdict.text));
  // They are kept as they were rendered.
  const pages = set.pages as readonly MessageBody[];
  const shown = Math.min(page, pages.length - 1);
  const body = pageBody({ id, pages }, shown);
  await show(interaction, { body, rest: [], details: {} });
}

interface Refresh {
  readonly press: Press<'refresh'>;
  /** When each message was refreshed last. */
  readonly refreshed: Map<string, number>;
}

async function refresh(
  desk: Desk,
  interaction: ButtonInteraction,
  { press, refreshed }: Refresh,
): Promise<void> {
  const verdict = judgePress(desk, interaction, press.id);
  if (verdict.kind === 'refused') return void (await whisper(interaction, verdict.text));
  const { command, actor } = verdict;
  if (command.isRefreshable !== true) return void (await whisper(interaction, STALE));
  const waitMs = claimRefresh(refreshed, interaction.message.id, desk.now());
  if (waitMs > 0) {
    const text = `Refreshed a moment ago: again in ${formatDuration(waitMs)}.`;
    return void (await whisper(interaction, text));
  }
  const options = Object.fromEntries(press.flags.map((flag) => [flag, true]));
  const reply = await command.run(desk.context(), { actor, options });
  const setting = { command, options, actor, interaction, message: null };
  const answer = await answerOf(desk, setting, reply);
  await show(interaction, answer);
  const { name } = command;
  const attempt = {
    command: name,
    action: `${name} refresh`,
    outcome: 'done',
    reason: null,
  } as const;
  await record(desk, interaction, attempt);
}

/** How long the message has to wait for its next refresh; 0 when this one may go on. */
function claimRefresh(refreshed: Map<string, number>, message: string, now: number): number {
  for (const [id, at] of refreshed) if (now - at >= REFRESH_EVERY_MS) refreshed.delete(id);
  const last = refreshed.get(message);
  if (last !== undefined) return last + REFRESH_EVERY_MS - now;
  refreshed.set(message, now);
  return 0;
}
