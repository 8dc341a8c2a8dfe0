import type { Command } from '#app/command.ts';
import { configReport } from '#app/reports/config.ts';

export default {
  name: 'config',
  description: 'The settings in force, without what is secret',
  role: 'viewer',
  isPrivate: true,
  options: [],
  run: async (context) => ({ kind: 'report', report: configReport(context) }),
} satisfies Command;
