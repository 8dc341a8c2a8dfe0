import { UserError } from '#app/command.ts';
import type { Command } from '#app/command.ts';
import { performance, PERIODS } from '#app/reports/performance.ts';
import { GROUPINGS } from '#core/performance-groups.ts';

const choices = (values: readonly string[]) => values.map((value) => ({ name: value, value }));

export default {
  name: 'performance',
  description: 'How the strategy has done against its targets, with a chart, and by what you like',
  role: 'viewer',
  isPrivate: false,
  options: [
    {
      name: 'period',
      description: 'How far back; all unless you say so',
      type: 'string',
      required: false,
      choices: choices(PERIODS),
    },
    {
      name: 'by',
      description: 'Told apart by symbol, reason of the exit, or hour of the entry',
      type: 'string',
      required: false,
      choices: choices(GROUPINGS),
    },
  ],
  run: async (context, { options }) => {
    const { period = 'all', by } = options;
    const asked = {
      period: PERIODS.find((one) => one === period),
      by: by === undefined ? null : GROUPINGS.find((one) => one === by),
    };
    if (asked.period === undefined) throw new UserError(`period is one of: ${PERIODS.join(', ')}.`);
    if (asked.by === undefined) throw new UserError(`by is one of: ${GROUPINGS.join(', ')}.`);
    const { report, chart } = await performance(context, { period: asked.period, by: asked.by });
    return { kind: 'chart', report, chart };
  },
} satisfies Command;
