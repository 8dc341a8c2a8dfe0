import type { Command } from '#app/command.ts';
import { connectionsReport } from '#app/reports/health.ts';
import { statusReport } from '#app/reports/status.ts';

export default {
  name: 'status',
  description: 'Mode, control state, session, equity, day P/L, open positions and their protection',
  role: 'viewer',
  isPrivate: false,
  isRefreshable: true,
  options: [
    {
      name: 'table',
      description: 'The positions in one table, for a small screen or many of them',
      type: 'boolean',
      required: false,
    },
  ],
  run: async (context, { options: { table } }) => {
    const [report, connections] = await Promise.all([
      statusReport(context),
      connectionsReport(context),
    ]);
    return { kind: 'status', report, connections, layout: table === true ? 'table' : 'list' };
  },
} satisfies Command;
