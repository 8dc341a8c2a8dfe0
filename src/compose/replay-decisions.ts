import { replaySession } from '#app/replay-decisions.ts';
import type { ReplayDifference, ReplayReport } from '#app/replay-decisions.ts';
import { newYorkTime } from '#core/session.ts';

import { readDate, withLedger } from './read-ledger.ts';
import { runTool, takeArgument } from './tool.ts';

/*
 * `npm run replay-decisions -- --date 2025-11-28`: decides a session again from what the ledger has of it,
 * and says whether the intents are the same bytes. The other settings are those of the bot, since they say
 * which ledger it is. Exit code 0: identical; 1: not, or nothing is stored; 2: it was not asked properly.
 */
const USAGE =
  'usage: npm run replay-decisions -- --date YYYY-MM-DD [the arguments that the bot ran with]';

async function main(argv: readonly string[]): Promise<number> {
  const { value, others } = takeArgument(argv, '--date');
  const date = readDate(value, USAGE);
  const report = await withLedger(others, (ledger) => replaySession(ledger, date));
  process.stdout.write(`${linesOf(report).join('\n')}\n`);
  return report.differences.length === 0 && report.cycles > 0 ? 0 : 1;
}

function linesOf(report: ReplayReport): readonly string[] {
  const { date, cycles, decisions, intents, notStored, differences } = report;
  if (cycles === 0) return [`${date}: no cycle is stored; it never ran, or it was pruned`];
  const verdict = differences.length === 0 ? 'identical' : `${differences.length} DIFFERENCES`;
  const missing = notStored === 0 ? '' : ` (${notStored} further cycles are not stored)`;
  return [
    `${cycles} cycles, ${decisions} decisions, ${intents} intents: ${verdict}${missing}`,
    ...differences.flatMap(describe),
  ];
}

function describe({ barEnd, symbol, what, stored, replayed }: ReplayDifference): readonly string[] {
  const where = `${newYorkTime(barEnd)} ${symbol ?? 'cycle'}: ${what}`;
  if (what === 'cycle') return [`${where} cannot be rebuilt, since a part of it is missing`];
  return [`${where} differs`, `  stored   ${stored}`, `  replayed ${replayed}`];
}

await runTool(main, USAGE);
