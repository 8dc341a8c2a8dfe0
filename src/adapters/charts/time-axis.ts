import { MINUTE_MS, newYorkDate, newYorkTime, startOfDay } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';

import { shortDate } from './calendar.ts';

/** A label under the axis. */
export interface AxisLabel {
  /** On the axis, in its own unit. */
  readonly x: number;
  readonly text: string;
}

/** Where instants lie on an axis that leaves out the hours between sessions. */
export interface TimeAxis {
  /** One for each instant, rising. */
  readonly xs: readonly number[];
  readonly labels: readonly AxisLabel[];
  /** Where a new day begins. */
  readonly dayStarts: readonly number[];
}

/** Times read easily in these steps, in minutes. */
const LABEL_STEPS = [5, 10, 15, 30, 60, 120, 240] as const;
/** Between the middles of two labels, in logical pixels. */
const LABEL_SPACING = 64;

const minuteOfDay = (at: EpochMs): number => {
  const [hours, minutes] = newYorkTime(at).split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
};

/**
 * Bars lie side by side, whatever time passed between them: the x of a bar is its number. Labels are New
 * York times at round minutes, and the date where a day begins.
 */
export function barAxis(
  starts: readonly EpochMs[],
  barMinutes: number,
  pixelsPerBar: number,
): TimeAxis {
  const dates = starts.map(newYorkDate);
  const dayStarts = [...dates.keys()].filter((x) => x > 0 && dates[x] !== dates[x - 1]);
  const step = LABEL_STEPS.find(
    (minutes) => (minutes / barMinutes) * pixelsPerBar >= LABEL_SPACING && minutes >= barMinutes,
  );
  const times = [...starts.keys()].filter(
    (x) => step !== undefined && minuteOfDay(starts[x] ?? 0) % step === 0,
  );
  const days = dayStarts.map((x) => ({ x, text: dateLabel(dates[x]) }));
  const clock = times.map((x) => ({ x, text: newYorkTime(starts[x] ?? 0) }));
  const labels = spaced([...days, ...clock], LABEL_SPACING / pixelsPerBar);
  const first = starts[0];
  if (labels.length === 0 && first !== undefined) {
    return { xs: [0], labels: [{ x: 0, text: newYorkTime(first) }], dayStarts };
  }
  return { xs: [...starts.keys()], labels, dayStarts };
}

const dateLabel = (date: SessionDate | undefined): string =>
  date === undefined ? '' : shortDate(date);

/** A night counts as this many of the usual gaps between points. */
const NIGHT_GAPS = 3;

/**
 * Instants of one day lie as far apart as they are. Over several days the nights between are cut short, and
 * days alone are labelled.
 */
export function pointAxis(instants: readonly EpochMs[], plotWidth: number): TimeAxis {
  const dates = instants.map(newYorkDate);
  const night = NIGHT_GAPS * usualGap(instants);
  const xs: number[] = [];
  for (const [index, at] of instants.entries()) {
    const gap = at - (instants[index - 1] ?? at);
    const shown = dates[index] === dates[index - 1] ? gap : Math.min(gap, night);
    xs.push((xs[index - 1] ?? 0) + shown);
  }
  const dayStarts = [...dates.keys()].filter((index) => dates[index] !== dates[index - 1]);
  const spacing = (LABEL_SPACING / plotWidth) * ((xs.at(-1) ?? 0) || 1);
  const [from = 0, to = from] = [instants[0], instants.at(-1)];
  if (dayStarts.length <= 1) {
    return { xs, labels: timesBetween(from, to, spacing), dayStarts: [] };
  }
  const labels = dayStarts.map((index) => ({ x: xs[index] ?? 0, text: dateLabel(dates[index]) }));
  const shown = spaced(labels, spacing);
  // Borders that are too close to be named would only be a fence.
  const borders = shown.length === labels.length ? labels.slice(1).map(({ x }) => x) : [];
  return { xs, labels: shown, dayStarts: borders };
}

/** The middle one of the gaps between neighbours. */
function usualGap(instants: readonly EpochMs[]): number {
  const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? at));
  return gaps.toSorted((left, right) => left - right)[Math.floor(gaps.length / 2)] ?? 0;
}

/** Round times of one New York day; the x of an instant is its distance from the first. */
function timesBetween(from: EpochMs, to: EpochMs, spacing: number): readonly AxisLabel[] {
  const step = LABEL_STEPS.find((minutes) => minutes * MINUTE_MS >= spacing);
  const midnight = startOfDay(newYorkDate(from));
  const labels: AxisLabel[] = [];
  const stepMs = (step ?? 0) * MINUTE_MS;
  if (step !== undefined) {
    const first = midnight + Math.ceil((from - midnight) / stepMs) * stepMs;
    for (let at = first; at <= to; at += stepMs) {
      labels.push({ x: at - from, text: newYorkTime(at) });
    }
  }
  return labels.length > 0 ? labels : [{ x: 0, text: newYorkTime(from) }];
}

/** Keeps labels in their order of importance, those that have room beside the kept ones. */
function spaced(labels: readonly AxisLabel[], spacing: number): readonly AxisLabel[] {
  const kept: AxisLabel[] = [];
  for (const label of labels) {
    if (kept.every(({ x }) => Math.abs(x - label.x) >= spacing * 0.99)) kept.push(label);
  }
  return kept.toSorted((left, right) => left.x - right.x);
}

/** Labels of days on an axis where each has one place. */
export function dayAxis(dates: readonly SessionDate[], pixelsPerDay: number): readonly AxisLabel[] {
  const every = Math.max(1, Math.ceil(LABEL_SPACING / pixelsPerDay));
  // Counted from the last day, which is the one that people look for.
  return dates
    .map((date, x) => ({ x, text: dateLabel(date) }))
    .filter(({ x }) => (dates.length - 1 - x) % every === 0);
}
