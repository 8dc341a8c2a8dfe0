import type { Command } from '#app/command.ts';

export default {
  name: 'help',
  description: 'The commands, first those that you may use',
  role: 'viewer',
  isPrivate: true,
  options: [],
  run: async (_context, { actor }) => ({ kind: 'help', role: actor.role }),
} satisfies Command;
