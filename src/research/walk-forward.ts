import { sessionReturns } from '#backtest/metrics/measure.ts';
import type { BacktestRecord } from '#backtest/metrics/measure.ts';
import { annualReturn } from '#backtest/metrics/returns.ts';
import type { SessionEquity } from '#backtest/result.ts';
import type { Usd } from '#core/money.ts';
import { usdToNumber } from '#core/money.ts';
import { count } from '#core/number-words.ts';
import type { AxisValue, Coordinates } from '#core/parameter-axes.ts';
import type { SessionDate } from '#core/session.ts';
import { deviationOf, meanOf, ratioOf } from '#core/statistics.ts';
import { MIN_TRAINED_RETURN } from '#core/study-words.ts';

/** Sessions one after the other, both ends included. */
export interface SessionSpan {
  readonly from: SessionDate;
  readonly to: SessionDate;
  readonly sessions: number;
}

/** What parameters are chosen on, and the time right after it that they are tried on. */
export interface WalkForwardWindow {
  readonly train: SessionSpan;
  readonly test: SessionSpan;
}

/**
 * How the time is cut. half-years: each year's first half trains, its second half tests. rolling: as many
 * sessions train each time, then the window moves on by what was tested. anchored: likewise, but training
 * always begins with the first session.
 */
export type WindowPlan =
  | { readonly kind: 'half-years' }
  | {
      readonly kind: 'rolling' | 'anchored';
      readonly trainSessions: number;
      readonly testSessions: number;
    };

/** `1 session is too few` */
export const tooFew = ({ length }: { readonly length: number }): string =>
  `${count(length, 'session')} ${length === 1 ? 'is' : 'are'} too few`;

const DEFAULT_WINDOWS: WindowPlan = { kind: 'half-years' };

export type ParsedWindows =
  | { readonly ok: true; readonly plan: WindowPlan }
  | { readonly ok: false; readonly error: string };

/** Reads `half-years`, or `rolling:120:40` and `anchored:120:40`: so many sessions train, so many test. */
export function parseWindows(text: string): ParsedWindows {
  if (text === 'half-years') return { ok: true, plan: { kind: 'half-years' } };
  const [, kind, train, test] = /^(rolling|anchored):(\d{1,5}):(\d{1,5})$/.exec(text) ?? [];
  if (kind !== 'rolling' && kind !== 'anchored') {
    const error = `no windows: "${text}"; use half-years, rolling:120:40 or anchored:120:40`;
    return { ok: false, error };
  }
  return {
    ok: true,
    plan: { kind, trainSessions: Number(train), testSessions: Number(test) },
  };
}

export type Windows =
  | { readonly ok: true; readonly windows: readonly WalkForwardWindow[] }
  | { readonly ok: false; readonly error: string };

/** A half of a year with fewer sessions, less than a month of them, makes no window. */
const LEAST_HALF = 21;

/** @param dates of all sessions, oldest first */
export function walkForwardWindows(
  dates: readonly SessionDate[],
  plan: WindowPlan = DEFAULT_WINDOWS,
): Windows {
  if (dates.some((date, index) => index > 0 && date <= (dates[index - 1] ?? date))) {
    throw new RangeError('sessions are not in order');
  }
  return plan.kind === 'half-years' ? halfYears(dates) : slices(dates, plan);
}

function halfYears(dates: readonly SessionDate[]): Windows {
  const years = Map.groupBy(dates, (date) => date.slice(0, 4));
  const windows = [...years].flatMap(([year, sessions]) => {
    const second = sessions.findIndex((date) => date >= `${year}-07-01`);
    const train = second < 0 ? sessions : sessions.slice(0, second);
    const test = sessions.slice(train.length);
    return Math.min(train.length, test.length) < LEAST_HALF ? [] : [windowOf(train, test)];
  });
  if (windows.length > 0) return { ok: true, windows };
  const error = `no year has ${LEAST_HALF} sessions in both of its halves; take more time, or rolling windows`;
  return { ok: false, error };
}

function slices(
  dates: readonly SessionDate[],
  { kind, trainSessions: train, testSessions: test }: Exclude<WindowPlan, { kind: 'half-years' }>,
): Windows {
  if (![train, test].every((sessions) => Number.isInteger(sessions) && sessions > 0)) {
    return {
      ok: false,
      error: `sessions to train (${train}) and to test (${test}) must be whole numbers above 0`,
    };
  }
  const windows: WalkForwardWindow[] = [];
  // What is left at the end still makes a window if it is half as long as the others.
  for (let at = train; at + test / 2 <= dates.length; at += test) {
    const from = kind === 'anchored' ? 0 : at - train;
    windows.push(windowOf(dates.slice(from, at), dates.slice(at, at + test)));
  }
  if (windows.length > 0) return { ok: true, windows };
  const error = `${tooFew(dates)} for one window: ${train} to train and ${test} to test; take more time, or shorter windows`;
  return { ok: false, error };
}

const windowOf = (
  train: readonly SessionDate[],
  test: readonly SessionDate[],
): WalkForwardWindow => ({ train: spanOf(train), test: spanOf(test) });

function spanOf(dates: readonly SessionDate[]): SessionSpan {
  const [from, to] = [dates[0], dates.at(-1)];
  if (from === undefined || to === undefined) throw new RangeError('a span needs a session');
  return { from, to, sessions: dates.length };
}

type Run = Pick<BacktestRecord, 'startingEquity' | 'sessions'>;

/**
 * Equity as if all tests had been one run: each one begins with what the one before has left. Time between
 * them, where there is any, is left out.
 */
export function stitchOutOfSample(
  startingEquity: Usd,
  tests: readonly Run[],
): readonly SessionEquity[] {
  let equity = usdToNumber(startingEquity);
  return tests.flatMap((test) => {
    const returns = sessionReturns(test);
    return test.sessions.map(({ date }, index) => {
      equity *= 1 + (returns[index] ?? 0);
      return { date, equity };
    });
  });
}

/**
 * Walk-forward efficiency (Pardo 2008, The Evaluation and Optimization of Trading Strategies): annual return
 * of all tests over that of all trainings. Null where training has earned too little to be divided by.
 */
export function efficiencyRatio(
  windows: readonly { readonly train: Run; readonly test: Run }[],
): number | null {
  const trained = annualReturn(windows.flatMap(({ train }) => sessionReturns(train)));
  const tested = annualReturn(windows.flatMap(({ test }) => sessionReturns(test)));
  if (trained === null || tested === null) return null;
  // What is 1 % but for the arithmetic stays it.
  return Number(trained.toFixed(9)) < MIN_TRAINED_RETURN ? null : ratioOf(tested, trained);
}

/** How much the windows agree about one parameter. */
export interface AxisStability {
  readonly name: string;
  /** The value that most windows have chosen; of several, the first that was. */
  readonly usual: AxisValue;
  /** Of the windows that have a choice, the share with this one, 0–1. */
  readonly share: number;
  /** Standard deviation over mean, not negative; null of what are no numbers, of a mean of zero, of one window. */
  readonly variation: number | null;
}

/**
 * What each window chose, parameter by parameter: a strategy that needs other parameters every half year has
 * fitted the noise of each.
 */
export function parameterStability(choices: readonly Coordinates[]): readonly AxisStability[] {
  return Object.keys(choices[0] ?? {}).map((name) => {
    const values = choices.map((choice) => valueOf(choice, name));
    const counts = [...Map.groupBy(values, (value) => value)].map(
      ([value, same]) => [value, same.length] as const,
    );
    const [usual, windows] = counts.reduce((most, each) => (each[1] > most[1] ? each : most));
    return { name, usual, share: windows / values.length, variation: variationOf(values) };
  });
}

function valueOf(choice: Coordinates, name: string): AxisValue {
  const value = choice[name];
  if (value === undefined) throw new RangeError(`a window has chosen no ${name}`);
  return value;
}

function variationOf(values: readonly AxisValue[]): number | null {
  const numbers = values.filter((value) => typeof value === 'number');
  const [mean, deviation] = [meanOf(numbers), deviationOf(numbers)];
  if (mean === null || deviation === null || numbers.length < values.length) return null;
  return ratioOf(deviation, Math.abs(mean));
}
