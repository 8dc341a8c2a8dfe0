import type { BarColumns } from '../bars.ts';
import type { Span } from '../span.ts';
import { figureFindings, gridFinding, orderFindings, volumeFindings } from './check-bars.ts';
import { checkClock } from './check-clock.ts';
import type { ClockCheck, SessionRows } from './check-clock.ts';
import { gapFindings } from './check-gaps.ts';
import { splitFindings } from './check-splits.ts';
import { explainBars } from './explain-bars.ts';
import { isHole } from './finding.ts';
import type { BarFinding, FileRows } from './finding.ts';
import { isAboutNeeded, shareWithoutVolume } from './needed-time.ts';
import type { NeededRows } from './needed-time.ts';
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
  /** The time of which bars are needed; all of it when left out. */
  readonly needed?: Span;
}

/**
 * refused: no figure may stand on such bars. noted: it is said, and the bars are used. outside: of time that is not
 * needed, which is said in short.
 */
export type DefectSeverity = 'refused' | 'noted' | 'outside';

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
const ALWAYS: Span = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
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
  { file, barMinutes, needed = ALWAYS }: BarFileOptions,
): BarFileCheck {
  const { rows } = orderRows(parsed);
  const all = { inFile: parsed, inOrder: rows, barMinutes, needed };
  const clock = checkClock(rows, barMinutes);
  const findings = [
    ...parsed.findings,
    ...orderFindings(parsed),
    ...figureFindings(parsed),
    ...volumeFindings(parsed),
    ...timeFindings(all, clock),
    ...splitFindings(rows, clock.days),
  ];
  const defects = findings.map((finding) => ({
    ...finding,
    file,
    severity: severityWithin(finding, all),
  }));
  return { columns: rows.columns, days: clock.days, defects, repairs: [] };
}

function repaired(
  parsed: FileRows & { readonly findings: readonly BarFinding[] },
  { file, barMinutes, needed = ALWAYS }: BarFileOptions,
): BarFileCheck {
  const enclosed = encloseRows(parsed);
  const traded = tradedRows(enclosed.rows);
  const ordered = orderRows(traded.rows);
  const clock = checkClock(ordered.rows, barMinutes);
  const adjusted = adjustRows(ordered.rows, splitFindings(ordered.rows, clock.days));
  const all = { inFile: parsed, inOrder: adjusted.rows, barMinutes, needed };
  const findings = [...volumeFindings(adjusted.rows), ...timeFindings(all, clock)];
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
    // Whoever asks for repairs takes holes as they are.
    defects: findings.map((finding) => {
      const severity = severityWithin(finding, all);
      const isNoted = severity === 'refused' && isHole(finding);
      return { ...finding, file, severity: isNoted ? 'noted' : severity };
    }),
    repairs: repairs.map((repair) => ({ ...repair, file })),
  };
}

/** What is wrong with the times of rows in order. */
function timeFindings(all: NeededRows, { days, findings }: ClockCheck): readonly BarFinding[] {
  const { inOrder: rows, barMinutes, needed } = all;
  const grid = gridFinding(rows, barMinutes);
  const ofTime = grid === null ? findings : [grid, ...findings];
  if (!days.some(({ regularFrom, regularTo }) => regularTo > regularFrom)) {
    const text = "no bar lies within the exchange's hours; use a feed that has them";
    return [...ofTime, { code: 'no-session-bars', line: null, text }];
  }
  if (ofTime.length === 0) return gapFindings(rows, days, barMinutes);
  // On another grid or clock every bar is missing.
  if (ofTime.some((finding) => isAboutNeeded(finding, all))) return ofTime;
  const { from, until } = needed;
  const neededDays = days.filter(({ session: { open } }) => open >= from && open < until);
  return [...ofTime, ...gapFindings(rows, neededDays, barMinutes)];
}

/** What a finding means for whoever needs no other bars. */
function severityWithin(finding: BarFinding, all: NeededRows): DefectSeverity {
  if (!isAboutNeeded(finding, all)) return 'outside';
  const isOfOthers =
    finding.code === 'zero-volume' && shareWithoutVolume(all) <= FEW_WITHOUT_VOLUME;
  return isOfOthers ? 'noted' : severityOf(finding);
}

function severityOf(finding: BarFinding): DefectSeverity {
  const isRefused =
    finding.code === 'missing-bars'
      ? !finding.isThin && finding.longestMinutes > LONGEST_HOLE_MINUTES
      : finding.code === 'missing-sessions'
        ? !finding.isThin
        : finding.code !== 'zero-volume' || finding.share > FEW_WITHOUT_VOLUME;
  return isRefused ? 'refused' : 'noted';
}
