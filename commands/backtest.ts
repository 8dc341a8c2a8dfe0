import { backtestSuggestions } from '#app/backtest/backtest-suggestions.ts';
import { cancelBacktest } from '#app/backtest/cancel-backtest.ts';
import { backtestShown, requestBacktest } from '#app/backtest/request-backtest.ts';
import type { Command } from '#app/command.ts';

export default {
  name: 'backtest',
  description: 'Play the past with the rules that trade, or with others; the answer follows it',
  role: 'trader',
  isPrivate: false,
  options: [
    {
      name: 'symbols',
      description: 'Like AAPL, MSFT; at most 25. The watchlist unless you say so',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'from',
      description: 'First day, like 2025-01-31; so that it is 60 sessions unless you say so',
      type: 'string',
      required: false,
    },
    {
      name: 'to',
      description: 'Last day; the last session that is over unless you say so',
      type: 'string',
      required: false,
    },
    {
      name: 'params',
      description: 'What is to differ from the rules that trade, like stop=2 emaFast=8',
      type: 'string',
      required: false,
      autocomplete: true,
    },
  ],
  run: requestBacktest,
  shown: async (context, card, message) => {
    if (card.kind === 'backtest') await backtestShown(context, card, message);
  },
  cancel: cancelBacktest,
  complete: async (context, option, typed) => backtestSuggestions(context, option, typed),
} satisfies Command;
