import type { Command } from '#app/command.ts';
import { askToResume, resumeAsConfirmed } from '#app/resume.ts';

export default {
  name: 'resume',
  description: 'Let the bot open positions again after a halt, after asking',
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
  run: (context, { options: { reason } }) =>
    askToResume(
      context,
      typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : 'no reason given',
    ),
  confirmed: resumeAsConfirmed,
} satisfies Command;
