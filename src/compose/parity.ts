import { writeFile } from 'node:fs/promises';

import { deedLine, differenceLine, parityLine } from '#adapters/discord/cards/parity-words.ts';
import { count } from '#core/number-words.ts';
import { addDays, newYorkTime, startOfDay } from '#core/session.ts';
import type { SessionDate } from '#core/session.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { ParityReport } from '#ports/parity.ts';

import { openHistory } from './history.ts';
import { checkOutputs } from './output-files.ts';
import { createParity } from './parity-port.ts';
import { readDate, withLedger } from './read-ledger.ts';
import type { ToolSurroundings } from './read-ledger.ts';
import { runTool, takeArgument, UsageError } from './tool.ts';

/*
 * `npm run parity -- --date 2025-11-28`: plays a recorded session again through the backtest and says where the
 * bot did something else. The other settings are those of the bot, since they say which ledger and which bars
 * they are. Exit code 0: nothing differs; 1: something does; 2: nothing is recorded, or it was not asked
 * properly.
 */
const USAGE =
  'usage: npm run parity -- --date YYYY-MM-DD [--json OUT] [the arguments that the bot ran with]';

async function main(argv: readonly string[]): Promise<number> {
  const { value: day, others } = takeArgument(argv, '--date');
  const { value: file, others: settings } = takeArgument(others, '--json');
  const date = readDate(day, USAGE);
  const isFileMissing = file === null && settings.length < others.length;
  if (isFileMissing) throw new UsageError(`--json: has no value; write --json FILE\n${USAGE}`);
  checkOutputs(file);
  const report = await withLedger(settings, (ledger, surroundings) =>
    compare(ledger, surroundings, date),
  );
  if (file !== null) await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${linesOf(report).join('\n')}\n`);
  return report.differences.length === 0 ? 0 : 1;
}

async function compare(
  ledger: Ledger,
  surroundings: ToolSurroundings,
  date: SessionDate,
): Promise<ParityReport> {
  const { mode } = surroundings.config;
  // Without a record nothing needs the bars.
  const isRecorded = (await ledger.storedCycles(date)).length > 0;
  const report = isRecorded
    ? await createParity({
        mode,
        ledger,
        ...(await openHistory(surroundings, startOfDay(addDays(date, 1)))),
      }).of(date)
    : null;
  if (report !== null) return report;
  throw new UsageError(`${date}: no cycle is recorded; it never ran, or it was pruned`);
}

function linesOf(report: ParityReport): readonly string[] {
  const { date, differences, byHand, barsWithoutCycle } = report;
  const verdict = differences.length === 0 ? 'as tested' : count(differences.length, 'difference');
  return [
    `${date}: ${verdict}: ${parityLine(report)}`,
    ...(barsWithoutCycle > 0 ? [`no cycle is recorded at ${count(barsWithoutCycle, 'bar')}`] : []),
    ...differences.map((difference) => `  ${differenceLine(difference, newYorkTime)}`),
    ...byHand.map((deed) => `  by hand: ${deedLine(deed, newYorkTime)}`),
  ];
}

await runTool(main, USAGE);
