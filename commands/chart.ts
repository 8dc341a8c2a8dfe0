import { askedSymbol, SYMBOL_OPTION, watchedSymbols } from '#app/asked-symbol.ts';
import type { Command } from '#app/command.ts';
import { symbolChart } from '#app/reports/symbol-chart.ts';

export default {
  name: 'chart',
  description: 'The session of a stock in bars, with its averages and the bot’s trade in it',
  role: 'viewer',
  isPrivate: false,
  options: [SYMBOL_OPTION],
  run: async (context, { options: { symbol } }) => {
    const { report, chart } = await symbolChart(context, askedSymbol(symbol));
    return { kind: 'chart', report, chart };
  },
  complete: async (context, _option, typed) => watchedSymbols(context, typed),
} satisfies Command;
