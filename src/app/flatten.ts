import { z } from 'zod';

import { reasonsOf } from '#core/control.ts';
import { newYorkWords } from '#core/session.ts';
import { BrokerError } from '#ports/broker.ts';

import { closeLines, readClosables } from './close/closable.ts';
import { marketHours } from './close/manual-close.ts';
import type { ConfirmedCall, ConfirmReply, Reply } from './command.ts';
import type { Preview } from './confirm/preview.ts';
import type { AppContext } from './context.ts';
import { halt } from './control.ts';
import type { ControlOutcome } from './control.ts';

const wishSchema = z.object({ reason: z.string(), until: z.number().nullable() });
type Wish = z.output<typeof wishSchema>;

type FlattenPreview = Extract<Preview, { readonly kind: 'flatten' }>;

/**
 * Asks whether really everything is to be closed, with what is open. When the broker does not answer it is
 * asked all the same: whoever wants out must not have to wait for the list of what there is.
 */
export async function askToFlatten(context: AppContext, wish: Wish): Promise<ConfirmReply> {
  return {
    kind: 'confirm',
    title: 'halt and close every position',
    preview: { kind: 'flatten', until: wish.until, open: await openPositions(context) },
    action: { ...wish },
  };
}

async function openPositions(context: AppContext): Promise<FlattenPreview['open']> {
  try {
    const all = await readClosables(context, 'everything');
    const closable = all.flatMap((one) => (one.kind === 'closable' ? [one.position] : []));
    const left = all.flatMap((one) =>
      one.kind === 'left' ? [{ symbol: one.position.symbol, why: one.why }] : [],
    );
    const [market, lines] = await Promise.all([
      marketHours(context),
      closeLines(
        context,
        closable.map((position) => ({ position, quantity: position.quantity })),
      ),
    ]);
    return { lines, left, market };
  } catch (error) {
    if (error instanceof BrokerError) return null;
    throw error;
  }
}

/** Halts, and has every position closed, as it was confirmed: also those that were opened since. */
export async function flattenAsConfirmed(context: AppContext, call: ConfirmedCall): Promise<Reply> {
  const { reason, until } = wishSchema.parse(call.action);
  const { name: by, id: personId } = call.actor;
  const outcome = await halt(context, { by, personId, reason, until, flatten: true });
  return { kind: 'text', text: haltWords(outcome) };
}

const GO_ON = 'Exits and protection go on. /resume (admins) opens it again.';

/** What a halt has come to, in words. */
export function haltWords({ control, hasChanged }: ControlOutcome): string {
  const { status, by, since, until } = control;
  const before = `since ${newYorkWords(since)} by ${by}`;
  if (status === 'flattening') {
    return hasChanged
      ? `No new entries, and every position of the bot is being closed; the channel follows it. ${GO_ON}`
      : `Every position is being closed already, ${before}.`;
  }
  const end = until === null ? 'until somebody resumes' : `until ${newYorkWords(until)}`;
  if (hasChanged && reasonsOf(control).length > 1) {
    return `Halted already, ${before}; yours is added, and the channel hears of it. No new entries ${end}. ${GO_ON}`;
  }
  return hasChanged
    ? `No new entries ${end}; entries that still work are cancelled. ${GO_ON}`
    : `Halted already, ${before}, ${end}.`;
}
