import { z } from 'zod';

import { sharesOfPart } from '#core/close-part.ts';
import type { ClosePart } from '#core/close-part.ts';
import { asTickersAre, isTicker, tradeId } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';

import { UserError } from '../command.ts';
import type { ConfirmedCall, ConfirmReply, Reply } from '../command.ts';
import type { MarketHours } from '../confirm/preview.ts';
import type { AppContext } from '../context.ts';
import { closeLines, readClosables } from './closable.ts';
import type { Closable, Extent } from './closable.ts';
import { isOpen } from './close-view.ts';
import { closingCardKey } from './closing-card.ts';
import { requestClose } from './request-close.ts';
import { startClose } from './run-close.ts';

const symbolSchema = z.string().refine(isTicker);
export const tradeIdSchema = z.string().transform(tradeId);

/** A closing as it was confirmed. */
const wishSchema = z.object({
  symbol: symbolSchema,
  tradeId: tradeIdSchema,
  /** Shares that were held when it was asked, and those of them that were to leave. */
  held: z.number().int().positive(),
  quantity: z.number().int().positive(),
  atMarket: z.boolean(),
});
type Wish = z.output<typeof wishSchema>;

interface CloseOrder {
  readonly symbol: string;
  readonly part: ClosePart;
  readonly atMarket: boolean;
}

/**
 * Asks whether a position, or a part of it, is really to be closed, with what it means right now.
 *
 * @throws UserError when there is none that may be closed; the text says why and what to do.
 */
export async function askToClose(
  context: AppContext,
  { symbol, part, atMarket }: CloseOrder,
): Promise<ConfirmReply> {
  const extent = part === 100 ? 'all' : 'part';
  const { position, trade } = await theClosable(context, asTickersAre(symbol), extent);
  const quantity = sharesOfPart(position.quantity, part);
  const [market, [line]] = await Promise.all([
    marketHours(context),
    closeLines(context, [{ position, quantity }]),
  ]);
  if (line === undefined) throw new Error(`no line was made for ${position.symbol}`);
  const action: Wish = {
    symbol: position.symbol,
    tradeId: trade.id,
    held: position.quantity,
    quantity,
    atMarket,
  };
  return {
    kind: 'confirm',
    title: `close ${quantity} ${position.symbol}`,
    preview: { kind: 'close', line, atMarket, market },
    action: { ...action },
  };
}

/** Whether the exchange trades, by the broker's calendar. */
export async function marketHours(context: AppContext): Promise<MarketHours> {
  const { calendar, clock } = context;
  const [isMarketOpen, next] = await Promise.all([
    isOpen(context),
    calendar.currentOrNext(clock.now()),
  ]);
  return { isOpen: isMarketOpen, opensAt: isMarketOpen ? null : (next?.open ?? null) };
}

type Found = Extract<Closable, { kind: 'closable' }>;

async function theClosable(context: AppContext, symbol: string, extent: Extent): Promise<Found> {
  const all = await readClosables(context, extent);
  const found = all.find(({ position }) => position.symbol === symbol);
  if (found === undefined) throw new UserError(await noSuchPosition(context, symbol, all));
  if (found.kind === 'left') {
    throw new UserError(`${symbol} is not closed now: ${found.why}. Nothing was changed.`);
  }
  return found;
}

async function noSuchPosition(
  { ledger }: AppContext,
  symbol: string,
  all: readonly Closable[],
): Promise<string> {
  const open = all.map(({ position }) => position.symbol).join(', ');
  const trades = await ledger.unfinishedTrades();
  const isEntering = trades.some(
    ({ status, intent }) =>
      intent.symbol === symbol && (status === 'planned' || status === 'submitted'),
  );
  return [
    `There is no open position in ${symbol}, so there is nothing to close.`,
    ...(isEntering
      ? ['An entry in it waits to be filled; it is cancelled by itself after one bar.']
      : []),
    open === '' ? 'Nothing is open.' : `Open: ${open}.`,
  ].join(' ');
}

/**
 * Closes what was confirmed, and has the message that asked follow it.
 *
 * @throws UserError when things have changed so that something else than the confirmed would be done.
 */
export async function closeAsConfirmed(context: AppContext, call: ConfirmedCall): Promise<Reply> {
  const wish = wishSchema.parse(call.action);
  const { symbol } = wish;
  const extent = wish.quantity === wish.held ? 'all' : 'part';
  const { position, trade } = await theClosable(context, symbol, extent);
  const request = await requestClose(context, {
    tradeId: trade.id,
    position,
    reason: 'manual_close',
    quantity: quantityNow(wish, { position, trade }),
    atMarket: wish.atMarket,
    requestedBy: call.actor.name,
    personId: call.actor.id,
    confirmation: call.confirmation,
    message: call.message,
  });
  if (request.kind === 'under-way') {
    throw new UserError(
      `Another closing of ${symbol} has begun in the meantime and goes on; its message in the channel follows it. This one added nothing.`,
    );
  }
  const { close } = request;
  startClose(context, close);
  if (request.kind === 'widened') {
    const text = `The closing of a part of ${symbol}, which was stuck, is one of all ${position.quantity} shares now and begins again at once; its message in the channel follows it.`;
    return { kind: 'text', text };
  }
  if (call.message !== null) return { kind: 'card', key: closingCardKey(close) };
  const text = `${close.quantity} ${symbol} are being closed; a message in the channel follows it.`;
  return { kind: 'text', text };
}

/** All is all, however many are left; a part is a part of what was seen. */
function quantityNow(wish: Wish, { position, trade }: Pick<Found, 'position' | 'trade'>): number {
  if (trade.id !== wish.tradeId) {
    throw new UserError(
      `The position in ${wish.symbol} is another one than you were asked about. Nothing was done: ask again with /close.`,
    );
  }
  if (wish.quantity === wish.held) return position.quantity;
  if (position.quantity === wish.held) return wish.quantity;
  throw new UserError(
    `${wish.symbol} has ${position.quantity} shares now, and ${wish.held} when you were asked. Nothing was done: ask again with /close.`,
  );
}

/** Positions that may be closed, for someone who types a symbol. */
export async function closeSuggestions(
  context: AppContext,
  typed: string,
): Promise<readonly { readonly symbol: Ticker; readonly closable: Closable }[]> {
  const all = await readClosables(context);
  return all
    .map((closable) => ({ symbol: closable.position.symbol, closable }))
    .filter(({ symbol }) => symbol.includes(asTickersAre(typed)));
}
