import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { pickRows, rowFrom } from '#core/bar-columns.ts';
import { checkClock } from '#core/bar-file/check-clock.ts';
import type { SessionRows } from '#core/bar-file/check-clock.ts';
import { checkBars, explainBars } from '#core/bar-file/explain-bars.ts';
import type { BarFinding } from '#core/bar-file/finding.ts';
import { parseBars } from '#core/bar-file/parse-bars.ts';
import type { BarColumns } from '#core/bars.ts';
import { isTicker } from '#core/ids.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';

import { createMarket, HISTORY_SESSIONS } from './create-market.ts';
import type { Market } from './types.ts';

export interface MarketFolderOptions {
  /** Holds one file a symbol, `AAPL_5min.csv`. */
  readonly folder: string;
  /** These only; every symbol of the folder when left out. */
  readonly symbols?: readonly Ticker[];
  /** First and last session of the replay, both included; all of the data when left out. */
  readonly from?: SessionDate;
  readonly to?: SessionDate;
  /** Sessions before `from` that are kept as history. */
  readonly historySessions?: number;
}

/** The data cannot be used; each line names one file, what is seen in which row, and the cure. */
export class MarketDataError extends Error {
  override readonly name = 'MarketDataError';
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join('\n'));
    this.lines = lines;
  }
}

const BAR_MINUTES = 5;
const FILE_NAME = /^(.+)_5min\.csv$/;

interface SymbolBars {
  readonly symbol: Ticker;
  readonly columns: BarColumns;
  readonly days: readonly SessionRows[];
  readonly sha256: string;
}

/**
 * Reads a folder of 5-minute bars as a market. Bars of early and late trading are left out; the sessions
 * are the days on which any symbol has bars, with the exchange's own hours. Throws MarketDataError with
 * everything that is wrong, a line a file.
 */
export function readMarketFolder(options: MarketFolderOptions): Market {
  const files = listFiles(options);
  const read = files.map(({ symbol, path }) => readSymbol(symbol, path));
  const problems = read.filter((result) => typeof result === 'string');
  if (problems.length > 0) throw new MarketDataError(problems);
  const bars = read.filter((result) => typeof result !== 'string');
  const all = sessionsOf(bars);
  const [sessions, start] = window(all, options);
  const [from, until] = [sessions[0]?.open ?? 0, sessions.at(-1)?.close ?? 0];
  return createMarket({
    name: `replay of ${basename(options.folder)} (${bars.length} ${bars.length === 1 ? 'symbol' : 'symbols'})`,
    identity: identityOf(bars, [from, start, until]),
    barMinutes: BAR_MINUTES,
    start,
    sessions,
    columns: new Map(bars.map((file) => [file.symbol, sessionBars(file, from, until)])),
  });
}

interface BarFile {
  readonly symbol: Ticker;
  readonly path: string;
}

function listFiles({ folder, symbols }: MarketFolderOptions): readonly BarFile[] {
  const names = listFolder(folder);
  const files = names.flatMap((name) => {
    const symbol = FILE_NAME.exec(name)?.[1] ?? '';
    return isTicker(symbol) ? [{ symbol, path: join(folder, name) }] : [];
  });
  if (files.length === 0) {
    const seen = names.slice(0, 3).join(', ') || 'nothing';
    throw new MarketDataError([
      `${folder}: no file is called SYMBOL_${BAR_MINUTES}min.csv (seen: ${seen}${names.length > 3 ? ', …' : ''}); name the files like AAPL_${BAR_MINUTES}min.csv`,
    ]);
  }
  if (symbols === undefined) return files;
  const there = new Map(files.map((file) => [file.symbol, file]));
  const missing = symbols.filter((symbol) => !there.has(symbol));
  if (missing.length > 0) {
    throw new MarketDataError(
      missing.map(
        (symbol) =>
          `${folder}: there is no ${symbol}_${BAR_MINUTES}min.csv for the symbol ${symbol}; add it or leave the symbol out (there are ${[...there.keys()].join(', ')})`,
      ),
    );
  }
  return files.filter(({ symbol }) => symbols.includes(symbol));
}

function listFolder(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    const seen =
      code === 'ENOENT'
        ? 'there is no such folder'
        : code === 'ENOTDIR'
          ? 'this is no folder'
          : 'the folder cannot be read';
    throw new MarketDataError([`${folder}: ${seen}; give the folder that holds the bar files`]);
  }
}

/** The symbol's bars, or one line of all that is wrong with its file. */
function readSymbol(symbol: Ticker, path: string): SymbolBars | string {
  const bytes = readFileSync(path);
  const say = (findings: readonly BarFinding[]) => `${basename(path)}: ${wordsOf(findings)}.`;
  const parsed = parseBars(bytes);
  if (parsed.findings.length > 0) return say(allFindings(parsed.findings, bytes));
  const findings = checkBars(parsed, BAR_MINUTES).filter(isSerious);
  if (findings.length > 0) return say(findings);
  const { days } = checkClock(parsed, BAR_MINUTES);
  if (!days.some(hasBars)) {
    const text = "no bar lies within the exchange's hours; use a feed that has them";
    return say([{ code: 'no-session-bars', line: null, text }]);
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { symbol, columns: parsed.columns, days: days.filter(hasBars), sha256 };
}

/** A replay may well show a bar without volume. */
const isSerious = ({ code }: BarFinding): boolean => code !== 'zero-volume';

/** The first finding of each kind: the others are like it. */
function wordsOf(findings: readonly BarFinding[]): string {
  const first = new Map(findings.toReversed().map((finding) => [finding.code, finding]));
  return findings
    .filter((finding) => first.get(finding.code) === finding)
    .map(({ line, text }) => (line === null ? text : `line ${line}: ${text}`))
    .join('. Also: ');
}

/** What stopped the strict reader, and what else a closer look finds. */
function allFindings(strict: readonly BarFinding[], bytes: Buffer): readonly BarFinding[] {
  const [first] = strict;
  if (first === undefined || first.line === null) return strict;
  const explained = explainBars(bytes.toString('utf8'), BAR_MINUTES);
  // Of the header, the closer look tells more; of any other row, the strict one.
  if (first.code === 'header') return explained;
  return [first, ...explained.filter(({ line }) => line !== first.line)];
}

const hasBars = ({ regularFrom, regularTo }: SessionRows): boolean => regularTo > regularFrom;

function sessionsOf(bars: readonly SymbolBars[]): readonly Session[] {
  const byDate = new Map(
    bars.flatMap(({ days }) => days.map(({ session }) => [session.date, session])),
  );
  return [...byDate.values()].toSorted((left, right) => left.open - right.open);
}

/** The sessions to keep, history included, and the instant at which the replay starts. */
function window(
  all: readonly Session[],
  { folder, from, to, historySessions = HISTORY_SESSIONS }: MarketFolderOptions,
): readonly [readonly Session[], EpochMs] {
  const first = from === undefined ? 0 : all.findIndex(({ date }) => date >= from);
  const end = to === undefined ? all.length : all.findLastIndex(({ date }) => date <= to) + 1;
  const begin = all[first];
  if (begin === undefined || end <= first) {
    throw new MarketDataError([
      `${folder}: there are no bars from ${from ?? 'the beginning'} to ${to ?? 'the end'}; the data goes from ${all[0]?.date ?? ''} to ${all.at(-1)?.date ?? ''}: change --from or --to`,
    ]);
  }
  return [all.slice(Math.max(0, first - historySessions), end), begin.open];
}

/** The rows within the sessions from one instant to another. */
function sessionBars({ columns, days }: SymbolBars, from: EpochMs, until: EpochMs): BarColumns {
  const [first, end] = [rowFrom(columns, from), rowFrom(columns, until)];
  const rows: number[] = [];
  for (const { regularFrom, regularTo } of days) {
    for (let row = Math.max(first, regularFrom); row < Math.min(end, regularTo); row += 1)
      rows.push(row);
  }
  return pickRows(columns, rows);
}

/** The world is the same when files and window are. */
function identityOf(bars: readonly SymbolBars[], instants: readonly EpochMs[]): string {
  const hash = createHash('sha256');
  for (const { symbol, sha256 } of bars) hash.update(`${symbol} ${sha256}\n`);
  return `replay-${hash.update(instants.join()).digest('hex').slice(0, 16)}`;
}
