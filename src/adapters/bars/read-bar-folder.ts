import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { rowFrom, setRows, sliceRows } from '#core/bar-columns.ts';
import { checkBarFile } from '#core/bar-file/check-bar-file.ts';
import type { BarDefect, BarFileCheck, FileRepair } from '#core/bar-file/check-bar-file.ts';
import type { BarColumns } from '#core/bars.ts';
import { sessionsOfBars } from '#core/exchange-calendar.ts';
import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Span } from '#core/span.ts';

import { describeDefects } from './describe-defects.ts';
import { createSharedColumns } from './shared-columns.ts';

export interface BarFolderQuery {
  /** In this order; those of every file of the bar length, in that of the alphabet, when left out. */
  readonly symbols?: readonly Ticker[];
  readonly barMinutes: number;
  /** Bars that start at or after this instant … */
  readonly from?: EpochMs;
  /** … and before this one. */
  readonly until?: EpochMs;
  /** Whether what can be repaired is, instead of refused. */
  readonly repair?: boolean;
  /** Whether a symbol may have no bars in that time, instead of being refused. */
  readonly mayBeEmpty?: boolean;
}

export interface ReadBars {
  readonly kind: 'read';
  /** Within the exchange's hours, in order, each bar once; in memory that threads share. */
  readonly bars: ReadonlyMap<Ticker, BarColumns>;
  /** Every session of the exchange from the first bar to the last. */
  readonly sessions: readonly Session[];
  /** What is noted, or of time that was not asked for, and was no reason to refuse. */
  readonly defects: readonly BarDefect[];
  readonly repairs: readonly FileRepair[];
}

/** Each line names one thing that is wrong, where it is, and the cure. */
export interface RefusedBars {
  readonly kind: 'refused';
  readonly lines: readonly string[];
}

/** Reads `SYMBOL_5min.csv` and so on from a folder. Bars of early and late trading are left out. */
export async function readBarFolder(
  folder: string,
  query: BarFolderQuery,
): Promise<ReadBars | RefusedBars> {
  const files = await listFiles(folder, query);
  if (!Array.isArray(files)) return files;
  const {
    barMinutes,
    repair = false,
    from = Number.NEGATIVE_INFINITY,
    until = Number.POSITIVE_INFINITY,
  } = query;
  const options = { barMinutes, repair, needed: { from, until } };
  const checks: (readonly [Ticker, BarFileCheck])[] = [];
  for (const { symbol, file } of files) {
    const bytes = await readFile(join(folder, file));
    checks.push([symbol, checkBarFile(bytes, { ...options, file })]);
  }
  const defects = checks.flatMap(([, check]) => check.defects);
  if (defects.some(({ severity }) => severity === 'refused')) {
    return { kind: 'refused', lines: describeDefects(defects, repair) };
  }
  const bars = new Map(
    checks.map(([symbol, check]) => [symbol, sessionBars(check, options.needed)]),
  );
  const repairs = checks.flatMap(([, check]) => check.repairs);
  const found = { defects, repairs };
  if (query.mayBeEmpty === true) {
    return { kind: 'read', bars, sessions: sessionsOfBars(bars.values()), ...found };
  }
  const held = new Map(checks.map(([symbol, check]) => [symbol, heldWords(check)]));
  return marketOf(bars, { ...found, where: folder, held });
}

/** From when to when a file has bars. */
function heldWords({ days }: BarFileCheck): string {
  const [first, last] = [days[0]?.session.date, days.at(-1)?.session.date];
  return first === undefined || last === undefined ? '' : ` (there are from ${first} to ${last})`;
}

/** The bars of one symbol or more with their sessions; refused where a symbol has none. */
export function marketOf(
  bars: ReadonlyMap<Ticker, BarColumns>,
  {
    where,
    held,
    ...rest
  }: Pick<ReadBars, 'defects' | 'repairs'> & {
    readonly where: string;
    /** Of what other time there are bars, in words. */
    readonly held?: ReadonlyMap<Ticker, string>;
  },
): ReadBars | RefusedBars {
  const empty = [...bars].filter(([, { start }]) => start.length === 0);
  if (empty.length > 0) {
    const lines = empty.map(
      ([symbol]) =>
        `${where}: there are no bars of ${symbol} in the time asked for${held?.get(symbol) ?? ''}; change --from or --to, or leave it out`,
    );
    return { kind: 'refused', lines };
  }
  return { kind: 'read', bars, sessions: sessionsOfBars(bars.values()), ...rest };
}

interface NamedFile {
  readonly symbol: Ticker;
  readonly file: string;
}

async function listFiles(
  folder: string,
  { symbols, barMinutes }: BarFolderQuery,
): Promise<NamedFile[] | RefusedBars> {
  const names = await listFolder(folder);
  if (typeof names === 'string') return { kind: 'refused', lines: [`${folder}: ${names}`] };
  const ending = `_${barMinutes}min.csv`;
  const files = names.flatMap((file) => {
    const symbol = file.slice(0, -ending.length);
    return file.endsWith(ending) && isTicker(symbol) ? [{ symbol, file }] : [];
  });
  if (files.length === 0) {
    const seen = `${names.slice(0, 3).join(', ') || 'nothing'}${names.length > 3 ? ', …' : ''}`;
    const text = `no file is called SYMBOL${ending} (seen: ${seen}); name the files like AAPL${ending}`;
    return { kind: 'refused', lines: [`${folder}: ${text}`] };
  }
  const missing = symbols?.filter((asked) => !files.some(({ symbol }) => symbol === asked)) ?? [];
  if (missing.length > 0) {
    const there = files.map(({ symbol }) => symbol).join(', ');
    const lines = missing.map(
      (symbol) =>
        `${folder}: there is no ${symbol}${ending} for the symbol ${symbol}; add it or leave the symbol out (there are ${there})`,
    );
    return { kind: 'refused', lines };
  }
  return symbols === undefined
    ? files
    : symbols.flatMap((asked) => files.filter(({ symbol }) => symbol === asked));
}

async function listFolder(folder: string): Promise<readonly string[] | string> {
  try {
    return (await readdir(folder)).toSorted((left, right) => (left < right ? -1 : 1));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const seen = isMissing ? 'there is no such folder' : 'this is no folder that can be read';
    return `${seen}; give the folder that holds the bar files`;
  }
}

/** The bars within sessions and the time asked for. */
function sessionBars({ columns, days }: BarFileCheck, { from, until }: Span): BarColumns {
  const [first, end] = [rowFrom(columns, from), rowFrom(columns, until)];
  const spans = days
    .map(
      ({ regularFrom, regularTo }) =>
        [Math.max(first, regularFrom), Math.min(end, regularTo)] as const,
    )
    .filter(([start, stop]) => stop > start);
  const rows = spans.reduce((sum, [start, stop]) => sum + stop - start, 0);
  const shared = createSharedColumns(rows).columns;
  let row = 0;
  for (const [start, stop] of spans) {
    setRows(shared, sliceRows(columns, start, stop), row);
    row += stop - start;
  }
  return shared;
}
