import type { Command } from '#app/command.ts';
import { orBrokerAway } from '#app/reports/broker-away.ts';
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
    const told = await orBrokerAway(context, () =>
      Promise.all([statusReport(context), connectionsReport(context)]),
    );
    if ('kind' in told) return { kind: 'report', report: told };
    const [report, connections] = told;
    return { kind: 'status', report, connections, layout: table === true ? 'table' : 'list' };
  },
} satisfies Command;
