import { UserError } from '#app/command.ts';
import type { Command } from '#app/command.ts';
import { resume } from '#app/control.ts';

export default {
  name: 'resume',
  description: 'Let the bot open positions again after a halt',
  role: 'admin',
  isPrivate: false,
  options: [
    {
      name: 'reason',
      description: 'Why, for the channel and the audit log',
      type: 'string',
      required: false,
    },
  ],
  run: async (context, { actor, options: { reason } }) => {
    const { control, hasChanged } = await resume(context, {
      by: actor.name,
      reason:
        typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : 'no reason given',
    });
    if (hasChanged) return { kind: 'text', text: 'Entries are allowed again.' };
    if (control.status === 'active') {
      return { kind: 'text', text: 'Nothing is halted. Nothing was changed.' };
    }
    throw new UserError(
      'Every position is being closed just now: resume once the channel says that all is flat. Nothing was changed.',
    );
  },
} satisfies Command;
