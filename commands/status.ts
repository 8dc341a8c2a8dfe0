import type { Command } from '#app/command.ts';
import { statusReport } from '#app/reports/status.ts';

export default {
  name: 'status',
  description: 'Mode, control state, session, equity, day P/L, open positions and their protection',
  role: 'viewer',
  isPrivate: false,
  isRefreshable: true,
  options: [],
  run: async (context) => ({ kind: 'status', report: await statusReport(context) }),
} satisfies Command;
