import type { BarDefect, FileRepair } from '#core/bar-file/check-bar-file.ts';
import { isHole } from '#core/bar-file/finding.ts';
import { count } from '#core/number-words.ts';

/** Of one kind in one file; the rest is like them, and counted. */
const MOST_OF_A_KIND = 5;

const IRREPARABLE: ReadonlySet<BarDefect['code']> = new Set([
  'empty-file',
  'no-bars',
  'no-session-bars',
  'header',
  'no-zone',
  'no-volume',
  'off-grid',
  'bar-length',
  'end-stamps',
  'merged-feeds',
  'outside-sessions',
  'other-clock',
]);

interface Told {
  readonly file: string;
  readonly code: string;
  readonly line: number | null;
  readonly text: string;
}

/** What was refused, a line a defect, and what a repair would do. */
export function describeDefects(
  defects: readonly BarDefect[],
  isRepaired: boolean,
): readonly string[] {
  const refused = defects.filter(({ severity }) => severity === 'refused');
  const canRepair = !isRepaired && refused.every(({ code }) => !IRREPARABLE.has(code));
  return [...linesOf(refused), ...(canRepair ? [cureOf(refused)] : [])];
}

function cureOf(refused: readonly BarDefect[]): string {
  const cure = 'correct the files, or add --repair to have';
  if (refused.every(isHole)) return `${cure} the holes used as they are`;
  return refused.some(isHole)
    ? `${cure} the holes used as they are, and all else put right and listed`
    : `${cure} all of this put right and listed`;
}

/** What is noted, a line a defect; of what is not needed a line a file. */
export const describeNotes = (defects: readonly BarDefect[]): readonly string[] => [
  ...linesOf(defects.filter(({ severity }) => severity === 'noted')),
  ...outsideLines(defects.filter(({ severity }) => severity === 'outside')),
];

function outsideLines(defects: readonly BarDefect[]): readonly string[] {
  const files = Map.groupBy(defects, ({ file }) => file);
  return [...files].map(([file, [first, ...others]]) => {
    const more = others.length === 0 ? '' : ` (and ${count(others.length, 'defect')} more there)`;
    return `${file}: outside the dates that are needed, line ${first?.line ?? ''}: ${first?.text ?? ''}${more}`;
  });
}

/** What was repaired, a line a repair. */
export const describeRepairs = (repairs: readonly FileRepair[]): readonly string[] =>
  linesOf(repairs);

function linesOf(told: readonly Told[]): readonly string[] {
  const kinds = Map.groupBy(told, ({ file, code }) => `${file} ${code}`);
  return [...kinds.values()].flatMap((kind) => {
    const [first] = kind;
    const rest = kind.slice(MOST_OF_A_KIND);
    const lines = kind
      .slice(0, MOST_OF_A_KIND)
      .map(({ file, line, text }) => `${file}: ${line === null ? '' : `line ${line}: `}${text}`);
    if (rest.length === 0 || first === undefined) return lines;
    const last = rest.at(-1)?.line ?? '';
    return [...lines, `${first.file}: and ${rest.length} more like it, the last in line ${last}`];
  });
}
