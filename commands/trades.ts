import { UserError } from '#app/command.ts';
import type { Command } from '#app/command.ts';
import { tradesReport } from '#app/reports/trades.ts';

const FEW = 10;
const MOST = 200;

export default {
  name: 'trades',
  description: 'The last trades, a line each: from what to what, P/L, R, and how they ended',
  role: 'viewer',
  isPrivate: false,
  options: [
    {
      name: 'n',
      description: `How many: ${FEW} unless you say so, at most ${MOST}`,
      type: 'integer',
      required: false,
    },
  ],
  run: async (context, { options: { n = FEW } }) => {
    const newest = Number(n);
    if (!Number.isInteger(newest) || newest < 1 || newest > MOST) {
      throw new UserError(`n is a whole number from 1 to ${MOST}.`);
    }
    return { kind: 'report', report: await tradesReport(context, newest) };
  },
} satisfies Command;
