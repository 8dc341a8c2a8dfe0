/** The drawdown ladder and what it halts, as far as trades depend on it. */
import type { BacktestOptions } from '#backtest/options.ts';
import type { BacktestHalt } from '#backtest/result.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';

/** A limit is reached once a second bar has confirmed what a first one has shown. */
type Limit = 'clear' | 'suspected' | 'reached';

export interface Risk {
  status: 'active' | 'halted' | 'flattening';
  /** Infinity: until somebody resumes. */
  until: EpochMs;
  date: SessionDate | null;
  opening: number;
  peak: number;
  /** Of the last reading. */
  equity: number;
  day: Limit;
  fromPeak: Limit;
  readonly halts: BacktestHalt[];
}

export const noRisk = (): Risk => ({
  status: 'active',
  until: Number.POSITIVE_INFINITY,
  date: null,
  opening: 0,
  peak: 0,
  equity: 0,
  day: 'clear',
  fromPeak: 'clear',
  halts: [],
});

/** What ends by itself at a bar's end: a closing of everything, a halt for the day, and one from the peak. */
export function endHalts(
  risk: Risk,
  { at, session, isFlat }: { at: EpochMs; session: Session; isFlat: boolean },
  { afterPeakHalt }: BacktestOptions,
): void {
  noteFlat(risk, isFlat);
  if (risk.status === 'halted' && at >= risk.until) risk.status = 'active';
  const isNewDay = risk.date !== null && risk.date !== session.date;
  const mayResume = isNewDay && afterPeakHalt === 'resume' && risk.status === 'halted';
  if (!mayResume || risk.fromPeak !== 'reached') return;
  risk.status = 'active';
  risk.fromPeak = 'clear';
  risk.peak = risk.equity;
}

export function noteFlat(risk: Risk, isFlat: boolean): void {
  if (risk.status === 'flattening' && isFlat) risk.status = 'halted';
}

/** Takes a bar's equity in. */
export function readEquity(
  risk: Risk,
  { at, session, nextOpen, equity }: Seen,
  parameters: StrategyParameters,
): void {
  if (equity <= 0) return;
  const isFirst = risk.date === null;
  if (risk.date !== session.date) {
    risk.date = session.date;
    risk.opening = equity;
    risk.day = 'clear';
    if (risk.fromPeak === 'suspected') risk.fromPeak = 'clear';
  }
  risk.peak = isFirst ? equity : Math.max(risk.peak, equity);
  risk.equity = equity;
  const { dailyDrawdownPercent, peakDrawdownPercent } = parameters;
  const day = follow(risk.day, fallFrom(risk.opening, equity) >= dailyDrawdownPercent);
  const fromPeak = follow(risk.fromPeak, fallFrom(risk.peak, equity) >= peakDrawdownPercent);
  if (day === 'reached' && risk.day !== 'reached') halt('day', nextOpen);
  if (fromPeak === 'reached' && risk.fromPeak !== 'reached') {
    halt('peak', Number.POSITIVE_INFINITY);
  }
  risk.day = day;
  risk.fromPeak = fromPeak;

  function halt(scope: 'day' | 'peak', until: EpochMs): void {
    risk.halts.push({ at, scope });
    risk.until = risk.status === 'active' ? until : Math.max(risk.until, until);
    if (parameters.drawdownPolicy === 'flatten') risk.status = 'flattening';
    else if (risk.status === 'active') risk.status = 'halted';
  }
}

interface Seen {
  readonly at: EpochMs;
  readonly session: Session;
  /** Infinity where no session follows. */
  readonly nextOpen: EpochMs;
  readonly equity: number;
}

/** In per cent, as it is compared: to a millionth. */
const fallFrom = (base: number, equity: number): number =>
  Math.round(((base - equity) / base) * 100 * 1e6) / 1e6;

function follow(limit: Limit, isBeyond: boolean): Limit {
  if (limit === 'reached') return limit;
  if (!isBeyond) return 'clear';
  return limit === 'suspected' ? 'reached' : 'suspected';
}

export const isAtLimit = ({ day, fromPeak }: Risk): boolean =>
  day !== 'clear' || fromPeak !== 'clear';

/** Of the rules that close by the clock: no later than this may trades be open. */
export const isFlattenTime = (
  session: Session,
  at: EpochMs,
  { endOfDay, flattenMinutes, barMinutes }: StrategyParameters,
): boolean =>
  endOfDay === 'flatten' && at + (barMinutes + flattenMinutes) * MINUTE_MS > session.close;
