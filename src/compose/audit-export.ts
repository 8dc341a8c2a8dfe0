import { createWriteStream, existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { auditCsv } from '#app/reports/audit.ts';

import { checkOutputs } from './output-files.ts';
import { withLedger } from './read-ledger.ts';
import { runTool, takeArgument, UsageError } from './tool.ts';

/*
 * `npm run audit:export -- --out audit.csv`: the whole audit log as CSV after RFC 4180, the oldest row
 * first. A file that is there already is left alone. The other arguments are those of the bot.
 */
const USAGE = 'usage: npm run audit:export -- --out FILE [the arguments that the bot ran with]';

await runTool(async (argv) => {
  const { value: file, others } = takeArgument(argv, '--out');
  if (file === null || file === '') {
    throw new UsageError(`--out: is missing; write --out FILE\n${USAGE}`);
  }
  checkOutputs(file);
  if (existsSync(file)) {
    throw new Error(`${file} is there already and is left alone: name another file`);
  }
  await withLedger(others, (ledger) =>
    pipeline(Readable.from(auditCsv(ledger)), createWriteStream(file, { flags: 'wx' })),
  );
  process.stdout.write(`the audit log is in ${file}\n`);
  return 0;
}, USAGE);
