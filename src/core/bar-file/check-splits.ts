import type { BarColumns } from '../bars.ts';
import type { SessionDate } from '../session.ts';
import type { SessionRows } from './check-clock.ts';
import { lineOf } from './finding.ts';
import type { BarFinding, FileRows, SplitRatio } from './finding.ts';

/** What a session tells of a split. */
export interface SplitSession {
  readonly date: SessionDate;
  readonly open: number;
  readonly close: number;
  /** Shares. */
  readonly volume: number;
}

export interface SplitJump {
  /** Index of the first session at the new price. */
  readonly index: number;
  readonly ratio: SplitRatio;
}

/** New shares for old ones; smaller splits look like a bad morning. */
const FORWARD = [2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 25, 30, 40, 50];
const RATIOS: readonly SplitRatio[] = [
  { to: 3, from: 2 },
  ...FORWARD.map((to) => ({ to, from: 1 })),
  ...FORWARD.map((from) => ({ to: 1, from })),
];

/** The market moves on the night of a split, too. */
const MOST_MOVE = 1.08;
/** Shares traded on the day, in those of a usual day after the split: a crash has many times as many. */
const LEAST_VOLUME = 0.1;
const MOST_VOLUME = 2.2;
const USUAL_DAYS = 10;

export const sharesFor = ({ to, from }: SplitRatio): number => to / from;

/**
 * Nights over which the price jumps as in a split and trading goes on as usual. The bounds part the 21
 * splits of twenty large US stocks from 1999 to 2021 from each of their crashes and leaps.
 */
export function findSplits(sessions: readonly SplitSession[]): readonly SplitJump[] {
  return sessions.flatMap(({ open, volume }, index) => {
    const before = sessions[index - 1];
    if (before === undefined) return [];
    const ratio = nearestRatio(before.close / open);
    if (ratio === null) return [];
    const usual = median(
      sessions.slice(Math.max(0, index - USUAL_DAYS), index).map((session) => session.volume),
    );
    const share = volume / (usual * sharesFor(ratio));
    return share > LEAST_VOLUME && share < MOST_VOLUME ? [{ index, ratio }] : [];
  });
}

function nearestRatio(jump: number): SplitRatio | null {
  // Nearly every night, and cheaper than asking about each ratio.
  if (jump > 0.6 && jump < 1.3) return null;
  const moveOf = (ratio: SplitRatio) => Math.abs(Math.log(jump / sharesFor(ratio)));
  const nearest = RATIOS.reduce((best, ratio) => (moveOf(ratio) < moveOf(best) ? ratio : best));
  return moveOf(nearest) < Math.log(MOST_MOVE) ? nearest : null;
}

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;

/** Splits over whose night the bars were not adjusted. Rows are in order. */
export function splitFindings(
  rows: FileRows,
  days: readonly SessionRows[],
): readonly (BarFinding & { readonly code: 'unadjusted-split'; readonly row: number })[] {
  const traded = days.filter(({ regularFrom, regularTo }) => regularTo > regularFrom);
  const sessions = traded.map((day) => sessionOf(rows.columns, day));
  return findSplits(sessions).flatMap(({ index, ratio }) => {
    const [before, after, day] = [sessions[index - 1], sessions[index], traded[index]];
    if (before === undefined || after === undefined || day === undefined) return [];
    return {
      code: 'unadjusted-split',
      line: lineOf(rows, day.regularFrom),
      row: day.from,
      ratio,
      date: after.date,
      closeBefore: before.close,
      open: after.open,
      text: `the price goes from ${before.close} to ${after.open} over the night to ${after.date} at usual volume, as in a split of ${ratio.to} for ${ratio.from} that is not adjusted; use split-adjusted bars`,
    };
  });
}

const sessionOf = (
  { open, close, volume }: BarColumns,
  { session, regularFrom, regularTo }: SessionRows,
): SplitSession => ({
  date: session.date,
  open: open[regularFrom] ?? Number.NaN,
  close: close[regularTo - 1] ?? Number.NaN,
  volume: volume.subarray(regularFrom, regularTo).reduce((sum, shares) => sum + shares, 0),
});
