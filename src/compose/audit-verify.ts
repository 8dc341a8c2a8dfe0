import { toIso } from '#core/session.ts';

import { withLedger } from './read-ledger.ts';
import { runTool } from './tool.ts';

/*
 * `npm run audit:verify`: checks that every row of the audit log follows from the one before it. The
 * arguments are those of the bot, since they say which ledger it is. Exit code 0: every row does; 1: one
 * does not, and is named; 2: it was not asked properly. Whoever could write into the database could have
 * taken away the newest rows: the count and the last hash are there to be compared with those of before.
 */
const USAGE = 'usage: npm run audit:verify [-- the arguments that the bot ran with]';

await runTool(
  (argv) =>
    withLedger(argv, async (ledger) => {
      const verdict = await ledger.verifyAudit();
      const isSound = verdict.kind === 'sound';
      const line = isSound
        ? `audit log: ${verdict.rows} rows, every one follows from the one before it; last hash ${verdict.lastHash ?? 'none'}`
        : `audit log BROKEN at row #${verdict.at.sequence} (${toIso(verdict.at.at)} ${verdict.at.actor} ${verdict.at.action}): ` +
          'it, or a row before it, is not what was written';
      process.stdout.write(`${line}\n`);
      return isSound ? 0 : 1;
    }),
  USAGE,
);
