import type { Bar, BarColumns } from '../bars.ts';
import type { SessionDate } from '../session.ts';

/** The bars of a file and the line that each of them stands in; the header is line 1. */
export interface FileRows {
  readonly columns: BarColumns;
  readonly lines: Uint32Array;
}

/** So many shares became so many: 4 for 1, or 1 for 10 in a reverse split. */
export interface SplitRatio {
  readonly to: number;
  readonly from: number;
}

interface Place {
  /** Line of the file, the header included; null for the whole file. */
  readonly line: number | null;
  /** What is seen, and the cure. */
  readonly text: string;
}

/** What can be wrong with a bar file. */
export type BarFinding = Place &
  (
    | {
        readonly code:
          | 'empty-file'
          | 'no-bars'
          | 'no-session-bars'
          | 'header'
          | 'no-zone'
          | 'unreadable'
          | 'no-volume'
          | 'off-grid'
          | 'end-stamps'
          | 'merged-feeds';
      }
    /** How often a row is below an earlier one. */
    | { readonly code: 'unsorted'; readonly steps: number }
    | { readonly code: 'duplicate'; readonly firstLine: number; readonly isSame: boolean }
    | { readonly code: 'impossible-bar'; readonly bar: Bar }
    /** Of all bars, from 0 to 1. */
    | { readonly code: 'zero-volume'; readonly bars: number; readonly share: number }
    | { readonly code: 'bar-length'; readonly minutes: number }
    | { readonly code: 'outside-sessions'; readonly bars: number }
    | { readonly code: 'other-clock'; readonly sessions: number; readonly of: number }
    | {
        readonly code: 'missing-bars';
        readonly bars: number;
        /** Of the sessions that have bars. */
        readonly sessions: number;
        readonly longestMinutes: number;
        /** Whether the stock trades so seldom that most sessions lack bars. */
        readonly isThin: boolean;
      }
    | {
        readonly code: 'missing-sessions';
        readonly sessions: number;
        readonly from: SessionDate;
        readonly until: SessionDate;
        readonly isThin: boolean;
      }
    | {
        readonly code: 'unadjusted-split';
        readonly ratio: SplitRatio;
        readonly date: SessionDate;
        readonly closeBefore: number;
        readonly open: number;
      }
  );

/** Whether bars are missing, which nobody can make up. */
export const isHole = ({ code }: BarFinding): boolean =>
  code === 'missing-bars' || code === 'missing-sessions';

export const lineOf = ({ lines }: FileRows, row: number): number => lines[row] ?? 0;
