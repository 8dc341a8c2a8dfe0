import { readFileSync, readdirSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkBarFile } from '#core/bar-file/check-bar-file.ts';
import type { BarFileCheck } from '#core/bar-file/check-bar-file.ts';
import { barAt } from '#core/bars.ts';
import { MINUTE_MS, asSessionDate, startOfDay } from '#core/session.ts';
import type { Span } from '#core/span.ts';
import { barStarts, csv, row, stamp } from '#test/support/bar-files.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

const BAR_MS = 5 * MINUTE_MS;
const FILE = 'AAPL_5min.csv';
/** Five sessions, the last one but one a half-day; line 2 is the first bar. */
const STARTS = barStarts('2025-11-24', '2025-12-01');
const CLEAN: readonly string[] = STARTS.map((start, index) => row(start, 100 + (index % 7)));
const lineFor = (index: number) => index + 2;

const check = (rows: readonly string[], repair = false, needed?: Span): BarFileCheck =>
  checkBarFile(Buffer.from(csv(...rows)), {
    file: FILE,
    barMinutes: 5,
    repair,
    ...(needed === undefined ? {} : { needed }),
  });

const replaced = (index: number, change: (line: string) => string): readonly string[] =>
  CLEAN.with(index, change(CLEAN[index] ?? ''));

const cell = (position: number, value: string) => (line: string) =>
  line
    .split(',')
    .map((text, index) => (index === position ? value : text))
    .join(',');

const factsOf = ({ defects }: BarFileCheck) =>
  defects.map(({ file, line, code, severity }) => ({ file, line, code, severity }));
const refused = (line: number | null, code: string) => ({
  file: FILE,
  line,
  code,
  severity: 'refused',
});

/** The bars of a split of 4 for 1 in the night before the third session. */
const SPLIT_ROW = 2 * 78;
const UNADJUSTED = CLEAN.map((line, index) => {
  if (index >= SPLIT_ROW) return line;
  const [start = '', ...figures] = line.split(',');
  const prices = figures.slice(0, 4).map((price) => String(Number(price) * 4));
  return [start, ...prices, '250'].join(',');
});

describe('the check of a bar file', () => {
  it('finds nothing in a clean file and gives its bars', () => {
    const { columns, days, defects, repairs } = check(CLEAN);
    expect({ defects, repairs }).toEqual({ defects: [], repairs: [] });
    expect([...columns.start]).toEqual(STARTS);
    expect(days.map(({ session }) => session.date)).toEqual([
      '2025-11-24',
      '2025-11-25',
      '2025-11-26',
      '2025-11-28',
      '2025-12-01',
    ]);
  });

  it.each([
    ['an unreadable line', replaced(9, () => 'x'), [refused(lineFor(9), 'unreadable')]],
    [
      'two unreadable lines, each',
      replaced(9, () => '').with(11, '2025-11-24T15:25:00Z,1,2,3'),
      [refused(lineFor(9), 'unreadable'), refused(lineFor(11), 'unreadable')],
    ],
    [
      'a bar that is there twice',
      CLEAN.toSpliced(9, 0, CLEAN[8] ?? ''),
      [refused(lineFor(9), 'duplicate')],
    ],
    [
      'the same bar again at the end of the file',
      [...CLEAN, CLEAN[3] ?? ''],
      [refused(lineFor(CLEAN.length), 'unsorted'), refused(lineFor(CLEAN.length), 'duplicate')],
    ],
    [
      'two rows in the wrong order',
      CLEAN.with(9, CLEAN[10] ?? '').with(10, CLEAN[9] ?? ''),
      [refused(lineFor(10), 'unsorted')],
    ],
    ['a high below the low', replaced(9, cell(2, '90')), [refused(lineFor(9), 'impossible-bar')]],
    ['a low above the open', replaced(9, cell(3, '109')), [refused(lineFor(9), 'impossible-bar')]],
    ['a price of zero', replaced(9, cell(1, '0')), [refused(lineFor(9), 'impossible-bar')]],
    ['a hole of 35 minutes', CLEAN.toSpliced(90, 7), [refused(lineFor(90), 'missing-bars')]],
    ['a session without bars', CLEAN.toSpliced(78, 78), [refused(lineFor(78), 'missing-sessions')]],
    ['a split that is not adjusted', UNADJUSTED, [refused(lineFor(SPLIT_ROW), 'unadjusted-split')]],
    ['a whole file without volume', CLEAN.map(cell(5, '0')), [refused(null, 'no-volume')]],
    [
      'many bars without volume',
      CLEAN.map((line, index) => (index % 10 === 4 ? cell(5, '0')(line) : line)),
      [refused(lineFor(4), 'zero-volume')],
    ],
  ])('refuses %s, with file and line', (_, rows, facts) => {
    const found = factsOf(check(rows)).filter(({ severity }) => severity === 'refused');
    expect(found).toEqual(facts);
  });

  it.each([
    ['one bar without volume', replaced(9, cell(5, '0')), 'zero-volume', lineFor(9)],
    ['one missing bar', CLEAN.toSpliced(90, 1), 'missing-bars', lineFor(90)],
    ['a hole of half an hour', CLEAN.toSpliced(90, 6), 'missing-bars', lineFor(90)],
    ['a missing last bar of a session', CLEAN.toSpliced(77, 1), 'missing-bars', lineFor(76)],
  ])('notes %s', (_, rows, code, line) => {
    expect(factsOf(check(rows))).toEqual([{ file: FILE, line, code, severity: 'noted' }]);
  });

  it('notes once how much a seldom traded stock lacks', () => {
    const rows = CLEAN.filter((_, index) => index % 3 !== 1);
    const missing = CLEAN.length - rows.length;
    expect(check(rows).defects).toMatchObject([
      { severity: 'noted', code: 'missing-bars', bars: missing, sessions: 5, longestMinutes: 5 },
    ]);
  });

  it('lets a file begin and end within a session', () => {
    expect(check(CLEAN.slice(20, -20)).defects).toEqual([]);
  });

  it('tells the numbers of a split', () => {
    expect(check(UNADJUSTED).defects).toMatchObject([
      { ratio: { to: 4, from: 1 }, date: '2025-11-26', closeBefore: 406, open: 102 },
    ]);
  });

  it('takes a crash for a crash: shares change hands as on no usual day', () => {
    const crash = UNADJUSTED.map((line, index) =>
      cell(5, index >= SPLIT_ROW ? '9000' : '1000')(line),
    );
    expect(check(crash).defects).toEqual([]);
  });

  it('gives up on a file of another kind after its first lines', () => {
    const rows = CLEAN.map((line) => line.replace('Z', ''));
    const ofLines = factsOf(check(rows)).filter(({ code }) => code === 'unreadable');
    expect(ofLines).toEqual([refused(2, 'unreadable')]);
  });
});

describe('the repair of a bar file', () => {
  const repairOf = (rows: readonly string[]) => {
    const { columns, defects, repairs } = check(rows, true);
    const done = repairs.map(({ file, code, line }) => ({ file, code, line }));
    return { columns, defects, done };
  };
  const clean = check(CLEAN).columns;
  it.each([
    ['sorts', CLEAN.with(9, CLEAN[10] ?? '').with(10, CLEAN[9] ?? ''), 'sorted', lineFor(10)],
    ['sorts a reversed file', CLEAN.toReversed(), 'sorted', 3],
    [
      'leaves a second bar out and keeps the first',
      CLEAN.toSpliced(9, 0, cell(4, '100.25')(CLEAN[8] ?? '')),
      'dropped-duplicate',
      lineFor(9),
    ],
    [
      'swaps high and low',
      replaced(7, cell(2, '99')).with(7, cell(3, '101')(cell(2, '99')(CLEAN[7] ?? ''))),
      'enclosed',
      lineFor(7),
    ],
  ])('%s, and says so', (_, rows, code, line) => {
    const { columns, defects, done } = repairOf(rows);
    expect(done).toEqual([{ file: FILE, code, line }]);
    expect(defects).toEqual([]);
    expect(columns).toEqual(clean);
  });

  it.each([
    ['a line that cannot be read', replaced(9, () => 'x'), 'dropped-unreadable'],
    ['a bar without volume', replaced(9, cell(5, '0')), 'dropped-zero-volume'],
    ['a bar without an open', replaced(9, cell(1, '0')), 'dropped-impossible'],
  ])('leaves out %s', (_, rows, code) => {
    const { columns, done, defects } = repairOf(rows);
    expect(done).toEqual([{ file: FILE, code, line: lineFor(9) }]);
    expect([...columns.start]).toEqual(STARTS.toSpliced(9, 1));
    expect(defects).toMatchObject([{ code: 'missing-bars', severity: 'noted' }]);
  });

  it('makes no spike of a wrong high', () => {
    const { columns, done } = repairOf(replaced(7, cell(2, '1')));
    expect(done).toEqual([{ file: FILE, code: 'enclosed', line: lineFor(7) }]);
    expect(barAt(columns, 7)).toMatchObject({ open: 100, high: 100.5, low: 99, close: 100.5 });
  });

  it('adjusts the bars before a split', () => {
    const { columns, done } = repairOf(UNADJUSTED);
    expect(done).toEqual([{ file: FILE, code: 'adjusted-split', line: lineFor(SPLIT_ROW) }]);
    expect(columns).toEqual(clean);
  });

  it('keeps to the bars of a hole, which nobody can make up', () => {
    const { defects, done } = repairOf(CLEAN.toSpliced(78, 78));
    expect(done).toEqual([]);
    expect(defects).toMatchObject([{ code: 'missing-sessions', severity: 'noted', sessions: 1 }]);
  });

  it.each([
    [
      'another clock',
      CLEAN.map((line, index) => line.replace(/^[^,]*/, stamp((STARTS[index] ?? 0) - 12 * BAR_MS))),
    ],
    ['another header', [] as readonly string[]],
    ['no volume', CLEAN.map(cell(5, '0'))],
  ])('does not repair %s', (_, rows) => {
    const { repairs, defects } = check(rows, true);
    expect(repairs).toEqual([]);
    expect(defects.some(({ severity }) => severity === 'refused')).toBe(true);
  });

  it('of whatever was repaired makes a file in which nothing more is to be repaired', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(CLEAN.length - 1), { minLength: 1, maxLength: 4 }), (at) => {
        const spoilt = at.reduce<readonly string[]>(
          (rows, index, turn) =>
            [
              rows.with(index, 'spoilt'),
              rows.toSpliced(index, 0, rows[(index * 7) % CLEAN.length] ?? ''),
              rows.with(index, cell(2, '1')(rows[index] ?? '')),
              rows.with(index, cell(5, '0')(rows[index] ?? '')),
            ][(index + turn) % 4] ?? rows,
          CLEAN,
        );
        const { columns } = check(spoilt, true);
        const again = [...columns.start.keys()].map((index) => {
          const { start, ...figures } = barAt(columns, index);
          return [stamp(start), ...Object.values(figures)].join(',');
        });
        expect(check(again).defects.map(({ code }) => code)).toEqual(
          check(again).defects.map(() => 'missing-bars'),
        );
        expect(check(again, true).repairs).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

/** Ways to spoil a clean file at a row, and the line at which it must show. */
const CORRUPTIONS: readonly ((index: number) => readonly [readonly string[], number])[] = [
  (index) => [replaced(index, (line) => line.slice(0, 30)), lineFor(index)],
  (index) => [replaced(index, (line) => line.replace(',', ';')), lineFor(index)],
  (index) => [replaced(index, (line) => line.replace('Z', '')), lineFor(index)],
  (index) => [replaced(index, cell(1, 'n/a')), lineFor(index)],
  (index) => [replaced(index, cell(4, '-5')), lineFor(index)],
  (index) => [replaced(index, cell(2, '1')), lineFor(index)],
  (index) => [replaced(index, cell(3, '1000')), lineFor(index)],
  (index) => [replaced(index, cell(4, '1000')), lineFor(index)],
  (index) => [replaced(index, cell(5, '0')), lineFor(index)],
  (index) => [CLEAN.toSpliced(index, 0, CLEAN[index] ?? ''), lineFor(index + 1)],
  (index) => [
    CLEAN.with(index, CLEAN[index - 1] ?? '').with(index - 1, CLEAN[index] ?? ''),
    lineFor(index),
  ],
  (index) => [replaced(index, cell(0, stamp((STARTS[index] ?? 0) + MINUTE_MS))), lineFor(index)],
  (index) => [replaced(index, cell(0, stamp(Date.parse('2025-11-27T15:00:00Z')))), lineFor(index)],
];

describe('whatever is spoilt in a clean file', () => {
  it('is found at its line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: CLEAN.length - 3 }),
        fc.constantFrom(...CORRUPTIONS),
        (index, corrupt) => {
          const [rows, line] = corrupt(index);
          const lines = check(rows).defects.map((defect) => defect.line);
          expect(lines).toContain(line);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('is found, too, where bars are taken out', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: CLEAN.length - 40 }),
        fc.integer({ min: 1, max: 30 }),
        (from, count) => {
          expect(check(CLEAN.toSpliced(from, count)).defects.length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

/** The half-day alone, and where its rows are. */
const NEEDED = {
  from: startOfDay(asSessionDate('2025-11-28')),
  until: startOfDay(asSessionDate('2025-11-29')),
};
const [FIRST_NEEDED, BEHIND_NEEDED] = [3 * 78, 3 * 78 + 42];
/** More than a hundred bars that follow. */
const LATER = barStarts('2025-12-02', '2025-12-05').map((start) => row(start));
const OFF_GRID = replaced(9, cell(0, stamp((STARTS[9] ?? 0) + MINUTE_MS)));
const MISLAID = replaced(240, cell(0, stamp(Date.parse('2025-11-27T15:00:00Z'))));
const refusedOf = (of: BarFileCheck) =>
  factsOf(of).filter(({ severity }) => severity === 'refused');
/** The last one may move a bar from one side of them to the other. */
const WITHIN_A_SIDE = CORRUPTIONS.slice(0, -1);
const neededOf = ({ columns: { start, close } }: BarFileCheck) =>
  [...start.entries()].flatMap(([index, at]) =>
    at >= NEEDED.from && at < NEEDED.until ? [[at, close[index]]] : [],
  );
const needing = (rows: readonly string[], repair = false) => check(rows, repair, NEEDED);

describe('bars of which only some are needed', () => {
  it('are refused for what is wrong with those, as when all are needed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: FIRST_NEEDED + 1, max: BEHIND_NEEDED - 1 }),
        fc.constantFrom(...WITHIN_A_SIDE),
        (index, corrupt) => {
          const [rows] = corrupt(index);
          expect(refusedOf(needing(rows))).toEqual(refusedOf(check(rows)));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are used, and the same, whatever is wrong with the others', () => {
    const clean = neededOf(needing(CLEAN));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.integer({ min: 2, max: FIRST_NEEDED - 2 }),
          fc.integer({ min: BEHIND_NEEDED + 2, max: CLEAN.length - 3 }),
        ),
        fc.constantFrom(...WITHIN_A_SIDE),
        (index, corrupt) => {
          const found = needing(corrupt(index)[0]);
          expect(found.defects.map(({ severity }) => severity)).toContain('outside');
          expect(refusedOf(found)).toEqual([]);
          expect(neededOf(found)).toEqual(clean);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a hole in an earlier session', CLEAN.toSpliced(90, 7), 'missing-bars'],
    ['an earlier session without bars', CLEAN.toSpliced(78, 78), 'missing-sessions'],
    ['an earlier split', UNADJUSTED, 'unadjusted-split'],
    [
      'many earlier bars without volume',
      CLEAN.map((line, index) => (index % 10 === 4 && index < 200 ? cell(5, '0')(line) : line)),
      'zero-volume',
    ],
    [
      'another clock on an earlier day',
      CLEAN.map((line, index) =>
        index < 78 ? cell(0, stamp((STARTS[index] ?? 0) - 12 * BAR_MS))(line) : line,
      ),
      'other-clock',
    ],
  ])('are used in spite of %s', (_, rows, code) => {
    expect(refusedOf(check(rows)).map((defect) => defect.code)).toContain(code);
    expect(needing(rows).defects).toMatchObject([{ code, severity: 'outside' }]);
  });

  it.each([
    [
      'a hole of sessions that reaches into them',
      CLEAN.toSpliced(2 * 78, 78 + 42),
      ['missing-sessions'],
    ],
    [
      'many bars without volume',
      CLEAN.map((line, index) => (index % 10 === 4 ? cell(5, '0')(line) : line)),
      ['zero-volume'],
    ],
    ['a bar that lies among the earlier ones', MISLAID, ['unsorted']],
    ['a file without any volume', CLEAN.map(cell(5, '0')), ['no-volume']],
  ])('are refused for %s', (_, rows, codes) => {
    expect(refusedOf(needing(rows)).map(({ code }) => code)).toEqual(codes);
  });

  it('are refused for a hole, whatever is wrong with the times of the others', () => {
    const needed = { ...NEEDED, from: startOfDay(asSessionDate('2025-11-25')) };
    const found = check(OFF_GRID.toSpliced(240, 7), false, needed);
    expect(found.defects).toMatchObject([
      { code: 'off-grid', severity: 'outside' },
      { code: 'missing-bars', severity: 'refused' },
    ]);
  });

  it('are used with few of them without volume, however many of the others are', () => {
    const silent = CLEAN.map((line, index) =>
      (index < 200 && index % 10 === 4) || index === 240 ? cell(5, '0')(line) : line,
    );
    const long = [...silent, ...LATER];
    expect(refusedOf(check(long))).toMatchObject([{ code: 'zero-volume' }]);
    const needed = { from: NEEDED.from, until: Number.POSITIVE_INFINITY };
    expect(check(long, false, needed).defects).toMatchObject([{ severity: 'noted' }]);
  });

  it('are repaired as when all are needed', () => {
    const rows = replaced(9, () => 'x').with(240, 'x');
    expect(needing(rows, true).repairs).toEqual(check(rows, true).repairs);
    expect(needing(CLEAN.toSpliced(78, 78), true).defects).toMatchObject([
      { code: 'missing-sessions', severity: 'outside' },
    ]);
  });
});

const checkShared = (folder: string, name: string): BarFileCheck =>
  checkBarFile(readFileSync(sharedPath('data', folder, name)), {
    file: name,
    barMinutes: Number(/_(\d+)min/.exec(name)?.[1]),
    repair: false,
  });

describeWithShared('data/5min', 'real bars', () => {
  it.each(['5min', '5min-older', '15min', '1min', '1min-iex-feed'])('of %s pass', (folder) => {
    const read = readdirSync(sharedPath('data', folder)).map((name) => checkShared(folder, name));
    const defects = read.flatMap((file) => file.defects);
    expect(read.length).toBeGreaterThan(0);
    expect(defects.filter(({ severity }) => severity === 'refused')).toEqual([]);
  });

  it('with a hole of whole sessions are refused at the line behind it', () => {
    const { defects } = checkShared('5min-extended-hours', 'TSLA_5min.csv');
    expect(defects).toMatchObject([
      {
        severity: 'refused',
        code: 'missing-sessions',
        line: 36_851,
        sessions: 5,
        from: '2025-11-13',
        until: '2025-11-19',
      },
    ]);
  });
});

describeWithShared('data/dirty', 'real defective files', () => {
  it.each([
    [
      'AAPL_15min_descending_bar-end-stamps.csv',
      { header: 1, 'no-zone': 2, unsorted: 3, 'other-clock': 781, 'end-stamps': 756 },
    ],
    [
      'SPY_1min_descending_bar-end-stamps.csv',
      {
        header: 1,
        'no-zone': 2,
        unsorted: 3,
        'zero-volume': 1732,
        'other-clock': 1951,
        'end-stamps': 1562,
      },
    ],
    ['SPY_5min_two-feeds-merged.csv', { header: 1, 'no-zone': 2, 'merged-feeds': 6674 }],
    ['SPY_60min_two-column-sets.csv', { header: 1 }],
    ['TPL_1min_close-high-low-open-order.csv', { header: 1 }],
    ['TSLA_5min_clock-mixed.csv', { header: 1, 'no-zone': 2, 'outside-sessions': 782 }],
    [
      'VIX_1min_zero-volume.csv',
      { header: 1, 'no-zone': 2, unsorted: 3, 'no-volume': null, 'end-stamps': 1538 },
    ],
  ])('%s is refused by its defects and their lines', (name, lines) => {
    const { defects } = checkShared('dirty', name);
    expect(Object.fromEntries(defects.map(({ code, line }) => [code, line]))).toEqual(lines);
    expect(defects.every(({ file }) => file === name)).toBe(true);
    expect(defects.some(({ severity }) => severity === 'refused')).toBe(true);
  });
});
