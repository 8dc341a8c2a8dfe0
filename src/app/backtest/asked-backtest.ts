import type { Ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { addDays, asSessionDate, newYorkDate } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { BacktestRequest } from '#ports/backtests.ts';

import { askedSymbol } from '../asked-symbol.ts';
import { UserError } from '../command.ts';
import type { CommandCall } from '../command.ts';
import type { AppContext } from '../context.ts';

const MOST_SYMBOLS = 25;
const MOST_YEARS = 5;
const YEAR_DAYS = 365.25;
/** Sessions that are tested unless somebody names the dates. */
const USUAL_SESSIONS = 60;
/** Calendar days that have so many sessions in them, whatever the holidays. */
const USUAL_DAYS = 100;

type Options = CommandCall['options'];

/**
 * What a person asks to have tested.
 *
 * @throws UserError with what is wrong, and what is allowed.
 */
export async function askedBacktest(
  context: AppContext,
  options: Options,
): Promise<BacktestRequest> {
  const symbols = symbolsOf(context, options['symbols']);
  const changes = changesOf(context, options['params']);
  const { from, to } = await spanOf(context, {
    from: dateOf('from', options['from']),
    to: dateOf('to', options['to']),
  });
  return { symbols, from, to, changes };
}

function symbolsOf({ watchlist }: AppContext, option: unknown): readonly Ticker[] {
  const named = wordsOf(option, ',').map(askedSymbol);
  const symbols = [...new Set(named.length === 0 ? watchlist : named)];
  if (symbols.length <= MOST_SYMBOLS) return symbols;
  const what =
    named.length === 0
      ? `The watchlist has ${symbols.length} symbols`
      : `These are ${symbols.length} symbols`;
  throw new UserError(`${what}; a backtest takes at most ${MOST_SYMBOLS}: name fewer in symbols.`);
}

const wordsOf = (option: unknown, separator: string | RegExp): readonly string[] =>
  typeof option !== 'string'
    ? []
    : option
        .split(separator)
        .map((word) => word.trim())
        .filter((word) => word !== '');

/** What differs from the defaults once the figures that trade are changed as somebody wishes. */
function changesOf(context: AppContext, option: unknown): Partial<StrategyParameters> {
  const given = wordsOf(option, /[\s,]+/).map((word) => {
    const [name = '', value = '', ...rest] = word.split('=');
    if (name === '' || value === '' || rest.length > 0) {
      throw new UserError(
        `params: “${word}” is not of the form name=value; write stopAtrs=2 emaFast=8, for example.`,
      );
    }
    return [name, value] as const;
  });
  const read = context.readRules(given, context.parameters);
  if (!read.ok) throw new UserError(`params: ${read.why}`);
  const changed = Object.entries(read.parameters).filter(
    ([name, value]) => DEFAULT_PARAMETERS[name as keyof StrategyParameters] !== value,
  );
  return Object.fromEntries(changed);
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

interface Wish {
  readonly from: SessionDate | null;
  readonly to: SessionDate | null;
}

async function spanOf(
  context: AppContext,
  wish: Wish,
): Promise<{ readonly from: SessionDate; readonly to: SessionDate }> {
  const last = wish.to ?? (await lastOver(context));
  const [usual] = (await sessionsOver(context, addDays(last, -USUAL_DAYS), last)).slice(
    -USUAL_SESSIONS,
  );
  const first = wish.from ?? usual;
  if (first === undefined) throw new UserError(`There is no session up to ${last}.`);
  if (first > last) {
    throw new UserError(`from ${first} is later than to ${last}: exchange them.`);
  }
  if (first < addDays(last, -Math.ceil(MOST_YEARS * YEAR_DAYS))) {
    throw new UserError(
      `From ${first} to ${last} is longer than the ${MOST_YEARS} years that a backtest may span: name a later from.`,
    );
  }
  const over = wish.to === null ? last : await lastOver(context);
  if (last > over) {
    throw new UserError(`to ${last} is not over yet: the last session that is over is ${over}.`);
  }
  if ((await sessionsOver(context, first, last)).length === 0) {
    throw new UserError(`From ${first} to ${last} there is no session: the exchange was closed.`);
  }
  return { from: first, to: last };
}

/** Holidays in a row leave no more days without a session. */
const LONGEST_CLOSURE_DAYS = 14;

async function lastOver(context: AppContext): Promise<SessionDate> {
  const today = newYorkDate(context.clock.now());
  const last = (await sessionsOver(context, addDays(today, -LONGEST_CLOSURE_DAYS), today)).at(-1);
  if (last === undefined) throw new UserError('No session is over yet that could be tested.');
  return last;
}

/** Dates of the sessions that are over, from one to the other. */
async function sessionsOver(
  { broker, clock }: AppContext,
  from: SessionDate,
  to: SessionDate,
): Promise<readonly SessionDate[]> {
  const sessions = await broker.calendar(from, to);
  return sessions.filter(({ close }) => close <= clock.now()).map(({ date }) => date);
}
