import type {
  AutocompleteInteraction,
  ButtonInteraction,
  ChatInputCommandInteraction,
  Interaction,
} from 'discord.js';

import type { Actor, Command } from '#app/command.ts';
import { formatDuration } from '#core/number-words.ts';
import type { EpochMs } from '#core/session.ts';

import { includesRole, roleOf } from './authorize.ts';
import type { Access } from './authorize.ts';

export interface Rules {
  readonly guildId: string;
  readonly access: Access;
  readonly commands: ReadonlyMap<string, Command>;
  /** How old a command may be when it arrives. */
  readonly commandMaxAgeMs: number;
  /** The system's clock, which Discord's ids are compared with. */
  readonly now: () => EpochMs;
}

export interface Refused {
  readonly kind: 'refused';
  readonly code: 'foreign-server' | 'unknown-command' | 'too-old' | 'not-allowed';
  readonly text: string;
}

export type Verdict =
  | { readonly kind: 'allowed'; readonly command: Command; readonly actor: Actor }
  | Refused;

type Named = ChatInputCommandInteraction | AutocompleteInteraction;

const memberRoles = ({ member }: Interaction): readonly string[] => {
  if (member === null) return [];
  return Array.isArray(member.roles) ? member.roles : [...member.roles.cache.keys()];
};

export const nameOf = ({ member, user }: Interaction): string =>
  member !== null && 'displayName' in member ? member.displayName : user.displayName;

const refuse = (code: Refused['code'], text: string): Refused => ({ kind: 'refused', code, text });

/** Whether the command may run: right server, known, fresh, and by someone with the role for it. */
export function judge(rules: Rules, interaction: Named): Verdict {
  if (interaction.guildId !== rules.guildId) return foreignServer();
  const command = rules.commands.get(interaction.commandName);
  if (command === undefined) return unknownCommand();
  const ageMs = rules.now() - interaction.createdTimestamp;
  if (ageMs > rules.commandMaxAgeMs) {
    return refuse(
      'too-old',
      `This command reached the bot ${formatDuration(ageMs)} late and was not carried out. Send it again if you still want it.`,
    );
  }
  return judgeRole(rules, interaction, command);
}

/**
 * Whether the person who pressed a button may run the command behind it, now: the role may have been taken
 * away since the button was made. Discord itself refuses presses that come late.
 */
export function judgePress(
  rules: Rules,
  interaction: ButtonInteraction,
  commandName: string,
): Verdict {
  if (interaction.guildId !== rules.guildId) return foreignServer();
  const command = rules.commands.get(commandName);
  return command === undefined ? unknownCommand() : judgeRole(rules, interaction, command);
}

const foreignServer = (): Refused =>
  refuse('foreign-server', 'This bot only listens in its own server.');

const unknownCommand = (): Refused =>
  refuse('unknown-command', 'This command no longer exists. Nothing was changed.');

function judgeRole(rules: Rules, interaction: Interaction, command: Command): Verdict {
  const { user } = interaction;
  const role = roleOf(memberRoles(interaction), user.id, rules.access);
  if (role === null || !includesRole(role, command.role)) {
    return refuse(
      'not-allowed',
      `Not allowed: /${command.name} needs the role ${command.role}, and you have ${role ?? 'none'}. Nothing was changed.`,
    );
  }
  return { kind: 'allowed', command, actor: { id: user.id, name: nameOf(interaction), role } };
}
