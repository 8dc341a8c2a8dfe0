import type { Ticker } from '#core/ids.ts';
import { addDays, asSessionDate, newYorkDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';

import { askedSymbol } from './asked-symbol.ts';
import { UserError } from './command.ts';
import type { CommandCall } from './command.ts';
import type { AppContext } from './context.ts';
import { refuseUnknown } from './known-symbols.ts';

const MOST_SYMBOLS = 25;
const MOST_YEARS = 5;
const YEAR_DAYS = 365.25;

type Options = CommandCall['options'];

/** Something that is done with the past. */
export interface PastTask {
  /** As in "a backtest takes at most 25". */
  readonly name: string;
  /** Unless somebody names the first date: the last so many sessions of so many calendar days, or all of them. */
  readonly usual: { readonly days: number; readonly sessions: number | null };
  /** Whether a sandbox does it with its made-up market alone, whatever bars are kept. */
  readonly isOfMarket: boolean;
}

/** The words of an option, with commas or spaces between. */
export const wordsOf = (option: unknown): readonly string[] =>
  typeof option === 'string' ? option.split(/[\s,]+/).filter((word) => word !== '') : [];

/** The symbols that a person names, or the watchlist. Throws UserError, also of one that nobody knows. */
export async function askedSymbols(
  context: Parameters<typeof refuseUnknown>[0],
  option: unknown,
  task: Pick<PastTask, 'name' | 'isOfMarket'>,
): Promise<readonly Ticker[]> {
  const named = wordsOf(option).map(askedSymbol);
  const symbols = [...new Set(named.length === 0 ? context.watchlist : named)];
  if (symbols.length > MOST_SYMBOLS) {
    const what =
      named.length === 0
        ? `The watchlist has ${symbols.length} symbols`
        : `These are ${symbols.length} symbols`;
    throw new UserError(
      `${what}; a ${task.name} takes at most ${MOST_SYMBOLS}: name fewer in symbols.`,
    );
  }
  await refuseUnknown(context, symbols, task);
  return symbols;
}

function dateOf(name: string, option: Options[string] | undefined): SessionDate | null {
  if (option === undefined) return null;
  const text = String(option).trim();
  try {
    return asSessionDate(text);
  } catch {
    throw new UserError(`${name}: “${text}” is no date; write one like 2025-01-31.`);
  }
}

/** Sessions that are over. */
export interface AskedSpan {
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** Of all from the one to the other, oldest first; at least one. */
  readonly dates: readonly SessionDate[];
}

/**
 * The dates `from` and `to` of a person's options, or what is usual.
 *
 * @throws UserError with what is wrong, and what is allowed.
 */
export async function askedSpan(
  context: Pick<AppContext, 'broker' | 'clock'>,
  options: Options,
  { name, usual }: PastTask,
): Promise<AskedSpan> {
  const [wishFrom, wishTo] = [dateOf('from', options['from']), dateOf('to', options['to'])];
  const over = await lastOver(context);
  const last = wishTo ?? over;
  if (last > over) {
    throw new UserError(`to ${last} is not over yet: the last session that is over is ${over}.`);
  }
  if (wishFrom === null) return usualSpan(context, last, usual);
  if (wishFrom > last) {
    throw new UserError(
      wishTo === null
        ? `from ${wishFrom} is not over yet: the last session that is over is ${over}.`
        : `from ${wishFrom} is later than to ${last}: exchange them.`,
    );
  }
  if (wishFrom < addDays(last, -Math.ceil(MOST_YEARS * YEAR_DAYS))) {
    throw new UserError(
      `From ${wishFrom} to ${last} is longer than the ${MOST_YEARS} years that a ${name} may span: name a later from.`,
    );
  }
  const dates = await sessionsOver(context, wishFrom, last);
  if (dates.length === 0) {
    throw new UserError(
      `From ${wishFrom} to ${last} there is no session: the exchange was closed.`,
    );
  }
  return { from: wishFrom, to: last, dates };
}

/** Up to the last day. */
async function usualSpan(
  context: Pick<AppContext, 'broker' | 'clock'>,
  last: SessionDate,
  { days, sessions }: PastTask['usual'],
): Promise<AskedSpan> {
  const before = await sessionsOver(context, addDays(last, -days), last);
  const dates = before.slice(-(sessions ?? before.length));
  const [first] = dates;
  if (first === undefined) throw new UserError(`There is no session up to ${last}.`);
  return { from: first, to: last, dates };
}

/** Holidays in a row leave no more days without a session. */
const LONGEST_CLOSURE_DAYS = 14;

async function lastOver(context: Pick<AppContext, 'broker' | 'clock'>): Promise<SessionDate> {
  const today = newYorkDate(context.clock.now());
  const last = (await sessionsOver(context, addDays(today, -LONGEST_CLOSURE_DAYS), today)).at(-1);
  if (last === undefined) throw new UserError('No session is over yet that could be played.');
  return last;
}

/** Dates of the sessions that are over, from one to the other. */
async function sessionsOver(
  { broker, clock }: Pick<AppContext, 'broker' | 'clock'>,
  from: SessionDate,
  to: SessionDate,
): Promise<readonly SessionDate[]> {
  const sessions = await broker.calendar(from, to);
  return sessions.filter(({ close }) => close <= clock.now()).map(({ date }) => date);
}
