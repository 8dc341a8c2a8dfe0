/**
 * A backtest once more, for the engine to be held against: every bar of every symbol, one after the other,
 * nothing skipped and nothing shared with it but the types. Written from docs/backtest.md and docs/rules.md.
 */
import type { BacktestMarket } from '#backtest/market.ts';
import type { BacktestOptions } from '#backtest/options.ts';
import type { BacktestHalt } from '#backtest/result.ts';
import { barAt } from '#core/bars.ts';
import type { Bar, BarColumns } from '#core/bars.ts';
import type { DailyBar } from '#core/decision.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { MINUTE_MS, startOfDay } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import { chargeDay, equityOf, heldOf, onTick, signOf } from './account.ts';
import type { Book, Plan, Position, ReferenceTrade } from './account.ts';
import { decideSymbol } from './decide.ts';
import { meetBar } from './fills.ts';
import { closeShares, moveStops, sendEntry, takeEarlyProfit, tendEntry } from './orders.ts';
import type { Now } from './orders.ts';
import { readBars, sumOf } from './readings.ts';
import type { ReadBar } from './readings.ts';
import { endHalts, isFlattenTime, noRisk, noteFlat, readEquity } from './risk.ts';
import type { Risk } from './risk.ts';

export interface ReferenceResult {
  readonly trades: readonly ReferenceTrade[];
  readonly endingEquity: number;
  readonly stillOpen: number;
  readonly closes: readonly number[];
  /** By what became of a decision: `entered`, `no-signal` or the filter that refused. */
  readonly tally: Readonly<Record<string, number>>;
  readonly entries: Book['entries'];
  readonly halts: readonly BacktestHalt[];
  readonly fees: number;
  readonly borrow: number;
  readonly heldBars: number;
}

interface Stock {
  readonly symbol: Ticker;
  readonly bars: readonly Bar[];
  readonly read: readonly ReadBar[];
  /** The row of the bar that starts at an instant. */
  readonly rows: ReadonlyMap<EpochMs, number>;
  readonly days: readonly DailyBar[];
  /** The minutes of a bar, by its start. */
  readonly minutes: ReadonlyMap<EpochMs, readonly Bar[]>;
}

interface Run {
  readonly market: BacktestMarket;
  readonly parameters: StrategyParameters;
  readonly options: BacktestOptions;
  readonly barMs: number;
  readonly stocks: readonly Stock[];
  readonly book: Book;
  readonly risk: Risk;
  readonly tally: Record<string, number>;
  /** Equity at each session's close. */
  readonly closes: number[];
  heldBars: number;
}

export function simulate(
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): ReferenceResult {
  const run = startOf(market, parameters, options);
  const { book, risk, barMs } = run;
  for (const [index, session] of market.sessions.entries()) {
    if (options.tradeFrom !== null && session.date < options.tradeFrom) continue;
    const days = daysBefore(run, session);
    const today = startOfDay(session.date);
    const nextOpen = market.sessions[index + 1]?.open ?? Number.POSITIVE_INFINITY;
    for (let start = session.open; start < session.close; start += barMs) {
      playBar(run, { session, today, start, at: start + barMs, nextOpen, days });
    }
  }
  // What was never entered will not be any more.
  const entered = book.positions.filter((position) => position.entered > 0);
  book.entries.missed += book.positions.length - entered.length;
  return {
    trades: book.closed,
    endingEquity: equityOf(book),
    stillOpen: entered.length,
    closes: run.closes,
    tally: run.tally,
    entries: book.entries,
    halts: risk.halts,
    fees: book.fees,
    borrow: book.borrow,
    heldBars: run.heldBars,
  };
}

function startOf(
  market: BacktestMarket,
  parameters: StrategyParameters,
  options: BacktestOptions,
): Run {
  const book: Book = {
    cash: options.startingCash,
    prices: new Map(),
    positions: [],
    closed: [],
    owed: 0,
    fees: 0,
    borrow: 0,
    entries: { filled: 0, missed: 0, rejected: 0 },
  };
  return {
    market,
    parameters,
    options,
    barMs: market.barMinutes * MINUTE_MS,
    stocks: [...market.bars.keys()].map((symbol) => stockOf(market, parameters, symbol)),
    book,
    risk: noRisk(),
    tally: {},
    closes: [],
    heldBars: 0,
  };
}

const rowsOf = (columns: BarColumns | undefined): readonly Bar[] =>
  columns === undefined ? [] : [...columns.start.keys()].map((row) => barAt(columns, row));

const utcDayOf = (at: EpochMs): number => Math.floor(at / (24 * 60 * MINUTE_MS));

function stockOf(market: BacktestMarket, parameters: StrategyParameters, symbol: Ticker): Stock {
  const bars = rowsOf(market.bars.get(symbol));
  const barMs = market.barMinutes * MINUTE_MS;
  // The exchange's hours never reach over midnight in UTC.
  const byDay = new Map(market.sessions.map((session) => [utcDayOf(session.open), session]));
  const sessionOf = ({ start }: Bar): Session => byDay.get(utcDayOf(start))!;
  const byDate = Map.groupBy(bars, (bar) => sessionOf(bar).date);
  return {
    symbol,
    bars,
    read: readBars(bars, sessionOf, parameters),
    rows: new Map(bars.map(({ start }, row) => [start, row])),
    days: [...byDate].map(([date, inside]) => ({
      date,
      close: inside.at(-1)!.close,
      volume: sumOf(inside.map(({ volume }) => volume)),
    })),
    minutes: Map.groupBy(
      rowsOf(market.minuteBars?.get(symbol)),
      ({ start }) => Math.floor(start / barMs) * barMs,
    ),
  };
}

/** As many as life reads of each symbol: a return takes two closes. */
function daysBefore({ stocks, parameters }: Run, { date }: Session) {
  const most = Math.max(parameters.volumeProfileDays, parameters.correlationDays + 1);
  return new Map(
    stocks.map(({ symbol, days }) => [symbol, days.filter((day) => day.date < date).slice(-most)]),
  );
}

interface Slot {
  readonly session: Session;
  /** The midnight with which its day began. */
  readonly today: EpochMs;
  readonly start: EpochMs;
  readonly at: EpochMs;
  /** Infinity where no session follows. */
  readonly nextOpen: EpochMs;
  readonly days: ReadonlyMap<Ticker, readonly DailyBar[]>;
}

/** One bar of all symbols, in the seven steps of docs/backtest.md. */
function playBar(run: Run, slot: Slot): void {
  const { book, risk, parameters, options, barMs } = run;
  const { session, at, nextOpen } = slot;
  for (const position of book.positions) meetBarOf(run, slot, position);
  const isLast = at === session.close;
  if (isLast) closeSession(run, session);
  const now: Now = { book, at, isOpen: !isLast, sessions: run.market.sessions, options };
  endHalts(risk, { at, session, isFlat: book.positions.length === 0 }, options);
  for (const position of book.positions) takeEarlyProfit(now, position);
  for (const position of book.positions) tendEntry(now, position, barMs);
  readEquity(risk, { at, session, nextOpen, equity: equityOf(book) }, parameters);
  const exits = exitsOf(run, slot);
  for (const { position, to } of exits) if (to !== null) moveStops(now, position, to);
  for (const plan of plansOf(run, slot)) sendEntry(now, plan);
  for (const { position, reason } of exits) {
    if (reason !== null) closeShares(now, position, heldOf(position), reason);
  }
  if (risk.status === 'flattening') closeAll(now);
  noteFlat(risk, book.positions.length === 0);
}

function closeAll(now: Now): void {
  for (const position of now.book.positions) {
    if (!position.isLeaving) closeShares(now, position, heldOf(position), 'risk_limit');
  }
}

/** What the exit rules want of the trades that hold shares; nothing while everything is flattened. */
function exitsOf(run: Run, slot: Slot): readonly Exit[] {
  const held = run.book.positions.filter((position) => heldOf(position) > 0);
  for (const position of held) followPrice(run, slot, position);
  if (run.risk.status === 'flattening') return [];
  return held.flatMap((position) => exitOf(run, slot, position));
}

function meetBarOf(run: Run, { start, at }: Slot, position: Position): void {
  const { book, options, stocks } = run;
  const { bars, rows, minutes } = stocks.find(({ symbol }) => symbol === position.plan.symbol)!;
  const bar = bars[rows.get(start) ?? -1];
  if (bar === undefined) return;
  if (heldOf(position) > 0) run.heldBars += 1;
  const inside = minutes.get(start) ?? [];
  const doTell = inside.at(-1)?.close === bar.close && isContested(position, bar);
  for (const part of doTell ? inside : [bar]) {
    meetBar(book, position, { bar: part, model: options.fills, at });
  }
}

/** Whether a stop and a target both lie in the bar: only then does it matter what came first. */
function isContested({ groups }: Position, { high, low }: Bar): boolean {
  const isWithin = (price: number): boolean =>
    price >= Math.round(low * 1e6) && price <= Math.round(high * 1e6);
  const live = groups.filter(({ isOver }) => !isOver);
  return live.some(({ stop }) => isWithin(stop)) && live.some(({ target }) => isWithin(target));
}

function closeSession({ book, options, closes }: Run, { close }: Session): void {
  for (const { groups } of book.positions) {
    for (const group of groups) if (group.lapsesAt <= close) group.isOver = true;
  }
  chargeDay(book, options.fills.borrowBpsPerYear);
  closes.push(equityOf(book));
}

const barOf = ({ stocks }: Run, { start }: Slot, { plan }: Position): Bar | undefined => {
  const { bars, rows } = stocks.find(({ symbol }) => symbol === plan.symbol)!;
  return bars[rows.get(start) ?? -1];
};

/** Of the bar in which the entry filled only the close is known to have come after it. */
function followPrice(run: Run, slot: Slot, position: Position): void {
  const bar = barOf(run, slot, position);
  if (bar === undefined) return;
  const { plan, entryValue, entered, openedAt } = position;
  const isEntryBar = openedAt! > bar.start;
  const entry = Math.round(entryValue / entered);
  const seen = [
    entry,
    position.best ?? entry,
    position.worst ?? entry,
    Math.round((isEntryBar ? bar.close : bar.high) * 1e6),
    Math.round((isEntryBar ? bar.close : bar.low) * 1e6),
  ];
  const isLong = plan.side === 'long';
  position.best = isLong ? Math.max(...seen) : Math.min(...seen);
  position.worst = isLong ? Math.min(...seen) : Math.max(...seen);
}

interface Exit {
  readonly position: Position;
  /** Null: only the stop moves. */
  readonly reason: 'end_of_day' | 'time_exit' | null;
  readonly to: number | null;
}

/** The first exit rule that applies. */
function exitOf(run: Run, slot: Slot, position: Position): readonly Exit[] {
  const { parameters } = run;
  const { session, at } = slot;
  const { entryValue, entered, openedAt, isLeaving } = position;
  if (isLeaving) return [];
  const isLeftOver = parameters.endOfDay === 'flatten' && openedAt! < slot.today;
  if (isLeftOver || isFlattenTime(session, at, parameters)) {
    return [{ position, reason: 'end_of_day', to: null }];
  }
  const bar = barOf(run, slot, position);
  if (bar === undefined) return [];
  const close = Math.round(bar.close * 1e6);
  const entry = Math.round(entryValue / entered);
  const moved = (100 * Math.abs(close - entry)) / entry;
  const { timeExitMinutes, timeExitPercent } = parameters;
  const isOld = timeExitMinutes > 0 && at >= openedAt! + timeExitMinutes * MINUTE_MS;
  if (isOld && moved < timeExitPercent) return [{ position, reason: 'time_exit', to: null }];
  const to = trailedStop(position, { entry, close }, parameters);
  return to === null ? [] : [{ position, reason: null, to }];
}

/** `trailBehindR` behind the best price, and the first profit at least; never nearer than that, nor back. */
function trailedStop(
  { plan, best, stop }: Position,
  { entry, close }: { readonly entry: number; readonly close: number },
  { trailFromR, trailBehindR, trailMinStepR }: StrategyParameters,
): number | null {
  const away = signOf(plan.side);
  const inR = (multiple: number): number => Math.round(multiple * plan.risk);
  const top = best ?? entry;
  if (away * (top - entry) < inR(trailFromR)) return null;
  const [inward, outward] = away === 1 ? (['down', 'up'] as const) : (['up', 'down'] as const);
  const behind = onTick(top - away * inR(trailBehindR), inward);
  const locked = onTick(entry + away * inR(trailFromR - trailBehindR), outward);
  const to = away === 1 ? Math.max(behind, locked) : Math.min(behind, locked);
  const step = away * (to - stop);
  const isWorthIt = step > 0 && step >= inR(trailMinStepR);
  return isWorthIt && away * (close - to) > 0 ? to : null;
}

/** Every symbol that has a bar is decided about; what one takes is gone for those after it. */
function plansOf(run: Run, { session, start, at, days }: Slot): readonly Plan[] {
  const { book, risk, parameters, options, tally, stocks } = run;
  const world = { at, session, book, risk, days, parameters, options };
  const plans: Plan[] = [];
  for (const { symbol, rows, read, bars } of stocks) {
    const row = rows.get(start);
    if (row === undefined) continue;
    book.prices.set(symbol, Math.round(bars[row]!.close * 1e6));
    const verdict = decideSymbol(world, symbol, read[row]!, plans);
    const kind = typeof verdict === 'string' ? verdict : 'entered';
    tally[kind] = (tally[kind] ?? 0) + 1;
    if (typeof verdict !== 'string') plans.push(verdict);
  }
  return plans;
}
