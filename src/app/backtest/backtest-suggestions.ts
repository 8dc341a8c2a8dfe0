import { asTickersAre } from '#core/ids.ts';
import { AXIS_NAMES, valueOnAxis } from '#core/parameter-axes.ts';

import { watchedSymbols } from '../asked-symbol.ts';
import type { AppContext } from '../context.ts';

interface Suggestion {
  readonly name: string;
  readonly value: string;
}

/** What may follow what is typed: the list so far, with its last word completed. */
export function backtestSuggestions(
  context: Pick<AppContext, 'watchlist' | 'parameters'>,
  option: string,
  typed: string,
): readonly Suggestion[] {
  return option === 'symbols' ? symbols(context, typed) : parameters(context, typed);
}

function symbols(context: Pick<AppContext, 'watchlist'>, typed: string): readonly Suggestion[] {
  const { before, last } = lastWordOf(typed);
  const named = new Set(before.split(/[\s,]+/).map(asTickersAre));
  return watchedSymbols(context, last)
    .filter(({ value }) => !named.has(value))
    .map(({ value }) => ({ name: `${before}${value}`, value: `${before}${value}` }));
}

/** Each figure with the value that trades, which is then to be changed. */
function parameters(
  { parameters: own }: Pick<AppContext, 'parameters'>,
  typed: string,
): readonly Suggestion[] {
  const { before, last } = lastWordOf(typed);
  return AXIS_NAMES.map((name) => `${name}=${String(valueOnAxis(own, name))}`)
    .filter((text) => text.toLowerCase().startsWith(last.toLowerCase()) && text !== last)
    .map((text) => ({ name: `${before}${text}`, value: `${before}${text}` }));
}

/** What is being typed, and what stands before it. */
function lastWordOf(typed: string): { readonly before: string; readonly last: string } {
  const [last = ''] = /[^\s,]*$/.exec(typed) ?? [];
  return { before: typed.slice(0, typed.length - last.length), last };
}
