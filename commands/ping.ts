import type { Command } from '#app/command.ts';
import { ledgerLag } from '#app/reports/health.ts';

export default {
  name: 'ping',
  description: 'Whether the bot hears you, and how quickly',
  role: 'viewer',
  isPrivate: true,
  options: [],
  run: async (context) => ({ kind: 'ping', ledgerMs: await ledgerLag(context) }),
} satisfies Command;
