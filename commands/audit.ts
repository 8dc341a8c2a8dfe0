import { askedSymbol, watchedSymbols } from '#app/asked-symbol.ts';
import { UserError } from '#app/command.ts';
import type { Command, CommandCall } from '#app/command.ts';
import { auditCsvHead, auditCsvLine, auditReport } from '#app/reports/audit.ts';

type Options = CommandCall['options'];

const FEW = 20;
const MOST_SHOWN = 500;
/** A file of so many rows stays far below what the chat takes. */
const MOST_IN_FILE = 10_000;

export default {
  name: 'audit',
  description: 'Who did what, and what came of it: rows of the audit log, the newest first',
  role: 'trader',
  isPrivate: false,
  options: [
    {
      name: 'symbol',
      description: 'Only what names this stock',
      type: 'string',
      required: false,
      autocomplete: true,
    },
    {
      name: 'person',
      description: 'Only what this person did: a name or a part of it, or the id',
      type: 'string',
      required: false,
    },
    {
      name: 'n',
      description: `How many rows: ${FEW} unless you say so, at most ${MOST_SHOWN}, in a file ${MOST_IN_FILE}`,
      type: 'integer',
      required: false,
    },
    {
      name: 'csv',
      description: 'As a file for a spreadsheet',
      type: 'boolean',
      required: false,
    },
  ],
  run: async (context, { options }) => {
    const isFile = options['csv'] === true;
    const newest = countOf(options, isFile);
    const report = await auditReport(context, {
      symbol: options['symbol'] === undefined ? null : askedSymbol(options['symbol']),
      person: personOf(options),
      newest,
    });
    if (!isFile) return { kind: 'report', report };
    return {
      kind: 'file',
      name: 'audit.csv',
      text: `${report.rows.length} rows of the audit log, the newest first. The whole log: npm run audit:export.`,
      content: [auditCsvHead, ...report.rows.map(auditCsvLine)].join(''),
    };
  },
  complete: async (context, _option, typed) => watchedSymbols(context, typed),
} satisfies Command;

const personOf = ({ person }: Options): string | null =>
  typeof person === 'string' && person.trim() !== '' ? person.trim() : null;

function countOf({ n }: Options, isFile: boolean): number {
  const most = isFile ? MOST_IN_FILE : MOST_SHOWN;
  const wanted = Number(n ?? (isFile ? most : FEW));
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= most) return wanted;
  throw new UserError(`n is a whole number from 1 to ${most}.`);
}
