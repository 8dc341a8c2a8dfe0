import { createHash } from 'node:crypto';

import { ApplicationCommandOptionType, Routes } from 'discord.js';
import type { REST } from 'discord.js';

import type { Command, CommandOption } from '#app/command.ts';

const OPTION_TYPE = {
  string: ApplicationCommandOptionType.String,
  integer: ApplicationCommandOptionType.Integer,
  boolean: ApplicationCommandOptionType.Boolean,
} as const satisfies Record<CommandOption['type'], ApplicationCommandOptionType>;

const optionBody = (option: CommandOption) => ({
  type: OPTION_TYPE[option.type],
  name: option.name,
  description: option.description,
  required: option.required,
  ...(option.choices === undefined ? {} : { choices: option.choices }),
  ...(option.autocomplete === undefined ? {} : { autocomplete: option.autocomplete }),
});

/**
 * The commands as Discord takes them. What only an admin may do is hidden until the server shows it to a
 * role; who may halt must find /halt without that. It is tidiness alone: server owners can override it,
 * so the right to run a command is checked at every call.
 */
const commandBodies = (commands: readonly Command[]) =>
  commands.map((command) => ({
    name: command.name,
    description: command.description,
    options: command.options.map(optionBody),
    default_member_permissions: command.role === 'admin' ? '0' : null,
  }));

interface KnownOption {
  readonly type: number;
  readonly name: string;
  readonly description: string;
  readonly required?: boolean;
  readonly autocomplete?: boolean;
  readonly choices?: readonly { readonly name: string; readonly value: string | number }[];
}

interface KnownCommand {
  readonly name: string;
  readonly description: string;
  readonly options?: readonly KnownOption[];
  readonly default_member_permissions?: string | null;
}

/**
 * A hash over what makes the commands, the same for ours and for Discord's copy: Discord adds ids and
 * versions, leaves out what has its default, and keeps no order of the commands.
 */
function fingerprint(commands: readonly KnownCommand[]): string {
  const essence = commands
    .map((command) => [
      command.name,
      command.description,
      command.default_member_permissions ?? null,
      (command.options ?? []).map((option) => [
        option.type,
        option.name,
        option.description,
        option.required ?? false,
        option.autocomplete ?? false,
        (option.choices ?? []).map((choice) => [choice.name, choice.value]),
      ]),
    ])
    .toSorted(([left], [right]) => String(left).localeCompare(String(right)));
  return createHash('sha256').update(JSON.stringify(essence)).digest('hex').slice(0, 12);
}

interface Registration {
  readonly changed: boolean;
  readonly fingerprint: string;
}

/** Makes the guild's commands ours, if they are not: each change makes every client load them anew. */
export async function registerCommands(
  rest: REST,
  ids: { readonly applicationId: string; readonly guildId: string },
  commands: readonly Command[],
): Promise<Registration> {
  const route = Routes.applicationGuildCommands(ids.applicationId, ids.guildId);
  const body = commandBodies(commands);
  const ours = fingerprint(body);
  const known = (await rest.get(route)) as readonly KnownCommand[];
  if (fingerprint(known) === ours) return { changed: false, fingerprint: ours };
  await rest.put(route, { body });
  return { changed: true, fingerprint: ours };
}
