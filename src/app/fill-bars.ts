import { columnsOfBars } from '#core/bar-columns.ts';
import { barDefect } from '#core/bars.ts';
import { sessionsBetween, sessionsFrom } from '#core/exchange-calendar.ts';
import type { Ticker } from '#core/ids.ts';
import { addDays, lastBarEnd, MINUTE_MS, newYorkDate, toIso } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import { isCovered } from '#core/span.ts';
import type { Span } from '#core/span.ts';
import type { BarKey, BarStore } from '#ports/bar-store.ts';
import type { Clock } from '#ports/clock.ts';
import type { MarketData } from '#ports/market-data.ts';

import { isRestated } from './restated-bars.ts';

export interface FillContext {
  readonly marketData: Pick<MarketData, 'bars' | 'feed'>;
  readonly store: BarStore;
  readonly clock: Clock;
  /** Bars that a request may bring, those of early and late trading included; the broker's page when left out. */
  readonly barsPerRequest?: number;
}

export interface FillQuery {
  readonly symbols: readonly Ticker[];
  readonly barMinutes: number;
  /** Sessions that open at or after this instant … */
  readonly from: EpochMs;
  /** … and before this one. */
  readonly until: EpochMs;
}

export interface FillProgress {
  readonly symbol: Ticker;
  readonly requests: number;
  /** How many there will have been, as far as is known. */
  readonly of: number;
  /** Stored so far. */
  readonly bars: number;
  /** Milliseconds that the rest will take at this pace. */
  readonly leftMs: number;
}

export interface FillResult {
  readonly bars: number;
  readonly requests: number;
  /** Symbols of which nothing had to be asked for. */
  readonly complete: readonly Ticker[];
  /** Symbols of which no bar is stored, although they were asked for: nobody knows them, most likely. */
  readonly empty: readonly Ticker[];
  /** Symbols that were fetched anew, since they have split after they had been stored. */
  readonly restated: readonly Ticker[];
  /** What was left out or could not be filled, a line each with its cure. */
  readonly problems: readonly string[];
}

/** A page of the broker: see its adapter. */
const PAGE = 10_000;
/** Early and late trading, 4:00 to 20:00, come along. */
const DAY_MINUTES = 16 * 60;
/** The consolidated feed gives nothing newer without a subscription, and the last minute settles late. */
const SETTLED_MS = 16 * MINUTE_MS;

/** Whether all bars of a session are there by then. */
export const isSettled = ({ close }: Session, now: EpochMs): boolean => close <= now - SETTLED_MS;

/** Bars that a day may bring, those of early and late trading included. */
export const barsPerDay = (barMinutes: number): number => DAY_MINUTES / barMinutes;

/** A request: sessions in a row, and the time that they cover until the next one. */
interface Range {
  readonly sessions: readonly Session[];
  readonly span: Span;
}

/**
 * Fills the store with the bars of whole sessions, request by request. What is stored already is not asked
 * for again, so that an interrupted run goes on where it was: a crash loses one request at most. Throws
 * BrokerError when the broker does not answer.
 */
export async function fillBars(
  context: FillContext,
  query: FillQuery,
  onProgress: (progress: FillProgress) => void,
): Promise<FillResult> {
  const begun = context.clock.now();
  const plans = await Promise.all(query.symbols.map((symbol) => planOf(context, query, symbol)));
  const tally = { requests: 0, of: plans.reduce((sum, { length }) => sum + length, 0), bars: 0 };
  const problems: string[] = [];
  const restated: Ticker[] = [];
  for (const [index, symbol] of query.symbols.entries()) {
    const planned = plans[index] ?? [];
    const key = { symbol, barMinutes: query.barMinutes };
    const anew = planned.length === 0 ? null : await restatedPlan(context, query, key);
    if (anew !== null) {
      restated.push(symbol);
      tally.of += anew.length - planned.length;
    }
    for (const range of anew ?? planned) {
      const filled = await fillRange(context, key, range);
      problems.push(...filled.problems);
      tally.requests += 1;
      tally.bars += filled.bars;
      const leftMs = ((context.clock.now() - begun) / tally.requests) * (tally.of - tally.requests);
      onProgress({ symbol, ...tally, leftMs });
      if (filled.isRefused) break;
    }
  }
  const empty = await withoutBars(context, query);
  const complete = query.symbols.filter(
    (symbol, index) => plans[index]?.length === 0 && !empty.includes(symbol),
  );
  return { bars: tally.bars, requests: tally.requests, complete, empty, restated, problems };
}

async function withoutBars(
  { store }: FillContext,
  { symbols, barMinutes }: FillQuery,
): Promise<readonly Ticker[]> {
  const looks = await Promise.all(symbols.map((symbol) => store.look({ symbol, barMinutes })));
  return symbols.filter((_, index) => {
    const look = looks[index];
    return look?.kind === 'stored' && look.stored.count === 0;
  });
}

/** The ranges of the query that the store does not have. */
async function planOf(
  context: FillContext,
  query: FillQuery,
  symbol: Ticker,
): Promise<readonly Range[]> {
  const look = await context.store.look({ symbol, barMinutes: query.barMinutes });
  const covered = look.kind === 'stored' ? look.stored.covered : [];
  const sessions = sessionsIn(query).filter(
    ({ open, close }) => !isCovered(covered, { from: open, until: close }),
  );
  return rangesOf(context, query.barMinutes, sessions);
}

const sessionsIn = ({ from, until }: Span): readonly Session[] =>
  sessionsBetween(newYorkDate(from), newYorkDate(until)).filter(
    ({ open }) => open >= from && open < until,
  );

/** Sessions in a row, as many as a page holds. Each covers the night after it, so that ranges join. */
function rangesOf(
  { clock, barsPerRequest = PAGE }: FillContext,
  barMinutes: number,
  sessions: readonly Session[],
): readonly Range[] {
  const settled = lastBarEnd(clock.now() - SETTLED_MS, barMinutes);
  const most = Math.max(1, Math.floor(barsPerRequest / barsPerDay(barMinutes)));
  const groups: Session[][] = [];
  let nextDate: string | null = null;
  for (const session of sessions.filter(({ open }) => open < settled)) {
    const group = groups.at(-1);
    if (group !== undefined && group.length < most && nextDate === session.date) {
      group.push(session);
    } else groups.push([session]);
    nextDate = nextSession(session)?.date ?? null;
  }
  return groups.flatMap((group) => {
    const [first, last] = [group[0], group.at(-1)];
    if (first === undefined || last === undefined) return [];
    const until = Math.min(nextSession(last)?.open ?? last.close, settled);
    return [{ sessions: group, span: { from: first.open, until } }];
  });
}

const nextSession = ({ date }: Session): Session | undefined =>
  sessionsFrom(addDays(date, 1), 1)[0];

/** All that is stored and asked for, to be fetched anew; null where what is stored is still right. */
async function restatedPlan(
  context: FillContext,
  query: FillQuery,
  key: BarKey,
): Promise<readonly Range[] | null> {
  const look = await context.store.look(key);
  if (look.kind !== 'stored' || !(await isRestated(context, look.stored))) return null;
  const spans = [query, ...look.stored.covered];
  const byDate = new Map(spans.flatMap(sessionsIn).map((session) => [session.date, session]));
  const sessions = [...byDate.values()].toSorted((left, right) => left.open - right.open);
  await context.store.remove(key);
  return rangesOf(context, query.barMinutes, sessions);
}

interface FilledRange {
  readonly bars: number;
  readonly problems: readonly string[];
  /** Whether the store takes nothing of this symbol. */
  readonly isRefused: boolean;
}

async function fillRange(
  { marketData, store }: FillContext,
  key: BarKey,
  { sessions, span }: Range,
): Promise<FilledRange> {
  const { symbol, barMinutes } = key;
  const until = Math.min(span.until, sessions.at(-1)?.close ?? span.until);
  const found = await marketData.bars({ symbols: [symbol], barMinutes, from: span.from, until });
  const regular = (found.get(symbol) ?? []).filter(({ start }) =>
    sessions.some(({ open, close }) => start >= open && start < close),
  );
  const problems = regular.flatMap((bar) => {
    const defect = barDefect(bar);
    return defect === null
      ? []
      : [`${symbol}: the bar of ${toIso(bar.start)} is left out: ${defect}`];
  });
  const columns = columnsOfBars(regular.filter((bar) => barDefect(bar) === null));
  const source = { feed: marketData.feed, adjustment: 'split', hours: 'regular' } as const;
  const merge = await store.merge({ ...key, ...source, columns, span });
  if (merge.kind === 'merged') {
    return { bars: columns.start.length, problems, isRefused: false };
  }
  return { bars: 0, problems: [merge.text], isRefused: true };
}
