import { backtestSuggestions } from '../backtest/backtest-suggestions.ts';
import type { AppContext } from '../context.ts';
import { USUAL_WORDS } from './asked-study.ts';

/** Examples of each option's words, the usual ones first. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  grid: [USUAL_WORDS.grid, 'stop=2,2.5,3 target=3.5,4,4.5,5', 'stop=1.5..3.5:0.5 target=3..6:0.5'],
  search: [USUAL_WORDS.search, 'random:50', 'halving:50'],
  objective: [
    USUAL_WORDS.objective,
    'calmar',
    'profitFactor',
    'expectancyR',
    'weighted:sharpe=0.5,calmar=0.5',
  ],
  windows: [USUAL_WORDS.windows, 'rolling:120:40', 'anchored:120:40'],
};

/** What may follow what is typed. */
export function studySuggestions(
  context: Pick<AppContext, 'watchlist' | 'parameters'>,
  option: string,
  typed: string,
): readonly { readonly name: string; readonly value: string }[] {
  if (option === 'symbols') return backtestSuggestions(context, option, typed);
  return (WORDS[option] ?? [])
    .filter((words) => words.toLowerCase().startsWith(typed.trim().toLowerCase()))
    .map((words) => ({ name: words, value: words }));
}
