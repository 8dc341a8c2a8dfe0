import { describe, expect, it } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { describeNotes, describeRepairs } from '#adapters/bars/describe-defects.ts';
import { readBarFolder } from '#adapters/bars/read-bar-folder.ts';
import type { BarFolderQuery } from '#adapters/bars/read-bar-folder.ts';
import { readBarStore } from '#adapters/bars/read-bar-store.ts';
import { createColumns } from '#core/bar-columns.ts';
import { ticker } from '#core/ids.ts';
import { MINUTE_MS, asSessionDate, newYorkInstant, startOfDay } from '#core/session.ts';
import { barStarts, csv, folderWith, row } from '#test/support/bar-files.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

const AAPL = ticker('AAPL');
const MSFT = ticker('MSFT');
const STARTS = barStarts('2025-11-26', '2025-12-01');
const ROWS = STARTS.map((start) => row(start));
const X_LINE =
  'the timestamp is "x"; it must be the bar\'s start in UTC, like 2025-02-10T14:30:00Z';
const day = (date: string) => startOfDay(asSessionDate(date));

const read = async (folder: string, query: Partial<BarFolderQuery> = {}) => {
  const bars = await readBarFolder(folder, { barMinutes: 5, ...query });
  if (bars.kind !== 'read') throw new Error(bars.lines.join('\n'));
  return bars;
};
const linesOf = async (folder: string, query: Partial<BarFolderQuery> = {}) => {
  const bars = await readBarFolder(folder, { barMinutes: 5, ...query });
  return bars.kind === 'refused' ? bars.lines : [];
};

describe('a folder of bars for a backtest', () => {
  it('gives the bars of sessions only, in memory that threads share', async () => {
    const early = newYorkInstant(asSessionDate('2025-11-28'), '09:25');
    const late = newYorkInstant(asSessionDate('2025-11-28'), '13:00');
    const starts = [...STARTS, early, late].toSorted((left, right) => left - right);
    const folder = folderWith({ 'AAPL_5min.csv': csv(...starts.map((start) => row(start))) });
    const { bars, sessions } = await read(folder);
    expect([...(bars.get(AAPL)?.start ?? [])]).toEqual(STARTS);
    expect(bars.get(AAPL)?.close.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(sessions.map(({ date }) => date)).toEqual(['2025-11-26', '2025-11-28', '2025-12-01']);
  });

  it('gives the bars from a time on and before another', async () => {
    const folder = folderWith({ 'AAPL_5min.csv': csv(...ROWS) });
    const { bars, sessions } = await read(folder, {
      from: day('2025-11-27'),
      until: day('2025-12-01'),
    });
    expect([...(bars.get(AAPL)?.start ?? [])]).toEqual(barStarts('2025-11-28', '2025-11-28'));
    expect(sessions.map(({ date }) => date)).toEqual(['2025-11-28']);
  });

  it('gives the symbols in the order in which they are asked for, and of the alphabet otherwise', async () => {
    const folder = folderWith({ 'MSFT_5min.csv': csv(...ROWS), 'AAPL_5min.csv': csv(...ROWS) });
    const orderOf = async (query: Partial<BarFolderQuery>) => [
      ...(await read(folder, query)).bars.keys(),
    ];
    expect(await orderOf({ symbols: [MSFT, AAPL] })).toEqual([MSFT, AAPL]);
    expect(await orderOf({})).toEqual([AAPL, MSFT]);
  });

  it('refuses bad files, a line a defect, with the cure', async () => {
    const folder = folderWith({
      'AAPL_5min.csv': csv(...ROWS.with(3, 'x').toSpliced(9, 0, ROWS[9] ?? '')),
      'MSFT_5min.csv': csv(...ROWS.toSpliced(20, 10)),
    });
    expect(await linesOf(folder)).toEqual([
      `AAPL_5min.csv: line 5: ${X_LINE}`,
      'AAPL_5min.csv: line 12: 2025-11-26T15:15Z is there twice (also in line 11), perhaps from two feeds; keep one row for each bar',
      'MSFT_5min.csv: line 22: 10 bars are missing on 2025-11-26, the longest hole 50 minutes; export the session again',
      'correct the files, or add --repair to have the holes used as they are, and all else put right and listed',
    ]);
  });

  it.each([
    ['x', ROWS.with(3, 'x'), 'all of this put right and listed'],
    ['a hole', ROWS.toSpliced(20, 10), 'the holes used as they are'],
  ])('promises of a repair no more than it does, of %s', async (_, rows, promise) => {
    const lines = await linesOf(folderWith({ 'AAPL_5min.csv': csv(...rows) }));
    expect(lines.at(-1)).toBe(`correct the files, or add --repair to have ${promise}`);
  });

  it('notes what is wrong outside the time that is asked for, a line a file, and reads the rest', async () => {
    const rows = ROWS.with(3, 'x').toSpliced(9, 0, ROWS[9] ?? '');
    const folder = folderWith({
      'AAPL_5min.csv': csv(...rows),
      'MSFT_5min.csv': csv(...ROWS.toSpliced(20, 10)),
    });
    const { bars, defects } = await read(folder, { from: day('2025-11-28') });
    expect([...(bars.get(AAPL)?.start ?? [])]).toEqual(barStarts('2025-11-28', '2025-12-01'));
    expect(describeNotes(defects)).toEqual([
      `AAPL_5min.csv: outside the dates that are needed, line 5: ${X_LINE} (and 2 defects more there)`,
      'MSFT_5min.csv: outside the dates that are needed, line 22: 10 bars are missing on 2025-11-26, the longest hole 50 minutes; export the session again',
    ]);
  });

  it('counts what is of the same kind, and offers no repair that is none', async () => {
    const folder = folderWith({
      'AAPL_5min.csv': csv(
        ...ROWS.map((line, index) => (index < 9 ? 'x' : `${line.slice(0, -4)}0`)),
      ),
    });
    const lines = await linesOf(folder);
    expect(lines.slice(4)).toEqual([
      `AAPL_5min.csv: line 6: ${X_LINE}`,
      'AAPL_5min.csv: and 4 more like it, the last in line 10',
      'AAPL_5min.csv: the volume is 0 in every row; relative volume and VWAP need it: use a feed that has volume',
    ]);
    expect(lines.some((line) => line.includes('--repair'))).toBe(false);
  });

  it('repairs and lists every repair, and notes what nobody can repair', async () => {
    const folder = folderWith({
      'AAPL_5min.csv': csv(...ROWS.toSpliced(30, 12).with(3, 'x')),
    });
    const { repairs, defects, bars } = await read(folder, { repair: true });
    expect(describeRepairs(repairs)).toEqual([
      'AAPL_5min.csv: line 5: the line is left out: the timestamp is "x"',
    ]);
    expect(describeNotes(defects)).toEqual([
      'AAPL_5min.csv: line 32: 13 bars are missing on 2025-11-26, the longest hole 60 minutes; export the session again',
    ]);
    expect(bars.get(AAPL)?.start).toHaveLength(STARTS.length - 13);
  });

  it.each([
    ['a missing folder', '/nowhere/bars', {}, 'there is no such folder'],
    [
      'a folder without such files',
      '',
      { barMinutes: 15 },
      'no file is called SYMBOL_15min.csv (seen: AAPL_5min.csv)',
    ],
    [
      'a symbol without a file',
      '',
      { symbols: [MSFT] },
      'there is no MSFT_5min.csv for the symbol MSFT',
    ],
    [
      'a time without bars',
      '',
      { from: day('2026-01-02') },
      'there are no bars of AAPL in the time asked for (there are from 2025-11-26 to 2025-12-01); change --from or --to',
    ],
  ])('refuses %s', async (_, path, query, words) => {
    const folder = path === '' ? folderWith({ 'AAPL_5min.csv': csv(...ROWS) }) : path;
    const lines = await linesOf(folder, query);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(words);
  });
});

describe('the bar store for a backtest', () => {
  const query = {
    symbols: [AAPL],
    barMinutes: 5,
    from: day('2025-11-26'),
    until: day('2025-12-02'),
  };
  const filled = async (until: number) => {
    const folder = folderWith({ 'AAPL_5min.csv': csv(...ROWS) });
    const ofFiles = await read(folder, { until });
    const store = createBarStore(folder);
    await store.merge({
      symbol: AAPL,
      barMinutes: 5,
      feed: 'sip',
      adjustment: 'split',
      hours: 'regular',
      columns: ofFiles.bars.get(AAPL)!,
      span: { from: STARTS[0] ?? 0, until },
    });
    return { store, ofFiles };
  };

  it('gives the same market as the files', async () => {
    const { store, ofFiles } = await filled((STARTS.at(-1) ?? 0) + 5 * MINUTE_MS);
    expect(await readBarStore(store, query)).toEqual(ofFiles);
  });

  it('leaves a symbol out that was never traded, where that is asked for', async () => {
    const { store, ofFiles } = await filled((STARTS.at(-1) ?? 0) + 5 * MINUTE_MS);
    await store.merge({
      symbol: MSFT,
      barMinutes: 5,
      feed: 'sip',
      adjustment: 'split',
      hours: 'regular',
      columns: createColumns(0),
      span: { from: STARTS[0] ?? 0, until: day('2025-12-02') },
    });
    const both = { ...query, symbols: [MSFT, AAPL] };
    expect(await readBarStore(store, both)).toMatchObject({ kind: 'refused' });
    expect(await readBarStore(store, { ...both, leavesOutEmpty: true })).toEqual(ofFiles);
    expect(
      await readBarStore(store, { ...query, symbols: [MSFT], leavesOutEmpty: true }),
    ).toMatchObject({ kind: 'read', sessions: [] });
  });

  it.each([
    [
      'a session that was not filled',
      [AAPL],
      'AAPL: the store lacks 5-minute bars of 2025-11-26 to 2025-12-01',
    ],
    [
      'a symbol that was not filled',
      [MSFT],
      'MSFT: the store lacks 5-minute bars of 2025-11-26 to 2025-12-01',
    ],
  ])('refuses %s, with the cure', async (_, symbols, words) => {
    const { store } = await filled(day('2025-12-01'));
    expect(await readBarStore(store, { ...query, symbols })).toEqual({
      kind: 'refused',
      lines: [`${words}; fill it with npm run bars, or name a folder with --data`],
    });
  });
});

describeWithShared('data/5min', 'a folder of real bars', () => {
  it('gives all bars of 24 symbols over 203 sessions, and notes the one bar without volume', async () => {
    const { bars, sessions, defects } = await read(sharedPath('data/5min'));
    const rows = [...bars.values()].reduce((sum, { start }) => sum + start.length, 0);
    expect([bars.size, rows, sessions.length]).toEqual([24, 294_750, 203]);
    expect(defects).toMatchObject([{ file: 'COST_5min.csv', line: 6633, code: 'zero-volume' }]);
  });
});
