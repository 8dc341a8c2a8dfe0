import { setTimeout as delay } from 'node:timers/promises';

import { MessageFlags } from 'discord.js';
import type { AutocompleteInteraction, ChatInputCommandInteraction, Interaction } from 'discord.js';

import { clipLine } from '#core/clip.ts';
import type { MessageId } from '#ports/notifier.ts';

import { promiseAnswer } from './acknowledge.ts';
import { answerOf, plainAnswer, showOrTell, showRecorded } from './answer.ts';
import type { Answer } from './answer.ts';
import { failureOf, record } from './attempt.ts';
import type { Attempt } from './attempt.ts';
import { createButtons } from './buttons.ts';
import type { CommandOutcome, Desk } from './desk.ts';
import { describeError, isStaleInteraction } from './errors.ts';
import { createExpiry } from './expiry.ts';
import { judge } from './judge.ts';
import type { Verdict } from './judge.ts';
import { LIMITS } from './limits.ts';
import { textBody } from './render.ts';

export interface Dispatcher {
  /** Handles an interaction of the client. Its promise never rejects. */
  dispatch(interaction: Interaction): Promise<void>;
  /** Questions that are open then are settled by the next start. */
  stop(): void;
}

export function createDispatcher(options: Omit<Desk, 'expireAt'>): Dispatcher {
  const expiry = createExpiry(options);
  const desk: Desk = { ...options, expireAt: expiry.at };
  const press = createButtons(desk);
  return {
    stop: expiry.stop,
    async dispatch(interaction) {
      try {
        if (interaction.isChatInputCommand()) await answerCommand(desk, interaction);
        else if (interaction.isAutocomplete()) await answerAutocomplete(desk, interaction);
        else if (interaction.isButton()) await press(interaction);
        else await answerStale(interaction);
      } catch (error) {
        logUnanswered(desk, interaction, error);
      }
    },
  };
}

function logUnanswered({ log }: Desk, interaction: Interaction, error: unknown): void {
  const fields = { interaction: interaction.id, error: describeError(error) };
  if (isStaleInteraction(error)) log.info(fields, 'an interaction was over before it was answered');
  else log.warn(fields, 'an interaction could not be answered');
}

async function answerStale(interaction: Interaction): Promise<void> {
  if (!interaction.isRepliable()) return;
  await interaction.reply({
    ...textBody('This control is no longer active. Nothing was changed.'),
    flags: MessageFlags.Ephemeral,
  });
}

interface Result {
  readonly outcome: CommandOutcome;
  readonly reason: string | null;
  readonly answer: Answer;
}

/**
 * The judgement waits for nothing, so that the deferral is the first thing that goes out: Discord gives
 * three seconds. Whoever sees that it failed sees a command that did not run, and it does not.
 */
async function answerCommand(desk: Desk, interaction: ChatInputCommandInteraction): Promise<void> {
  const verdict = judge(desk, interaction);
  const isPrivate = verdict.kind === 'refused' || verdict.command.isPrivate;
  const messageId = await defer(desk, interaction, isPrivate);
  const result = await resultOf(desk, interaction, { verdict, messageId });
  const { commandName } = interaction;
  const attempt: Attempt = {
    command: commandName,
    action: commandName,
    outcome: result.outcome,
    reason: result.reason,
    details: { ...givenOptions(interaction), ...result.answer.details },
  };
  const onlyLooks = verdict.kind === 'refused' || verdict.command.role === 'viewer';
  if (onlyLooks) {
    // What only looks must be answered also when the ledger is away.
    try {
      await showOrTell(interaction, result.answer);
    } finally {
      await record(desk, interaction, attempt);
    }
    return;
  }
  // What changes something is on record before anyone is told, or the answer says that it is not.
  const isRecorded = await record(desk, interaction, attempt);
  try {
    await showRecorded(interaction, result.answer, isRecorded);
  } finally {
    // What was begun goes on, whether Discord has taken the answer or not.
    await handOver(desk, { verdict, messageId }, result.answer);
  }
}

/** From here on the message belongs to the cards that follow what was begun. */
async function handOver(
  desk: Desk,
  { verdict, messageId }: Judged,
  { first }: Answer,
): Promise<void> {
  if (verdict.kind === 'refused' || first === undefined) return;
  await verdict.command.shown?.(desk.context(), first, messageId);
}

/** Promises an answer. Its message, where cards may take that over: in the team's channel, for all to see. */
async function defer(
  desk: Desk,
  interaction: ChatInputCommandInteraction,
  isPrivate: boolean,
): Promise<MessageId | null> {
  try {
    const id = await promiseAnswer(interaction, isPrivate);
    const isOurs = !isPrivate && interaction.channelId === desk.channelId;
    return id !== null && isOurs ? (id as MessageId) : null;
  } catch (error) {
    const { commandName } = interaction;
    await record(desk, interaction, {
      command: commandName,
      action: commandName,
      outcome: 'failed',
      reason: 'not acknowledged',
      details: givenOptions(interaction),
    });
    throw error;
  }
}

interface Judged {
  readonly verdict: Verdict;
  readonly messageId: MessageId | null;
}

async function resultOf(
  desk: Desk,
  interaction: ChatInputCommandInteraction,
  { verdict, messageId: message }: Judged,
): Promise<Result> {
  if (verdict.kind === 'refused') {
    return { outcome: 'denied', reason: verdict.code, answer: plainAnswer(verdict.text) };
  }
  const { command, actor } = verdict;
  try {
    const options = valuesOf(interaction);
    const reply = await command.run(desk.context(), { actor, message, options });
    const answer = await answerOf(desk, { command, options, actor, interaction, message }, reply);
    return { outcome: 'done', reason: null, answer };
  } catch (error) {
    const { outcome, text, reason } = failureOf(desk, command.name, error);
    return { outcome, reason, answer: plainAnswer(text) };
  }
}

function valuesOf(interaction: ChatInputCommandInteraction) {
  const values: Record<string, string | number | boolean> = {};
  for (const { name, value } of interaction.options.data) {
    if (value !== undefined) values[name] = value;
  }
  return values;
}

const givenOptions = (interaction: ChatInputCommandInteraction): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(valuesOf(interaction)).map(([name, value]) => [`option.${name}`, String(value)]),
  );

/** Discord waits three seconds for suggestions, and nothing can put it off. */
const SUGGEST_WITHIN_MS = 2_000;

/** Suggestions have no way to tell an error: whoever may not ask, or whatever fails, gets none. */
async function answerAutocomplete(desk: Desk, interaction: AutocompleteInteraction): Promise<void> {
  const patience = delay(SUGGEST_WITHIN_MS, [], { ref: false });
  await interaction.respond(await Promise.race([suggestions(desk, interaction), patience]));
}

async function suggestions(desk: Desk, interaction: AutocompleteInteraction) {
  const verdict = judge(desk, interaction);
  if (verdict.kind === 'refused') return [];
  const { name, value } = interaction.options.getFocused(true);
  try {
    const found = await verdict.command.complete?.(desk.context(), name, value);
    return (found ?? [])
      .filter((choice) => choice.name.trim() !== '' && choice.value.length <= LIMITS.choiceText)
      .slice(0, LIMITS.choices)
      .map((choice) => ({ name: clipLine(choice.name, LIMITS.choiceText), value: choice.value }));
  } catch (error) {
    desk.log.warn(
      { command: verdict.command.name, option: name, error: describeError(error) },
      'suggestions failed',
    );
    return [];
  }
}
