import { describe, expect, it } from 'vitest';

import { auditCsv } from '#app/reports/audit.ts';
import { csvLine } from '#app/reports/csv.ts';
import type { AuditRow } from '#ports/audit-log.ts';

describe('a line of CSV', () => {
  it.each([
    ['nothing', ['']],
    ['a word', ['a b']],
  ])('leaves %s as it is', (_title, cells) => {
    expect(csvLine(cells)).toBe(`${cells.join(',')}\r\n`);
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote, which is doubled', 'say "no"', '"say ""no"""'],
    ['a line feed', 'a\nb', '"a\nb"'],
    ['a carriage return', 'a\rb', '"a\rb"'],
  ])('quotes %s', (_title, cell, written) => {
    expect(csvLine([cell, 'x'])).toBe(`${written},x\r\n`);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '  =1', '\n=1', '\rX', '\tX'])(
    'keeps %j from being run as a formula',
    (cell) => {
      expect(csvLine([cell]).replace(/^"/, '')).toMatch(/^'/);
    },
  );
});

const row = (sequence: number, changes: Partial<AuditRow> = {}): AuditRow => ({
  sequence,
  at: Date.UTC(2025, 10, 25, 14, 30),
  actor: '42',
  action: 'halt',
  outcome: 'done',
  details: { name: 'Ada', reason: '=HYPERLINK("x")' },
  hash: 'ff',
  ...changes,
});

/** A log of so many rows. */
const logOf = (all: readonly AuditRow[]) => ({
  auditRowsAfter: async (after: number, limit: number) =>
    all.filter(({ sequence }) => sequence > after).slice(0, limit),
});

const written = async (rows: readonly AuditRow[]): Promise<string> => {
  const parts: string[] = [];
  for await (const part of auditCsv(logOf(rows))) parts.push(part);
  return parts.join('');
};

describe('the audit log as CSV', () => {
  it('has a head, and the details as JSON', async () => {
    expect(await written([row(1)])).toBe(
      'sequence,at,actor,name,action,outcome,details,hash\r\n' +
        '1,2025-11-25T14:30:00.000Z,42,Ada,halt,done,"{""name"":""Ada"",""reason"":""=HYPERLINK(\\""x\\"")""}",ff\r\n',
    );
  });

  it('has every row once, however many there are', async () => {
    const rows = Array.from({ length: 2_500 }, (_, n) => row(n + 1, { details: {} }));
    const lines = (await written(rows)).split('\r\n');
    expect(lines).toHaveLength(2_502);
    expect(lines.slice(1, -1).map((line) => Number(line.split(',')[0]))).toEqual(
      rows.map(({ sequence }) => sequence),
    );
  });

  it('makes no formula of a name', async () => {
    expect(await written([row(1, { details: { name: '=1' } })])).toContain(",'=1,halt");
  });
});
