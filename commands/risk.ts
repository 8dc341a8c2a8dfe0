import { askedSymbol, SYMBOL_OPTION, watchedSymbols } from '#app/asked-symbol.ts';
import type { Command } from '#app/command.ts';
import { riskReport } from '#app/reports/risk.ts';

export default {
  name: 'risk',
  description:
    'What size, stop and target an entry would have now, and which filters are in its way',
  role: 'viewer',
  isPrivate: false,
  options: [SYMBOL_OPTION],
  run: async (context, { options: { symbol } }) => ({
    kind: 'report',
    report: await riskReport(context, askedSymbol(symbol)),
  }),
  complete: async (context, _option, typed) => watchedSymbols(context, typed),
} satisfies Command;
