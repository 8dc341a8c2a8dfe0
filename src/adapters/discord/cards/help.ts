import type { APIEmbed } from 'discord.js';

import { ROLES } from '#app/command.ts';
import type { Command, CommandOption, Role } from '#app/command.ts';

import { includesRole } from '../authorize.ts';
import { COLOUR } from './style.ts';

const WHO = { viewer: 'Everyone', trader: 'Traders', admin: 'Admins' } as const satisfies Record<
  Role,
  string
>;

/** The commands by role; first those that the person may use. */
export function helpEmbed(commands: readonly Command[], held: Role): APIEmbed {
  const groups = ROLES.map((role) => ({
    role,
    own: commands.filter((command) => command.role === role),
  })).filter(({ own }) => own.length > 0);
  const lines = (mayUse: boolean): readonly string[] =>
    groups
      .filter(({ role }) => includesRole(held, role) === mayUse)
      .flatMap(({ role, own }) => ['', `**${WHO[role]}**`, ...own.map(line)]);
  const others = lines(false);
  return {
    title: `❔ What you can ask, as ${held}`,
    color: COLOUR.quiet,
    description: [
      ...lines(true).slice(1),
      ...(others.length === 0 ? [] : ['', '*Not with your role:*', ...others.slice(1)]),
    ].join('\n'),
  };
}

const line = ({ name, description, options }: Command): string =>
  `\`${['/' + name, ...options.map(usage)].join(' ')}\` ${description}`;

const usage = ({ name, required }: CommandOption): string => (required ? name : `[${name}]`);
