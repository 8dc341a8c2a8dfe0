import { UserError } from '#app/command.ts';
import type { Command, CommandCall } from '#app/command.ts';
import { halt } from '#app/control.ts';
import { askToFlatten, flattenAsConfirmed, haltWords } from '#app/flatten.ts';
import { haltEnd, haltEnds } from '#app/halt-end.ts';

const MODES = ['entries', 'flatten'] as const;
type Mode = (typeof MODES)[number];
const isMode = (value: unknown): value is Mode => MODES.some((mode) => mode === value);

type Options = CommandCall['options'];

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
      name: 'until',
      description: 'session (the next open), 15:30 (today, New York) or a date; else till /resume',
      type: 'string',
      required: false,
      autocomplete: true,
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
    const reason = textOf(options, 'reason') ?? 'no reason given';
    const until = await haltEnd(context, textOf(options, 'until'));
    if (mode === 'flatten') {
      const control = await context.ledger.controlState();
      if (control.status !== 'flattening') return askToFlatten(context, { reason, until });
    }
    // Stopping is safe, and so nobody is asked.
    const outcome = await halt(context, {
      by: actor.name,
      personId: actor.id,
      reason,
      until,
      flatten: mode === 'flatten',
    });
    return { kind: 'text', text: haltWords(outcome) };
  },
  confirmed: async (context, call) => {
    if (call.actor.role !== 'admin') {
      throw new UserError(
        'Not allowed any more: to close every position needs the role admin. Nothing was changed.',
        'denied',
      );
    }
    return flattenAsConfirmed(context, call);
  },
  complete: (context, _option, typed) => haltEnds(context, typed),
} satisfies Command;

function modeOf({ mode }: Options): Mode {
  if (mode === undefined) return 'entries';
  if (isMode(mode)) return mode;
  throw new UserError(`The mode is one of: ${MODES.join(', ')}.`);
}

function textOf(options: Options, name: 'reason' | 'until'): string | null {
  const text = options[name];
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null;
}
