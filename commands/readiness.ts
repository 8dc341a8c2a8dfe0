import { UserError } from '#app/command.ts';
import type { Command } from '#app/command.ts';
import { overrideReadiness, readiness, readinessWords } from '#app/readiness.ts';

export default {
  name: 'readiness',
  description:
    'Whether a walk-forward speaks for the parameters in force; without it no real money',
  role: 'viewer',
  isPrivate: false,
  options: [
    {
      name: 'override',
      description: 'Admins: let these parameters trade real money all the same, for this reason',
      type: 'string',
      required: false,
    },
  ],
  run: async (context, { actor, options }) => {
    const reason = options['override'];
    if (reason === undefined) {
      return { kind: 'text', text: readinessWords(await readiness(context)) };
    }
    if (actor.role !== 'admin') {
      throw new UserError(
        'Not allowed: to override the readiness needs the role admin. Nothing was changed.',
        'denied',
      );
    }
    if (typeof reason !== 'string' || reason.trim() === '') {
      throw new UserError('An override needs a reason, for the channel and the audit log.');
    }
    const before = await readiness(context);
    if (before.kind === 'ready') {
      throw new UserError(
        `There is nothing to override, and nothing was changed. ${readinessWords(before)}`,
      );
    }
    const { name: by, id: personId } = actor;
    await overrideReadiness(context, { by, personId, reason: reason.trim() });
    return { kind: 'text', text: readinessWords(await readiness(context)) };
  },
} satisfies Command;
