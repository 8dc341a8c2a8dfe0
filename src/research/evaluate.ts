import { createAgenda } from '#backtest/agenda.ts';
import type { Agenda } from '#backtest/agenda.ts';
import { createDailyViews } from '#backtest/daily-views.ts';
import type { DailyViews } from '#backtest/daily-views.ts';
import type { BacktestMarket } from '#backtest/market.ts';
import { keyFigures, sessionReturns } from '#backtest/metrics/measure.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import { prepareMarket } from '#backtest/prepare.ts';
import type { PreparedMarket } from '#backtest/prepare.ts';
import type { BacktestResult } from '#backtest/result.ts';
import { startBacktest } from '#backtest/run-backtest.ts';
import { agendaKey, signalKey } from '#backtest/shared-keys.ts';
import { aggregateBars } from '#core/aggregate-bars.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { Session, SessionDate } from '#core/session.ts';
import { daysOfView } from '#core/warm-up.ts';

import type { PointOutcome } from './outcome.ts';

/** Sessions from one to another, both included. */
export interface DateSpan {
  readonly from: SessionDate;
  readonly to: SessionDate;
}

/** What a run of a span came to; signals are counted nowhere, since many runs share the search for them. */
export type SpanResult = Omit<BacktestResult, 'signals' | 'heldBars' | 'totalBars'>;

/** Runs points of a grid on a market, on any part of its sessions. */
export interface Evaluator {
  readonly market: BacktestMarket;
  readonly options: BacktestOptions;
  /** A backtest of the span alone: what is before it only warms up, and what comes after it is not there. */
  run(parameters: StrategyParameters, span: DateSpan): SpanResult;
  outcome(parameters: StrategyParameters, span: DateSpan): PointOutcome;
}

/** Bars on their grid are the most that is kept, and points come in an order in which those that share them are together. */
const KEPT_MARKETS = 2;

interface SharedMarket {
  readonly market: PreparedMarket;
  readonly agendas: Map<string, Agenda>;
  readonly views: Map<number, DailyViews>;
}

/**
 * Shares everything between points that is the same for them: longer bars, the features of the whole market once
 * for all parameters that agree on them, the agenda likewise, and the days before each session. A feature sees
 * no later bar, so that those of the whole market are those of each span. What is left for a point is its
 * simulation; it comes to the same, to the last bit, as a backtest of its own.
 *
 * @param market of 5-minute bars where points of longer ones are to be run
 */
export function createEvaluator(market: BacktestMarket, options: BacktestOptions): Evaluator {
  const { sessions } = market;
  const markets = new Map<number, BacktestMarket>([[market.barMinutes, market]]);
  const prepared = new Map<string, SharedMarket>();
  const sharedMarket = (parameters: StrategyParameters): SharedMarket => {
    const key = signalKey(parameters);
    const known = prepared.get(key) ?? prepare(parameters);
    // The one that was used last is the last to go.
    prepared.delete(key);
    prepared.set(key, known);
    const [oldest] = prepared.keys();
    if (prepared.size > KEPT_MARKETS && oldest !== undefined) prepared.delete(oldest);
    return known;
  };
  const prepare = (parameters: StrategyParameters): SharedMarket => {
    const { barMinutes } = parameters;
    const bars = getOrMake(markets, barMinutes, () => longerBars(market, barMinutes));
    return { market: prepareMarket(bars, parameters), agendas: new Map(), views: new Map() };
  };
  const run = (parameters: StrategyParameters, span: DateSpan): SpanResult => {
    const shared = sharedMarket(parameters);
    const { from, to } = indicesOf(sessions, span);
    const agenda = getOrMake(shared.agendas, agendaKey(parameters), () =>
      createAgenda(shared.market, parameters, null),
    );
    const days = daysOfView(parameters);
    const views = getOrMake(shared.views, days, () => createDailyViews(shared.market, days));
    const stepped = startBacktest(endedAt(shared.market, to), parameters, options, {
      agenda: { ...agenda, firstSession: from },
      views,
    });
    while (stepped.next());
    return stepped.result();
  };
  return {
    market,
    options,
    run,
    outcome(parameters, span) {
      const result = run(parameters, span);
      return { figures: keyFigures(result), returns: sessionReturns(result) };
    },
  };
}

function getOrMake<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

/** @throws RangeError where the market's bars do not make up such longer ones. */
export function longerBars(market: BacktestMarket, barMinutes: 5 | 15): BacktestMarket {
  if (barMinutes === market.barMinutes) return market;
  if (barMinutes < market.barMinutes) {
    throw new RangeError(`bars of ${market.barMinutes} minutes make no bars of ${barMinutes}`);
  }
  const { bars, sessions } = market;
  const longer = new Map(
    [...bars].map(([symbol, columns]) => [symbol, aggregateBars(columns, sessions, barMinutes)]),
  );
  return { ...market, barMinutes, bars: longer };
}

/** Indices of the first and the last session of a span; a span without a session is a mistake of the caller. */
function indicesOf(
  sessions: readonly Session[],
  { from, to }: DateSpan,
): { readonly from: number; readonly to: number } {
  const first = sessions.findIndex(({ date }) => date >= from);
  const last = sessions.findLastIndex(({ date }) => date <= to);
  if (first < 0 || last < first) throw new RangeError(`no session from ${from} to ${to}`);
  return { from: first, to: last };
}

/** The market as if nothing had come after this session: bars behind the last slot are never looked at. */
function endedAt(market: PreparedMarket, last: number): PreparedMarket {
  const { grid } = market;
  if (last >= grid.sessions.length - 1) return market;
  return {
    ...market,
    grid: {
      ...grid,
      sessions: grid.sessions.slice(0, last + 1),
      firstSlots: grid.firstSlots.subarray(0, last + 2),
    },
  };
}
