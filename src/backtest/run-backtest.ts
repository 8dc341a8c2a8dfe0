import { addUsd } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { daysOfView } from '#core/warm-up.ts';

import { createAgenda } from './agenda.ts';
import type { Agenda } from './agenda.ts';
import { actByHand } from './by-hand.ts';
import { glide } from './calm.ts';
import type { RunningTally } from './candidates.ts';
import { createDailyViews } from './daily-views.ts';
import type { DailyViews } from './daily-views.ts';
import { decideEntries } from './decide-entries.ts';
import { createDesk } from './desk.ts';
import type { Desk, Moment } from './desk.ts';
import { createEquityLog } from './equity-log.ts';
import type { EquityLog } from './equity-log.ts';
import { liveThrough } from './live-bar.ts';
import type { BacktestMarket } from './market.ts';
import type { BacktestOptions } from './options.ts';
import { prepareMarket } from './prepare.ts';
import type { PreparedMarket } from './prepare.ts';
import type { BacktestResult } from './result.ts';
import { createSessionKeeper } from './session-keeper.ts';
import type { SessionKeeper } from './session-keeper.ts';
import { takeUp } from './starting-state.ts';
import {
  closeByRule,
  exitsAt,
  moveTrailed,
  openTradesAt,
  takeEarlyProfits,
  tendEntries,
} from './tend-trades.ts';
import { barEndOf, lastSlotOf, sessionIndexOf, slotAfter, slotCount } from './time-grid.ts';
import { noteFlat, tendControl, watchDrawdown } from './watch-risk.ts';

/**
 * Replays history through the features, the decisions, the exits, the drawdown ladder and the simulated
 * exchange that trade live: a pure function, so that the same bars, parameters and options give the same
 * result, to the last bit.
 *
 * @throws RangeError on bars that are out of order, in no session or off the grid: they were to be checked.
 */
export function runBacktest(
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): BacktestResult {
  const stepped = startBacktest(prepareMarket(market, parameters), parameters, options);
  while (stepped.next());
  return stepped.result();
}

/** Slots that are played at a time, before somebody may look; each piece is short for the compiler, too. */
const MOST_SLOTS = 4_096;

/** A backtest that is played piece by piece, so that others can follow it, and stop it. */
export interface SteppedBacktest {
  /** Plays a piece; whether there is more. */
  next(): boolean;
  /** How much is done, 0 to 1. */
  share(): number;
  /** What it has come to. */
  result(): BacktestResult;
}

/** What runs on the same market can share, where their parameters agree on it. */
export interface SharedWork {
  readonly agenda: Agenda;
  readonly views: DailyViews;
}

/**
 * A backtest on a market that was prepared with the features of these parameters.
 *
 * @param shared that of the market and these parameters, where another run has made it already
 */
export function startBacktest(
  market: PreparedMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
  shared: SharedWork = {
    agenda: createAgenda(market, parameters, options.tradeFrom),
    views: createDailyViews(market, daysOfView(parameters)),
  },
): SteppedBacktest {
  const run = begin(market, parameters, options, shared);
  return {
    next() {
      stepOn(run, MOST_SLOTS);
      return !isOver(run);
    },
    share: () => Math.min(1, run.slot / Math.max(1, run.slots)),
    result: () => endOf(run),
  };
}

const isOver = ({ slot, slots }: Run): boolean => slot >= slots;

function stepOn(run: Run, most: number): void {
  const end = Math.min(run.slots, run.slot + most);
  while (run.slot < end) {
    if (run.desk.live.size > 0) glideOn(run);
    else run.slot = nextEventful(run);
    if (run.slot < run.slots) step(run, run.slot);
    run.slot += 1;
  }
}

/** Lives through the calm bars of what is held. */
function glideOn(run: Run): void {
  while (run.last !== null) {
    const { slot, isUnjudged } = glide(run, run.last, run.slot);
    run.slot = slot;
    if (!isUnjudged) return;
    judge(run, momentOf(run, slot - 1));
  }
}

/**
 * The next slot in which anything can change while nothing is held or ordered. Once equity is read, that is where
 * somebody has to decide, or where a session's close charges its fees.
 */
function nextEventful({ desk, agenda, market: { grid }, slot }: Run): number {
  if (!desk.ladder.hasSeen(desk.exchange.equity())) return slot;
  const next = agenda.next(slot);
  return desk.exchange.accruedFees() === 0 ? next : Math.min(next, lastSlotOf(grid, slot));
}

interface Run {
  readonly market: PreparedMarket;
  readonly desk: Desk;
  readonly agenda: Agenda;
  readonly views: DailyViews;
  readonly tally: RunningTally;
  readonly sessions: SessionKeeper;
  readonly equity: EquityLog;
  readonly startingEquity: Usd;
  readonly slots: number;
  /** The next one to be lived through. */
  slot: number;
  /** The last one that was lived through. */
  last: Moment | null;
  heldBars: number;
}

function begin(
  market: PreparedMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
  { agenda, views }: SharedWork,
): Run {
  const { grid, symbols } = market;
  const { firstSession } = agenda;
  const { recording } = options;
  const names = new Set(symbols.map(({ symbol }) => symbol));
  const desk = createDesk(grid, names, parameters, options);
  const slot =
    recording === null
      ? (grid.firstSlots[firstSession] ?? slotCount(grid))
      : slotAfter(grid, recording.start.at);
  if (recording !== null) takeUp(desk, market, recording.start, slot);
  const startingEquity = desk.exchange.equity();
  const equity = createEquityLog(grid.sessions[firstSession]?.open ?? 0, startingEquity);
  return {
    market,
    desk,
    agenda,
    views,
    tally: { ...agenda.tally, refused: { ...agenda.tally.refused } },
    sessions: createSessionKeeper(grid, desk.exchange, equity),
    equity,
    startingEquity,
    slots: slotCount(grid),
    slot,
    last: null,
    heldBars: 0,
  };
}

/** One bar, in the order in which a trading cycle goes about it: see `src/app/trading-cycle.ts`. */
function step(run: Run, slot: number): void {
  const { desk, sessions } = run;
  const moment = momentOf(run, slot);
  sessions.enter(moment.sessionIndex);
  actByHand(desk, moment.barEnd, false);
  run.heldBars += liveThrough(desk, moment);
  if (moment.barEnd >= moment.session.close) sessions.leave(moment.sessionIndex);
  tendControl(desk, moment);
  takeEarlyProfits(desk, moment);
  tendEntries(desk, moment);
  judge(run, moment);
}

/** What a cycle makes of the account and the market as they are after a bar. */
function judge(run: Run, moment: Moment): void {
  const { desk, equity } = run;
  watchDrawdown(desk, moment);
  const exits = exitsAt(desk, moment, openTradesAt(desk, moment));
  moveTrailed(desk, exits, moment);
  const candidates = run.agenda.at(moment.slot);
  if (candidates.length > 0) {
    const daily = run.views.before(moment.sessionIndex);
    decideEntries(desk, moment, { candidates, daily, tally: run.tally });
  }
  closeByRule(desk, exits, moment);
  noteFlat(desk, moment.barEnd);
  actByHand(desk, moment.barEnd, true);
  equity.note(moment.barEnd, desk.exchange.equity());
}

/** @throws Error for a slot that lies in no session: none is asked for. */
function momentOf(run: Run, slot: number): Moment {
  const { grid } = run.market;
  const before = run.last?.sessionIndex ?? -1;
  // Slots come in order: most lie in the session of the one before.
  const isNext = slot >= (grid.firstSlots[before + 1] ?? 0);
  const sessionIndex = isNext ? sessionIndexOf(grid, slot) : before;
  const session = grid.sessions[sessionIndex];
  if (session === undefined) throw new Error(`no session has slot ${slot}`);
  // The last bar of a session may be cut short by the close.
  const barEnd = Math.min(barEndOf(grid, slot, sessionIndex), session.close);
  run.last = { barEnd, session, sessionIndex, slot };
  return run.last;
}

function endOf(run: Run): BacktestResult {
  const { desk, tally, equity, market, agenda, heldBars } = run;
  run.sessions.end();
  const { exchange, closed, halts, entries, live } = desk;
  const open = [...live.values()].filter(({ trade }) => trade.entryQuantity > 0).length;
  return {
    startingEquity: run.startingEquity,
    endingEquity: exchange.equity(),
    trades: closed,
    stillOpen: open,
    equity: equity.series(market.grid.sessions.at(-1)?.close ?? 0),
    sessions: equity.sessions(market.grid.sessions.slice(agenda.firstSession)),
    signals: { ...tally, refused: { ...tally.refused } },
    // No bar is left in which the others could fill.
    entries: { ...entries, missed: entries.missed + live.size - open },
    halts,
    fees: addUsd(...exchange.fees().map(({ amount }) => amount)),
    borrow: exchange.borrowPaid(),
    heldBars,
    totalBars: tally.bars,
  };
}
