import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ticker } from '#core/ids.ts';
import { MINUTE_MS, asSessionDate, newYorkInstant, newYorkTime } from '#core/session.ts';
import { MarketDataError, readMarketFolder } from '#sandbox/market/read-market-folder.ts';
import type { MarketFolderOptions } from '#sandbox/market/read-market-folder.ts';
import { HEADER, barStarts, csv, folderWith, row, stamp } from '#test/support/bar-files.ts';
import { describeWithShared, sharedPath } from '#test/support/shared.ts';

const AAPL = ticker('AAPL');
const MSFT = ticker('MSFT');
const date = asSessionDate;
const at = (day: string, time: string) => newYorkInstant(date(day), time);
const HOUR_MS = 60 * MINUTE_MS;

const linesOf = (options: MarketFolderOptions): readonly string[] => {
  try {
    readMarketFolder(options);
  } catch (error) {
    if (error instanceof MarketDataError) return error.lines;
    throw error;
  }
  return [];
};

/** What is said of one file, read as AAPL's. */
const complaintAbout = (text: string): string => {
  const lines = linesOf({ folder: folderWith({ 'AAPL_5min.csv': text }) });
  expect(lines.length, 'one line a file').toBeLessThanOrEqual(1);
  return lines[0] ?? 'no complaint';
};

describe('a folder of bar files', () => {
  const days = barStarts('2025-11-26', '2025-12-01');

  it('gives each symbol its bars', () => {
    const folder = folderWith({
      'AAPL_5min.csv': csv(...days.map((start) => row(start, 100))),
      'MSFT_5min.csv': csv(...days.map((start) => row(start, 500))),
      'notes.txt': 'not a bar file',
    });
    const market = readMarketFolder({ folder });
    expect(market.symbols).toEqual([AAPL, MSFT]);
    expect(market.bars(MSFT, days[1] ?? 0, days[3] ?? 0)).toEqual([
      { start: days[1], open: 500, high: 501, low: 499, close: 500.5, volume: 1000 },
      { start: days[2], open: 500, high: 501, low: 499, close: 500.5, volume: 1000 },
    ]);
    expect(market.barEnding(AAPL, (days[0] ?? 0) + 5 * MINUTE_MS)?.start).toBe(days[0]);
  });

  it('has the sessions of the days with bars, the half-day short, and the next ones after them', () => {
    const folder = folderWith({ 'AAPL_5min.csv': csv(...days.map((start) => row(start))) });
    const { sessions } = readMarketFolder({ folder });
    expect(sessions.map((session) => `${session.date} ${newYorkTime(session.close)}`)).toEqual([
      '2025-11-26 16:00',
      '2025-11-28 13:00',
      '2025-12-01 16:00',
      '2025-12-02 16:00',
      '2025-12-03 16:00',
      '2025-12-04 16:00',
      '2025-12-05 16:00',
      '2025-12-08 16:00',
    ]);
  });

  it('steps through every bar end of a session, also where the data has holes', () => {
    const withHoles = days.filter((_, index) => index % 7 < 2);
    const market = readMarketFolder({
      folder: folderWith({ 'AAPL_5min.csv': csv(...withHoles.map((start) => row(start))) }),
    });
    expect(market.barEnds).toEqual(days.map((start) => start + 5 * MINUTE_MS));
    expect(market.barEnding(AAPL, (days[2] ?? 0) + 5 * MINUTE_MS)).toBeNull();
  });

  it('leaves out early and late trading', () => {
    const early = at('2025-11-26', '09:25');
    const late = at('2025-11-28', '13:00');
    const rows = [...days, early, late].toSorted((left, right) => left - right);
    const market = readMarketFolder({
      folder: folderWith({ 'AAPL_5min.csv': csv(...rows.map((start) => row(start))) }),
    });
    expect(market.bars(AAPL, 0, Infinity).map((bar) => bar.start)).toEqual(days);
  });

  it('starts at the first bar and has no history when no date is asked for', () => {
    const folder = folderWith({ 'AAPL_5min.csv': csv(...days.map((start) => row(start))) });
    expect(readMarketFolder({ folder }).start).toBe(days[0]);
  });

  it('starts at the date asked for, keeps the sessions before it as history, and ends after the last date', () => {
    const starts = barStarts('2025-11-03', '2025-11-26');
    const folder = folderWith({ 'AAPL_5min.csv': csv(...starts.map((start) => row(start))) });
    const market = readMarketFolder({
      folder,
      from: date('2025-11-15'),
      to: date('2025-11-18'),
      historySessions: 3,
    });
    expect(market.start, 'the first session on or after a Saturday').toBe(
      at('2025-11-17', '09:30'),
    );
    expect(market.sessions[0]?.date).toBe('2025-11-12');
    expect(market.barEnds[0]).toBe(at('2025-11-17', '09:35'));
    expect(market.barEnds.at(-1)).toBe(at('2025-11-18', '16:00'));
    expect(market.bars(AAPL, 0, Infinity).length).toBe(5 * 78);
  });

  it('reads the symbols asked for only', () => {
    const text = csv(...days.map((start) => row(start)));
    const folder = folderWith({ 'AAPL_5min.csv': text, 'MSFT_5min.csv': 'broken' });
    expect(readMarketFolder({ folder, symbols: [AAPL] }).symbols).toEqual([AAPL]);
  });

  it('keeps its identity when read again and changes it with the bars or the dates', () => {
    const text = csv(...days.map((start) => row(start)));
    const folder = folderWith({ 'AAPL_5min.csv': text });
    const other = folderWith({ 'AAPL_5min.csv': text.replace('1000', '1001') });
    const { identity } = readMarketFolder({ folder });
    expect(readMarketFolder({ folder }).identity).toBe(identity);
    expect(readMarketFolder({ folder: other }).identity).not.toBe(identity);
    expect(readMarketFolder({ folder, from: date('2025-11-28') }).identity).not.toBe(identity);
  });

  it('reads files with a byte order mark, carriage returns and blank lines at the end', () => {
    const text = `\uFEFF${csv(...days.map((start) => row(start))).replaceAll('\n', '\r\n')}\r\n`;
    const market = readMarketFolder({ folder: folderWith({ 'AAPL_5min.csv': text }) });
    expect(market.bars(AAPL, 0, Infinity).length).toBe(days.length);
  });
});

describe('a folder that cannot be read', () => {
  it('is told when it is missing', () => {
    expect(linesOf({ folder: '/nowhere/bars' })).toEqual([
      '/nowhere/bars: there is no such folder; give the folder that holds the bar files',
    ]);
  });

  it('is told when no file has the right name', () => {
    const folder = folderWith({ 'AAPL.csv': HEADER });
    expect(linesOf({ folder })).toEqual([
      `${folder}: no file is called SYMBOL_5min.csv (seen: AAPL.csv); name the files like AAPL_5min.csv`,
    ]);
  });

  it('names each symbol that is missing', () => {
    const folder = folderWith({ 'AAPL_5min.csv': csv(row(at('2025-11-26', '09:30'))) });
    expect(linesOf({ folder, symbols: [AAPL, MSFT, ticker('SPY')] })).toEqual([
      `${folder}: there is no MSFT_5min.csv for the symbol MSFT; add it or leave the symbol out (there are AAPL)`,
      `${folder}: there is no SPY_5min.csv for the symbol SPY; add it or leave the symbol out (there are AAPL)`,
    ]);
  });

  it('tells the dates it has when none of those asked for is among them', () => {
    const folder = folderWith({ 'AAPL_5min.csv': csv(row(at('2025-11-26', '09:30'))) });
    expect(linesOf({ folder, from: date('2026-01-01') })).toEqual([
      `${folder}: there are no bars from 2026-01-01 to the end; the data goes from 2025-11-26 to 2025-11-26: change --from or --to`,
    ]);
  });

  it('tells the defects of all files at once', () => {
    const folder = folderWith({ 'AAPL_5min.csv': '', 'MSFT_5min.csv': HEADER });
    expect(linesOf({ folder })).toEqual([
      'AAPL_5min.csv: the file is empty; export it again.',
      'MSFT_5min.csv: the file has a header but no bars; export it again.',
    ]);
  });
});

describe('a defective file', () => {
  const good = barStarts('2025-11-26', '2025-11-26').map((start) => row(start));
  const first = at('2025-11-26', '09:30');
  const second = first + 5 * MINUTE_MS;
  const DEFECTS: readonly (readonly [string, string, string])[] = [
    [
      'another separator',
      csv(...good).replaceAll(',', ';'),
      'line 1: the header is "timestamp;open;high;low;close;volume" (the columns are separated by ";" instead of ",")',
    ],
    [
      'another order of the columns',
      csv(...good).replace('open,high,low,close', 'close,high,low,open'),
      '(the columns are in the order close, high, low, open, volume)',
    ],
    [
      'a missing column',
      csv(...good).replace(',volume', ''),
      'line 1: the header is "timestamp,open,high,low,close" (volume is missing); it must be',
    ],
    [
      'a column too few',
      csv(...good, `${stamp(at('2025-11-28', '09:30'))},1,2`),
      'line 80: 3 columns are seen instead of 6; correct the row',
    ],
    [
      'a price that is no number',
      csv(row(first), row(second).replace('101', 'n/a')),
      'line 3: high is "n/a"; it must be a plain number like 182.31; correct the row',
    ],
    [
      'a negative price',
      csv(row(first).replace('101', '-101')),
      'line 2: high is "-101"; it must be a plain positive number like 182.31',
    ],
    [
      'a price of zero',
      csv(row(first), row(second).replaceAll(/,[\d.]+(?=,)/g, ',0')),
      'line 3: prices must be positive numbers: open 0, high 0, low 0, close 0',
    ],
    [
      'a high below the close',
      csv(row(first), `${stamp(second)},100,101,99,102,5`),
      'line 3: high and low must enclose open and close: open 100, high 101, low 99, close 102',
    ],
    [
      'a date that does not exist',
      csv('2025-02-30T14:30:00Z,1,1,1,1,1'),
      'line 2: the timestamp is "2025-02-30T14:30:00Z"; it must be the bar\'s start in UTC, like 2025-02-10T14:30:00Z',
    ],
    [
      'times without a zone',
      csv('2025-02-10 14:30:00,1,1,1,1,1'),
      'line 2: the timestamp is "2025-02-10 14:30:00"; it must be the bar\'s start in UTC',
    ],
    [
      'a bar that is there twice',
      csv(row(first), row(second), row(second, 101)),
      'line 4: 2025-11-26T14:35Z is there twice (also in line 3), perhaps from two feeds; keep one row for each bar',
    ],
    [
      'one row in the wrong place',
      csv(row(first), row(second + 5 * MINUTE_MS), row(second), row(second + 10 * MINUTE_MS)),
      'line 4: 2025-11-26T14:35Z is below 2025-11-26T14:40Z; sort the rows by timestamp, oldest first',
    ],
    [
      'rows from the newest to the oldest',
      csv(...good.toReversed()),
      'line 3: the rows run from the newest to the oldest (2025-11-26T20:50Z is below 2025-11-26T20:55Z)',
    ],
    ['no volume at all', csv(...good).replaceAll(',1000', ',0'), 'the volume is 0 in every row'],
    [
      'bars of another length',
      csv(row(first), row(first + 15 * MINUTE_MS), row(first + 30 * MINUTE_MS)),
      'line 3: the bars are 15 minutes apart; use 5-minute bars',
    ],
    [
      'bars off the grid',
      csv(row(first), row(first + MINUTE_MS)),
      'line 3: a bar starts at 14:31:00Z, which is no multiple of 5 minutes; use 5-minute bars',
    ],
    [
      'times in New York passed off as UTC',
      csv(...barStarts('2025-11-26', '2025-11-26').map((start) => row(start - 5 * HOUR_MS))),
      'line 2: 1 of 1 sessions begin at another hour than 09:30 in New York, the first on 2025-11-26 at 04:30: another clock; the times must all be bar starts in UTC',
    ],
    [
      'two clocks, one a day',
      csv(
        ...good,
        ...barStarts('2025-12-01', '2025-12-01').map((start) => row(start - 5 * HOUR_MS)),
      ),
      'line 80: 1 of 2 sessions begin at another hour than 09:30 in New York, the first on 2025-12-01 at 04:30: two clocks are mixed',
    ],
    [
      'bars on a Saturday',
      csv(...good, row(at('2025-11-29', '10:00'))),
      'line 80: 1 bars lie where the exchange is closed, the first at 2025-11-29T15:00Z (2025-11-29 10:00 in New York)',
    ],
    [
      'bars in the night',
      csv(row(at('2025-11-26', '03:00')), ...good),
      'line 2: 1 bars lie where the exchange is closed',
    ],
    [
      'times of the ends of the bars',
      csv(...barStarts('2025-11-26', '2025-11-26').map((start) => row(start + 5 * MINUTE_MS))),
      'the times are the ends of the bars; write their starts',
    ],
    [
      'a second feed from some day on',
      csv(
        ...barStarts('2025-10-06', '2025-10-24').map((start) => row(start)),
        ...barStarts('2025-10-27', '2025-11-14').flatMap((start) =>
          newYorkTime(start) === '09:30' ? [row(start - 5 * MINUTE_MS), row(start)] : [row(start)],
        ),
      ),
      'two feeds are merged: without early and late trading until 2025-10-24, with it from 2025-10-27 on; keep one feed',
    ],
    [
      'early and late trading alone',
      csv(row(at('2025-11-26', '08:00')), row(at('2025-11-26', '08:05'))),
      "no bar lies within the exchange's hours; use a feed that has them",
    ],
  ];
  it.each(DEFECTS)('is named with its cure: %s', (_, text, complaint) => {
    expect(complaintAbout(text)).toContain(complaint);
    expect(complaintAbout(text)).toMatch(/^AAPL_5min\.csv: [^\n]+$/);
  });
});

describeWithShared('data/dirty', 'real defective files', () => {
  it.each([
    [
      'AAPL_15min_descending_bar-end-stamps.csv',
      [
        'from the newest to the oldest',
        'the ends of the bars',
        '15 minutes apart',
        'names no zone',
      ],
    ],
    [
      'SPY_1min_descending_bar-end-stamps.csv',
      ['from the newest to the oldest', 'the ends of the bars', 'use 5-minute bars'],
    ],
    [
      'SPY_5min_two-feeds-merged.csv',
      [
        'line 6674: two feeds are merged: without early and late trading until 2025-09-12',
        'names no zone',
      ],
    ],
    [
      'SPY_60min_two-column-sets.csv',
      ['line 1: ', 'open, high, low, close, volume are there twice'],
    ],
    [
      'TPL_1min_close-high-low-open-order.csv',
      ['in the order close, high, low, open', 'separated by ";"'],
    ],
    [
      'TSLA_5min_clock-mixed.csv',
      ['two clocks are mixed', '246 bars lie where the exchange is closed'],
    ],
    ['VIX_1min_zero-volume.csv', ['the volume is 0 in every row']],
  ])('%s is refused by its defect', (name, complaints) => {
    const folder = folderWith({});
    symlinkSync(sharedPath('data/dirty', name), join(folder, 'TSLA_5min.csv'));
    const lines = linesOf({ folder });
    expect(lines).toHaveLength(1);
    for (const complaint of complaints) expect(lines[0]).toContain(complaint);
  });
});

describeWithShared('data/5min', 'a folder of real bars', () => {
  it('gives all bars of 24 symbols over 203 sessions', () => {
    const market = readMarketFolder({ folder: sharedPath('data/5min') });
    expect(market.name).toBe('replay of 5min (24 symbols)');
    expect(market.symbols).toHaveLength(24);
    const bars = market.symbols.map((symbol) => market.bars(symbol, 0, Infinity).length);
    expect(bars.reduce((sum, count) => sum + count)).toBe(294_750);
    expect(market.sessions).toHaveLength(203 + 5);
    expect(market.barEnds).toHaveLength(203 * 78 - 2 * 36);
    expect(market.bars(AAPL, 0, Infinity)[0]).toEqual({
      start: Date.parse('2025-02-10T14:30:00Z'),
      open: 229.57,
      high: 230.48,
      low: 229.19,
      close: 229.79,
      volume: 1_534_377,
    });
  });
});

describeWithShared('data/5min-extended-hours', 'bars of early and late trading', () => {
  it('are left out, and a hole of whole sessions is no session', () => {
    const market = readMarketFolder({ folder: sharedPath('data/5min-extended-hours') });
    const times = market.bars(ticker('TSLA'), 0, Infinity).map((bar) => newYorkTime(bar.start));
    expect(times.every((time) => time >= '09:30' && time < '16:00')).toBe(true);
    const november = market.sessions.map((session) => session.date as string);
    expect(november).toContain('2025-11-12');
    expect(november).not.toContain('2025-11-14');
    expect(november).toContain('2025-11-20');
  });
});
