import { z } from 'zod';

import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';

import { UserError } from '../command.ts';
import type { ConfirmedCall, ConfirmReply, Reply } from '../command.ts';
import type { AppContext } from '../context.ts';
import { closeLines, readClosables } from './closable.ts';
import type { Closable } from './closable.ts';
import { marketHours, tradeIdSchema } from './manual-close.ts';
import { requestClose } from './request-close.ts';
import { startClose } from './run-close.ts';

const wishSchema = z.object({
  trades: z.array(z.object({ symbol: z.string().refine(isTicker), tradeId: tradeIdSchema })),
  atMarket: z.boolean(),
});
type Wish = z.output<typeof wishSchema>;

const mayClose = (one: Closable): one is Extract<Closable, { kind: 'closable' }> =>
  one.kind === 'closable';

/**
 * Asks whether every position is really to be closed, with a line for each.
 *
 * @throws UserError when none can be.
 */
export async function askToCloseAll(context: AppContext, atMarket: boolean): Promise<ConfirmReply> {
  const all = await readClosables(context);
  const closable = all.filter(mayClose);
  const left = all.flatMap((one) =>
    one.kind === 'left' ? [{ symbol: one.position.symbol, why: one.why }] : [],
  );
  if (closable.length === 0) throw new UserError(nothingToClose(left));
  const [{ status: control }, market, lines] = await Promise.all([
    context.ledger.controlState(),
    marketHours(context),
    closeLines(
      context,
      closable.map(({ position }) => ({ position, quantity: position.quantity })),
    ),
  ]);
  const wish: Wish = {
    trades: closable.map(({ position: { symbol }, trade }) => ({ symbol, tradeId: trade.id })),
    atMarket,
  };
  return {
    kind: 'confirm',
    title: `close all ${lines.length} positions`.replace('all 1 positions', 'the only position'),
    preview: { kind: 'close-all', lines, left, atMarket, market, control },
    action: { ...wish },
  };
}

function nothingToClose(
  left: readonly { readonly symbol: Ticker; readonly why: string }[],
): string {
  if (left.length === 0) return 'Nothing is open, so there is nothing to close.';
  const lines = left.map(({ symbol, why }) => `${symbol}: ${why}.`);
  return ['Nothing can be closed now, and nothing was changed:', ...lines].join('\n');
}

/**
 * Closes each position that was confirmed; one that cannot be closed never stops the others. What was opened
 * since it was asked stays, and is named.
 */
export async function closeAllAsConfirmed(
  context: AppContext,
  call: ConfirmedCall,
): Promise<Reply> {
  const wish = wishSchema.parse(call.action);
  const all = await readClosables(context);
  const asked = new Map(wish.trades.map((trade) => [trade.symbol, trade.tradeId]));
  const lines: string[] = [];
  let begun = 0;
  for (const [symbol, id] of asked) {
    const found = all.find(({ position }) => position.symbol === symbol);
    const outcome = await closeOne(context, { found, id, atMarket: wish.atMarket, call });
    if (outcome.begun) begun += 1;
    lines.push(`${outcome.begun ? '⏳' : '✖'} ${symbol}: ${outcome.words}`);
  }
  const added = all.filter(({ position }) => !asked.has(position.symbol));
  for (const { position } of added.filter(mayClose)) {
    lines.push(`✖ ${position.symbol}: was opened since you were asked, and stays.`);
  }
  const title = `Closing ${begun} of ${asked.size}, asked for by ${call.actor.name}`;
  return { kind: 'pages', title, lines };
}

interface One {
  readonly found: Closable | undefined;
  readonly id: string;
  readonly atMarket: boolean;
  readonly call: ConfirmedCall;
}

interface Outcome {
  readonly begun: boolean;
  readonly words: string;
}

const not = (words: string): Outcome => ({ begun: false, words });

async function closeOne(context: AppContext, { found, id, atMarket, call }: One): Promise<Outcome> {
  if (found === undefined) return not('no shares are left, nothing to do.');
  const { position } = found;
  if (found.kind === 'left') return not(`${found.why}.`);
  if (found.trade.id !== id)
    return not('is another position than you were asked about, and stays.');
  try {
    const request = await requestClose(context, {
      tradeId: found.trade.id,
      position,
      reason: 'manual_close',
      quantity: position.quantity,
      atMarket,
      requestedBy: call.actor.name,
      personId: call.actor.id,
      confirmation: call.confirmation,
    });
    if (request.kind === 'under-way') return not('a closing of it is under way already.');
    startClose(context, request.close);
    return { begun: true, words: `${position.quantity} to leave; its own message follows it.` };
  } catch (error) {
    context.log.error(
      { symbol: position.symbol, error: String(error) },
      'one of all closings could not be begun',
    );
    return not('its closing could not be written down. Its bracket stays. Ask again with /close.');
  }
}
