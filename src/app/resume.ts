import { z } from 'zod';

import { reasonsOf } from '#core/control.ts';
import type { ControlState } from '#core/control.ts';
import { acknowledgeDrawdown } from '#core/drawdown.ts';
import { addUsd } from '#core/money.ts';
import { newYorkWords } from '#core/session.ts';

import { UserError } from './command.ts';
import type { ConfirmedCall, ConfirmReply, Reply } from './command.ts';
import type { AppContext } from './context.ts';
import { resume, resumeEffects } from './control.ts';
import { statusReport } from './reports/status.ts';

const wishSchema = z.object({
  reason: z.string(),
  seen: z.object({
    by: z.string(),
    reason: z.string(),
    since: z.number(),
    until: z.number().nullable(),
    writes: z.number(),
    letsDayBe: z.boolean(),
    movesPeak: z.boolean(),
  }),
});
type Wish = z.output<typeof wishSchema>;

const NOTHING_HALTED: Reply = { kind: 'text', text: 'Nothing is halted. Nothing was changed.' };

/**
 * Asks whether trading is really to go on: why it was halted, what has happened since, and what resuming
 * does to the drawdown's limits.
 *
 * @throws UserError while everything is being closed.
 */
export async function askToResume(
  context: AppContext,
  reason: string,
): Promise<ConfirmReply | typeof NOTHING_HALTED> {
  const { ledger, clock } = context;
  // Before the rest is read: what is written meanwhile may not be in it.
  const writes = await ledger.controlWrites();
  const status = await statusReport(context);
  const { control } = status;
  if (control.status === 'active') return NOTHING_HALTED;
  if (control.status === 'flattening') throw stillFlattening();
  const [state, closed] = await Promise.all([
    ledger.drawdownState(),
    ledger.closedTrades({ from: control.since, until: clock.now() + 1 }),
  ]);
  const effects = resumeEffects(state, state && acknowledgeDrawdown(state), clock.now());
  const { by, since, until } = control;
  const { letsDayBe, newPeak } = effects;
  const wish: Wish = {
    reason,
    seen: {
      by,
      reason: control.reason,
      since,
      until,
      writes,
      letsDayBe,
      movesPeak: newPeak !== null,
    },
  };
  const closedSince = { count: closed.length, pnl: addUsd(...closed.map(({ pnl }) => pnl)) };
  return {
    kind: 'confirm',
    title: 'resume: allow entries again',
    preview: { kind: 'resume', status, closedSince, ...effects },
    action: { ...wish },
  };
}

const stillFlattening = (): UserError =>
  new UserError(
    'Every position is being closed just now: resume once the channel says that all is flat. Nothing was changed.',
  );

/**
 * Resumes what was confirmed.
 *
 * @throws UserError when it has been halted anew since it was asked, or the drawdown has reached a limit.
 */
export async function resumeAsConfirmed(context: AppContext, call: ConfirmedCall): Promise<Reply> {
  const { reason, seen } = wishSchema.parse(call.action);
  const { name: by, id: personId } = call.actor;
  const { control, hasChanged } = await resume(context, { by, personId, reason, seen });
  if (hasChanged) return { kind: 'text', text: 'Entries are allowed again.' };
  if (control.status === 'active') return NOTHING_HALTED;
  const isFlattening = control.status === 'flattening';
  const writes = await context.ledger.controlWrites();
  throw new UserError(
    `Not resumed: since you were asked, ${meanwhile(control, seen, writes)}. Nothing was changed: ask again with /resume${
      isFlattening ? ' once the channel says that all is flat' : ''
    }.`,
  );
}

/** Who has halted since a person was asked, and why. */
function meanwhile(control: ControlState, seen: Wish['seen'], writes: number): string {
  const { status, since, until } = control;
  if (status === 'flattening') return `every position is being closed, by ${reasonsOf(control)[0]}`;
  const asked = since === seen.since ? reasonsOf(seen) : [];
  const added = reasonsOf(control)
    .filter((reason) => !asked.includes(reason))
    .join(' and by ');
  if (added !== '') return `it was halted ${since === seen.since ? 'too' : 'anew'} by ${added}`;
  if (until === seen.until) {
    return writes === seen.writes
      ? 'the drawdown has come to another state'
      : 'it was halted again for a reason that you have seen';
  }
  const end = until === null ? 'somebody resumes' : newYorkWords(until);
  return `its end has moved: it is halted until ${end}`;
}
