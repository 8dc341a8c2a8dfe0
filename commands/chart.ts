import { askedSymbol } from '#app/asked-symbol.ts';
import type { Command } from '#app/command.ts';
import { watchedSymbols } from '#app/reports/candles.ts';
import { symbolChart } from '#app/reports/symbol-chart.ts';

export default {
  name: 'chart',
  description: 'The session of a stock in bars, with its averages and the bot’s trade in it',
  role: 'viewer',
  isPrivate: false,
  options: [
    {
      name: 'symbol',
      description: 'The stock, like AAPL',
      type: 'string',
      required: true,
      autocomplete: true,
    },
  ],
  run: async (context, { options: { symbol } }) => {
    const { report, chart } = await symbolChart(context, askedSymbol(symbol));
    return { kind: 'chart', report, chart };
  },
  complete: async (context, _option, typed) => watchedSymbols(context, typed),
} satisfies Command;
