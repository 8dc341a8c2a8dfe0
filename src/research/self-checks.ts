import type { BacktestMarket } from '#backtest/market.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import type { BacktestResult, BacktestTrade } from '#backtest/result.ts';
import { runBacktest } from '#backtest/run-backtest.ts';
import { rowFrom, sliceRows } from '#core/bar-columns.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, Session, SessionDate } from '#core/session.ts';
import { daysOfView } from '#core/warm-up.ts';

import { longerBars } from './evaluate.ts';
import type { DateSpan } from './evaluate.ts';
import type { SelfCheck, SelfChecks } from './report.ts';

/** A market and how it is traded, to run some of it again. */
export interface CheckedRun {
  readonly market: BacktestMarket;
  readonly options: BacktestOptions;
  readonly parameters: StrategyParameters;
  readonly span: DateSpan;
}

/** Sessions that a single run is checked on, after its warm-up: enough for some trades, and little beside the run. */
const CHECKED_SESSIONS = 40;

/** Both checks of a run, on its first sessions. */
export function checkRun(
  { market, options, parameters }: Omit<CheckedRun, 'span'>,
  { sessions, trades }: Pick<BacktestResult, 'sessions' | 'trades'>,
): SelfChecks {
  const from = sessions[0]?.date;
  if (from === undefined) return { lookAhead: null, warmUp: null };
  const first = market.sessions.findIndex(({ date }) => date === from);
  const end = Math.max(first, daysOfView(parameters)) + CHECKED_SESSIONS;
  const to = (market.sessions[end - 1] ?? market.sessions.at(-1))?.date ?? from;
  const run = { market, options, parameters, span: { from, to } };
  return { lookAhead: checkLookAhead(run, trades), warmUp: checkWarmUp(run) };
}

/**
 * Whether a run sees what is yet to come: it is run anew on bars that end in the middle of the span, and every
 * trade that was closed by then has to be the same, to the last bit.
 */
export function checkLookAhead(
  run: CheckedRun,
  trades: readonly BacktestTrade[],
): SelfCheck | null {
  const { sessions } = run.market;
  const inSpan = sessions.filter(({ date }) => date >= run.span.from && date <= run.span.to);
  const cut = inSpan[Math.floor(inSpan.length / 2)];
  if (cut === undefined) return null;
  const until = sessions.findIndex(({ date }) => date === cut.date) + 1;
  const known = tradesOf(run, sessions.slice(0, until), run.span.from);
  // What is open at the end of the bars is no trade yet, and may end otherwise.
  const before = trades.filter(({ closedAt }) => closedAt < cut.close);
  const cutBefore = known.filter(({ closedAt }) => closedAt < cut.close);
  return { at: cut.date, ...compared(before, cutBefore, (trade) => JSON.stringify(trade)) };
}

/**
 * How much the result depends on where the bars begin: the same sessions are traded once with all that a decision
 * looks back at, and once with half of it. Null where there are too few sessions for that.
 */
export function checkWarmUp(run: CheckedRun): SelfCheck | null {
  const { sessions } = run.market;
  const days = daysOfView(run.parameters);
  const from = Math.max(
    sessions.findIndex(({ date }) => date >= run.span.from),
    days,
  );
  const first = sessions[from];
  const end = sessions.findLastIndex(({ date }) => date <= run.span.to) + 1;
  if (first === undefined || end <= from) return null;
  const full = tradesOf(run, sessions.slice(0, end), first.date);
  const half = sessions.slice(from - Math.floor(days / 2), end);
  return { at: first.date, ...compared(full, tradesOf(run, half, first.date), tradeText) };
}

/** Trades are the same where they were entered and left alike, whatever their size. */
const tradeText = ({ symbol, side, openedAt, closedAt, exitReason }: BacktestTrade): string =>
  [symbol, side, openedAt, closedAt, exitReason].join(' ');

function compared(
  all: readonly BacktestTrade[],
  others: readonly BacktestTrade[],
  textOf: (trade: BacktestTrade) => string,
): Pick<SelfCheck, 'trades' | 'differing'> {
  const [known, seen] = [new Set(all.map(textOf)), new Set(others.map(textOf))];
  const differing =
    [...known].filter((text) => !seen.has(text)).length +
    [...seen].filter((text) => !known.has(text)).length;
  return { trades: known.size, differing };
}

/** The trades of a run that has only the bars of these sessions. */
function tradesOf(
  { market, options, parameters }: CheckedRun,
  sessions: readonly Session[],
  tradeFrom: SessionDate,
): readonly BacktestTrade[] {
  const [from, until] = [sessions[0]?.open ?? 0, sessions.at(-1)?.close ?? 0];
  const part = longerBars({ ...barsBetween(market, from, until), sessions }, parameters.barMinutes);
  return runBacktest(part, parameters, { ...options, tradeFrom }).trades;
}

function barsBetween(market: BacktestMarket, from: EpochMs, until: EpochMs): BacktestMarket {
  const bars = [...market.bars].map(
    ([symbol, columns]) =>
      [symbol, sliceRows(columns, rowFrom(columns, from), rowFrom(columns, until))] as const,
  );
  return { ...market, bars: new Map(bars) };
}
