import type { Command } from '#app/command.ts';
import { healthReport } from '#app/reports/health.ts';

export default {
  name: 'health',
  description: 'How quickly each part answers, the last errors, and the versions',
  role: 'viewer',
  isPrivate: false,
  isRefreshable: true,
  options: [],
  run: async (context) => ({ kind: 'report', report: await healthReport(context) }),
} satisfies Command;
