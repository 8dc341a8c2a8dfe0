import type { BarColumns } from '../bars.ts';
import { figureFindings, gridFinding, orderFindings, volumeFindings } from './check-bars.ts';
import { checkClock } from './check-clock.ts';
import type { ClockCheck, SessionRows } from './check-clock.ts';
import { gapFindings } from './check-gaps.ts';
import { splitFindings } from './check-splits.ts';
import { explainBars } from './explain-bars.ts';
import type { BarFinding, FileRows } from './finding.ts';
import { parseBars } from './parse-bars.ts';
import {
  adjustRows,
  encloseRows,
  orderRows,
  tradedRows,
  unreadableRepairs,
} from './repair-bars.ts';
import type { BarRepair } from './repair-bars.ts';

export interface BarFileOptions {
  /** Its name, for whoever has to correct it. */
  readonly file: string;
  readonly barMinutes: number;
  /** Whether what can be repaired is, instead of refused. */
  readonly repair: boolean;
}

/** refused: no figure may stand on such bars. noted: it is said, and the bars are used. */
export type DefectSeverity = 'refused' | 'noted';

export type BarDefect = BarFinding & { readonly file: string; readonly severity: DefectSeverity };

export type FileRepair = BarRepair & { readonly file: string };

export interface BarFileCheck {
  /** In order and each bar once, early and late trading included; what is refused may stand among them. */
  readonly columns: BarColumns;
  /** The sessions on whose days there are bars, and where in the columns. */
  readonly days: readonly SessionRows[];
  /** After a repair those that are left. */
  readonly defects: readonly BarDefect[];
  readonly repairs: readonly FileRepair[];
}

/** A hole of more minutes is no halt of a single stock on a usual day: data is missing. */
const LONGEST_HOLE_MINUTES = 30;
/** Of all bars: that few without volume are a feed's mishap. */
const FEW_WITHOUT_VOLUME = 0.01;

/** Reads a bar file and finds all that is wrong with it, or puts it right. */
export function checkBarFile(bytes: Uint8Array, options: BarFileOptions): BarFileCheck {
  const parsed = parseBars(bytes);
  if (parsed.findings.length > parsed.lines.length) {
    return unreadable(parsed, parsed.findings, { bytes, options });
  }
  return options.repair ? repaired(parsed, options) : checked(parsed, options);
}

/** The file is of another kind: all that a closer look finds is told, and none of it repaired. */
function unreadable(
  { columns }: FileRows,
  findings: readonly BarFinding[],
  { bytes, options }: { readonly bytes: Uint8Array; readonly options: BarFileOptions },
): BarFileCheck {
  const { file, barMinutes } = options;
  const isWordless = findings[0]?.line === null;
  const explained = isWordless ? [] : explainBars(new TextDecoder().decode(bytes), barMinutes);
  const first = explained[0]?.code === 'header' ? [] : findings.slice(0, 1);
  const lines = new Set(first.map(({ line }) => line));
  const all = [...first, ...explained.filter(({ line }) => line === null || !lines.has(line))];
  return {
    columns,
    days: [],
    defects: all.map((finding) => ({ ...finding, file, severity: severityOf(finding) })),
    repairs: [],
  };
}

function checked(
  parsed: FileRows & { readonly findings: readonly BarFinding[] },
  { file, barMinutes }: BarFileOptions,
): BarFileCheck {
  const { rows } = orderRows(parsed);
  const clock = checkClock(rows, barMinutes);
  const findings = [
    ...parsed.findings,
    ...orderFindings(parsed),
    ...figureFindings(parsed),
    ...volumeFindings(parsed),
    ...timeFindings(rows, clock, barMinutes),
    ...splitFindings(rows, clock.days),
  ];
  const defects = findings.map((finding) => ({
    ...finding,
    file,
    severity: severityOf(finding),
  }));
  return { columns: rows.columns, days: clock.days, defects, repairs: [] };
}

function repaired(
  parsed: FileRows & { readonly findings: readonly BarFinding[] },
  { file, barMinutes }: BarFileOptions,
): BarFileCheck {
  const enclosed = encloseRows(parsed);
  const traded = tradedRows(enclosed.rows);
  const ordered = orderRows(traded.rows);
  const clock = checkClock(ordered.rows, barMinutes);
  const adjusted = adjustRows(ordered.rows, splitFindings(ordered.rows, clock.days));
  const findings = [
    ...volumeFindings(adjusted.rows),
    ...timeFindings(adjusted.rows, clock, barMinutes),
  ];
  const repairs = [
    ...unreadableRepairs(parsed.findings),
    ...enclosed.repairs,
    ...traded.repairs,
    ...ordered.repairs,
    ...adjusted.repairs,
  ];
  return {
    columns: adjusted.rows.columns,
    days: clock.days,
    // Nobody can make up the bars of a hole: whoever asks for repairs takes them as they are.
    defects: findings.map((finding) => ({
      ...finding,
      file,
      severity: isHole(finding) ? 'noted' : severityOf(finding),
    })),
    repairs: repairs.map((repair) => ({ ...repair, file })),
  };
}

/** What is wrong with the times of rows in order. */
function timeFindings(
  rows: FileRows,
  { days, findings }: ClockCheck,
  barMinutes: number,
): readonly BarFinding[] {
  const grid = gridFinding(rows, barMinutes);
  const ofTime = grid === null ? findings : [grid, ...findings];
  if (!days.some(({ regularFrom, regularTo }) => regularTo > regularFrom)) {
    const text = "no bar lies within the exchange's hours; use a feed that has them";
    return [...ofTime, { code: 'no-session-bars', line: null, text }];
  }
  // On another grid or clock every bar is missing.
  return ofTime.length > 0 ? ofTime : gapFindings(rows, days, barMinutes);
}

const isHole = ({ code }: BarFinding): boolean =>
  code === 'missing-bars' || code === 'missing-sessions';

function severityOf(finding: BarFinding): DefectSeverity {
  const isRefused =
    finding.code === 'missing-bars'
      ? !finding.isThin && finding.longestMinutes > LONGEST_HOLE_MINUTES
      : finding.code === 'missing-sessions'
        ? !finding.isThin
        : finding.code !== 'zero-volume' || finding.share > FEW_WITHOUT_VOLUME;
  return isRefused ? 'refused' : 'noted';
}
