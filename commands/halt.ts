import { UserError } from '#app/command.ts';
import type { Command, CommandCall } from '#app/command.ts';
import { halt } from '#app/control.ts';
import type { ControlOutcome } from '#app/control.ts';
import { toIso } from '#core/session.ts';

const MODES = ['entries', 'flatten'] as const;
type Mode = (typeof MODES)[number];
const isMode = (value: unknown): value is Mode => MODES.some((mode) => mode === value);

export default {
  name: 'halt',
  description: 'Open nothing any more; with mode flatten (admins), close every position as well',
  role: 'trader',
  isPrivate: false,
  options: [
    {
      name: 'mode',
      description:
        'entries: open nothing, positions stay under their brackets. flatten: close them all',
      type: 'string',
      required: false,
      choices: MODES.map((value) => ({ name: value, value })),
    },
    {
      name: 'reason',
      description: 'Why, for the channel and the audit log',
      type: 'string',
      required: false,
    },
  ],
  run: async (context, { actor, options }) => {
    const mode = modeOf(options);
    if (mode === 'flatten' && actor.role !== 'admin') {
      throw new UserError(
        'Not allowed: to close every position needs the role admin. Nothing was changed; ' +
          '/halt without a mode stops new entries.',
        'denied',
      );
    }
    const outcome = await halt(context, {
      by: actor.name,
      reason: reasonOf(options),
      // What a person halts, a person resumes.
      until: null,
      flatten: mode === 'flatten',
    });
    return { kind: 'text', text: answer(outcome) };
  },
} satisfies Command;

function modeOf({ mode }: CommandCall['options']): Mode {
  if (mode === undefined) return 'entries';
  if (isMode(mode)) return mode;
  throw new UserError(`The mode is one of: ${MODES.join(', ')}.`);
}

const reasonOf = ({ reason }: CommandCall['options']): string =>
  typeof reason === 'string' && reason.trim() !== '' ? reason.trim() : 'no reason given';

function answer({ control, hasChanged }: ControlOutcome): string {
  const { status, by, since } = control;
  const goOn = 'Exits and protection go on. /resume (admins) opens it again.';
  if (status === 'flattening') {
    return hasChanged
      ? `No new entries, and every position of the bot is being closed; the channel follows it. ${goOn}`
      : `Every position is being closed already, since ${toIso(since)} by ${by}.`;
  }
  return hasChanged
    ? `No new entries until somebody resumes; entries that still work are cancelled. ${goOn}`
    : `Halted already, since ${toIso(since)} by ${by}, until somebody resumes.`;
}
