import { barAt, barDefect } from '../bars.ts';
import type { BarColumns } from '../bars.ts';
import { MINUTE_MS, toIso } from '../session.ts';
import type { EpochMs } from '../session.ts';
import type { Defect } from './parse-bars.ts';

/** The line of the file that a row of the columns stands in: the header is line 1. */
export const lineOf = (index: number): number => index + 2;

/** `2025-02-10T14:30Z` */
export const shortInstant = (at: EpochMs): string => toIso(at).replace(/:\d\d\.\d{3}Z$/, 'Z');

/** What is wrong with the order of the rows; null when each is later than the one before. */
export function orderDefect({ start }: BarColumns): Defect | null {
  const steps = start.subarray(1);
  const isLate = (instant: EpochMs, index: number) => !(instant > (start[index] ?? Number.NaN));
  const at = steps.findIndex(isLate) + 1;
  if (at === 0) return null;
  const here = shortInstant(start[at] ?? 0);
  if (start[at] === start[at - 1]) {
    return {
      row: lineOf(at),
      text: `${here} is there twice (also in row ${lineOf(at - 1)}), perhaps from two feeds; keep one row for each bar`,
    };
  }
  const backwards = steps.reduce(
    (count, instant, index) => (isLate(instant, index) ? count + 1 : count),
    0,
  );
  const seen =
    backwards > steps.length / 2
      ? `the rows run from the newest to the oldest (${here} is below ${shortInstant(start[at - 1] ?? 0)})`
      : `${here} is below ${shortInstant(start[at - 1] ?? 0)}`;
  return { row: lineOf(at), text: `${seen}; sort the rows by timestamp, oldest first` };
}

/** The first row whose prices cannot be a bar's. */
export function figureDefect(columns: BarColumns): Defect | null {
  const { open, high, low, close } = columns;
  const at = open.findIndex((_, index) => {
    const [o, h, l, c] = [open[index] ?? 0, high[index] ?? 0, low[index] ?? 0, close[index] ?? 0];
    return !(l > 0 && h >= o && h >= c && l <= o && l <= c);
  });
  if (at === -1) return null;
  const bar = barAt(columns, at);
  return {
    row: lineOf(at),
    text: `${barDefect(bar) ?? 'the bar is impossible'}: open ${bar.open}, high ${bar.high}, low ${bar.low}, close ${bar.close}; correct the row or check the order of the columns`,
  };
}

/** A single bar may well have no volume; a whole file without is an index or a broken export. */
export function volumeDefect({ volume }: BarColumns): Defect | null {
  if (volume.some((shares) => shares > 0)) return null;
  return {
    row: null,
    text: 'the volume is 0 in every row; relative volume and VWAP need it: use a feed that has volume',
  };
}

/** Bars of another length than the file's name says. */
export function gridDefect({ start }: BarColumns, barMinutes: number): Defect | null {
  const barMs = barMinutes * MINUTE_MS;
  const off = start.findIndex((instant) => instant % barMs !== 0);
  if (off !== -1) {
    return {
      row: lineOf(off),
      text: `a bar starts at ${toIso(start[off] ?? 0).slice(11, 19)}Z, which is no multiple of ${barMinutes} minutes; use ${barMinutes}-minute bars`,
    };
  }
  let shortest = Number.POSITIVE_INFINITY;
  for (let at = 1; at < start.length; at += 1) {
    shortest = Math.min(shortest, (start[at] ?? 0) - (start[at - 1] ?? 0));
  }
  if (shortest <= barMs || !Number.isFinite(shortest)) return null;
  return {
    row: lineOf(1),
    text: `the bars are ${shortest / MINUTE_MS} minutes apart; use ${barMinutes}-minute bars`,
  };
}
