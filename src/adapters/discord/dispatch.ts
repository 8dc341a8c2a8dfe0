import { randomUUID } from 'node:crypto';

import { MessageFlags } from 'discord.js';
import type { AutocompleteInteraction, ChatInputCommandInteraction, Interaction } from 'discord.js';

import { UserError } from '#app/command.ts';
import type { Actor, Command } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import type { AuditEntry } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';

import { describeError, isStaleInteraction } from './errors.ts';
import { judge, nameOf } from './judge.ts';
import type { Rules } from './judge.ts';
import { clipLine, clipText, LIMITS } from './limits.ts';
import { renderReply, textBody } from './render.ts';
import type { MessageBody } from './render.ts';

export type CommandOutcome = AuditEntry['outcome'];

interface DispatcherOptions extends Rules {
  readonly context: () => AppContext;
  readonly log: Logger;
  readonly onCommand: (name: string, outcome: CommandOutcome) => void;
}

interface Result {
  readonly outcome: CommandOutcome;
  readonly body: MessageBody;
  /** Why it was denied or failed, for the audit. */
  readonly reason: string | null;
}

type Dispatcher = (interaction: Interaction) => Promise<void>;

/** Handles every interaction of the client. Its promise never rejects. */
export const createDispatcher =
  (options: DispatcherOptions): Dispatcher =>
  async (interaction) => {
    try {
      if (interaction.isChatInputCommand()) await answerCommand(options, interaction);
      else if (interaction.isAutocomplete()) await answerAutocomplete(options, interaction);
      else await answerStale(interaction);
    } catch (error) {
      logUnanswered(options.log, interaction, error);
    }
  };

function logUnanswered(log: Logger, interaction: Interaction, error: unknown): void {
  const fields = { interaction: interaction.id, error: describeError(error) };
  if (isStaleInteraction(error)) log.info(fields, 'an interaction was over before it was answered');
  else log.warn(fields, 'an interaction could not be answered');
}

async function answerStale(interaction: Interaction): Promise<void> {
  if (!interaction.isRepliable()) return;
  await interaction.reply({
    ...textBody('This button is no longer active. Nothing was changed.'),
    flags: MessageFlags.Ephemeral,
  });
}

/**
 * The judgement waits for nothing, so that the deferral is the first thing that goes out: Discord gives
 * three seconds. Whoever sees that it failed sees a command that did not run, and it does not.
 */
async function answerCommand(
  options: DispatcherOptions,
  interaction: ChatInputCommandInteraction,
): Promise<void> {
  const verdict = judge(options, interaction);
  const isPrivate = verdict.kind === 'refused' || verdict.command.isPrivate;
  try {
    await interaction.deferReply(isPrivate ? { flags: MessageFlags.Ephemeral } : {});
  } catch (error) {
    await record(options, interaction, { outcome: 'failed', reason: 'not acknowledged' });
    throw error;
  }
  if (verdict.kind === 'refused') {
    const denied = {
      outcome: 'denied',
      body: textBody(verdict.text),
      reason: verdict.code,
    } as const;
    await tellThenRecord(options, interaction, denied);
    return;
  }
  const result = await carryOut(options, interaction, verdict);
  if (verdict.command.role === 'viewer') await tellThenRecord(options, interaction, result);
  else await recordThenTell(options, interaction, result);
}

/** What only looks must be answered also when the ledger is away. */
async function tellThenRecord(
  options: DispatcherOptions,
  interaction: ChatInputCommandInteraction,
  result: Result,
): Promise<void> {
  try {
    await interaction.editReply(result.body);
  } finally {
    await record(options, interaction, result);
  }
}

/** What changes something is on record before anyone is told, or the answer says that it is not. */
async function recordThenTell(
  options: DispatcherOptions,
  interaction: ChatInputCommandInteraction,
  result: Result,
): Promise<void> {
  const isRecorded = await record(options, interaction, result);
  await interaction.editReply(isRecorded ? result.body : unrecorded(result.body));
}

const unrecorded = (body: MessageBody): MessageBody => {
  const lines = ['⚠ This could not be written to the audit log.', body.content ?? ''];
  return { ...body, content: clipText(lines.join('\n').trim(), LIMITS.content) };
};

async function carryOut(
  { context, log }: DispatcherOptions,
  interaction: ChatInputCommandInteraction,
  { command, actor }: { readonly command: Command; readonly actor: Actor },
): Promise<Result> {
  try {
    const reply = await command.run(context(), { actor, options: valuesOf(interaction) });
    return { outcome: 'done', body: renderReply(reply), reason: null };
  } catch (error) {
    if (error instanceof UserError) {
      return { outcome: error.outcome, body: textBody(error.message), reason: error.message };
    }
    const id = randomUUID().slice(0, 8);
    log.error(
      { id, command: command.name, error: describeError(error), stack: stackOf(error) },
      'a command failed',
    );
    const text =
      `Something went wrong (id ${id}). Nothing was changed by this command unless it says so; ` +
      'positions stay protected by their brackets at the broker.';
    return { outcome: 'failed', body: textBody(text), reason: `error ${id}` };
  }
}

const stackOf = (error: unknown): string | undefined =>
  error instanceof Error ? error.stack : undefined;

function valuesOf(interaction: ChatInputCommandInteraction) {
  const values: Record<string, string | number | boolean> = {};
  for (const { name, value } of interaction.options.data) {
    if (value !== undefined) values[name] = value;
  }
  return values;
}

/** One audit row an attempt. Whether it could be written. */
async function record(
  { context, log, onCommand }: DispatcherOptions,
  interaction: ChatInputCommandInteraction,
  { outcome, reason }: Pick<Result, 'outcome' | 'reason'>,
): Promise<boolean> {
  const { commandName } = interaction;
  onCommand(commandName, outcome);
  const given = Object.entries(valuesOf(interaction)).map(([name, value]) => [
    `option.${name}`,
    String(value),
  ]);
  const details: Record<string, string> = {
    ...Object.fromEntries(given),
    name: nameOf(interaction),
    interaction: interaction.id,
    ...(reason === null ? {} : { reason }),
  };
  try {
    const { ledger, clock } = context();
    const actor = interaction.user.id;
    await ledger.audit({ at: clock.now(), actor, action: commandName, outcome, details });
    return true;
  } catch (error) {
    log.error(
      { command: commandName, outcome, ...details, error: describeError(error) },
      'an attempted command could not be written to the audit log',
    );
    return false;
  }
}

/** Suggestions have no way to tell an error: whoever may not ask, or whatever fails, gets none. */
async function answerAutocomplete(
  options: DispatcherOptions,
  interaction: AutocompleteInteraction,
): Promise<void> {
  await interaction.respond(await suggestions(options, interaction));
}

async function suggestions(options: DispatcherOptions, interaction: AutocompleteInteraction) {
  const verdict = judge(options, interaction);
  if (verdict.kind === 'refused') return [];
  const { name, value } = interaction.options.getFocused(true);
  try {
    const found = await verdict.command.complete?.(options.context(), name, value);
    return (found ?? [])
      .filter((choice) => choice.name.trim() !== '' && choice.value.length <= LIMITS.choiceText)
      .slice(0, LIMITS.choices)
      .map((choice) => ({ name: clipLine(choice.name, LIMITS.choiceText), value: choice.value }));
  } catch (error) {
    options.log.warn(
      { command: verdict.command.name, option: name, error: describeError(error) },
      'suggestions failed',
    );
    return [];
  }
}
