import { askedSymbol } from '#app/asked-symbol.ts';
import type { Command } from '#app/command.ts';
import { watchedSymbols } from '#app/reports/candles.ts';
import { riskReport } from '#app/reports/risk.ts';

export default {
  name: 'risk',
  description:
    'What size, stop and target an entry would have now, and which filters are in its way',
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
  run: async (context, { options: { symbol } }) => ({
    kind: 'report',
    report: await riskReport(context, askedSymbol(symbol)),
  }),
  complete: async (context, _option, typed) => watchedSymbols(context, typed),
} satisfies Command;
