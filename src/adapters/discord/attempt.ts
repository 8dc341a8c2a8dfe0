import { randomUUID } from 'node:crypto';

import type { ButtonInteraction, ChatInputCommandInteraction } from 'discord.js';

import { UserError } from '#app/command.ts';
import { BrokerError } from '#ports/broker.ts';

import type { CommandOutcome, Desk } from './desk.ts';
import { describeError } from './errors.ts';
import { nameOf } from './judge.ts';

/** What a person tried, and what came of it. */
export interface Attempt {
  readonly command: string;
  /** For the audit: the command's name, or what was done about its question. */
  readonly action: string;
  readonly outcome: CommandOutcome;
  /** Why it was denied or failed. */
  readonly reason: string | null;
  readonly details?: Readonly<Record<string, string>>;
}

/** One audit row an attempt. Whether it could be written. */
export async function record(
  { context, log, onCommand }: Desk,
  interaction: ChatInputCommandInteraction | ButtonInteraction,
  { command, action, outcome, reason, details: more = {} }: Attempt,
): Promise<boolean> {
  onCommand(command, outcome);
  const details: Record<string, string> = {
    ...more,
    name: nameOf(interaction),
    channel: interaction.channelId ?? 'none',
    interaction: interaction.id,
    ...(reason === null ? {} : { reason }),
  };
  try {
    const { ledger, clock } = context();
    const actor = interaction.user.id;
    await ledger.audit({ at: clock.now(), actor, action, outcome, details });
    return true;
  } catch (error) {
    log.error(
      { command, action, outcome, ...details, error: describeError(error) },
      'an attempted command could not be written to the audit log',
    );
    return false;
  }
}

/** Why something failed: for the person who asked, and for the audit. */
export interface Failure {
  readonly outcome: 'failed' | 'denied';
  readonly text: string;
  readonly reason: string;
}

const SAFE = 'positions stay protected by their brackets at the broker.';

/** An error in words: what happened, what is protected, what to do. Nothing of the inside gets out. */
export function failureOf({ log }: Desk, command: string, error: unknown): Failure {
  if (error instanceof UserError) {
    return { outcome: error.outcome, text: error.message, reason: error.message };
  }
  const id = randomUUID().slice(0, 8);
  log.error(
    { id, command, error: describeError(error), stack: stackOf(error) },
    'a command failed',
  );
  if (error instanceof BrokerError) {
    const text =
      `The broker does not answer just now (id ${id}). Nothing was changed; ${SAFE} ` +
      'Try again in a moment, or act at the broker itself.';
    return { outcome: 'failed', text, reason: `broker ${id}` };
  }
  const text = `Something went wrong (id ${id}). Nothing was changed by this command unless it says so; ${SAFE}`;
  return { outcome: 'failed', text, reason: `error ${id}` };
}

const stackOf = (error: unknown): string | undefined =>
  error instanceof Error ? error.stack : undefined;
