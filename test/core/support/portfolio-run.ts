import { decide } from '#core/decide.ts';
import type {
  DailyBar,
  Decision,
  DrawdownView,
  EntryIntent,
  Features,
  PastTrade,
} from '#core/decision.ts';
import { createFeatureEngine } from '#core/features.ts';
import type { Ticker } from '#core/ids.ts';
import { micros, usdFromNumber, usdToNumber } from '#core/money.ts';
import type { Usd } from '#core/money.ts';
import { signOf } from '#core/order.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { Session } from '#core/session.ts';

import type { SessionBar } from './bars.ts';
import { account, position, snapshot, symbolSnapshot } from './snapshots.ts';

/** One bar end of a run: what was decided, on which features. */
export interface Step {
  readonly decisions: readonly Decision[];
  readonly features: readonly Features[];
}

/**
 * The default strategy on one account of 100,000 dollars, over the bars of several symbols: an entry fills at
 * its limit and is held until a bar reaches its stop or its target, or the session ends. Daily bars are made
 * of the sessions before. Whatever was breached is resumed from overnight.
 */
export function runPortfolio(
  bars: ReadonlyMap<Ticker, readonly SessionBar[]>,
  sectors: ReadonlyMap<Ticker, string>,
  onStep: (step: Step) => void,
): void {
  const desk = createDesk();
  const history = createHistory();
  const engines = new Map(
    [...bars.keys()].map((symbol) => [symbol, createFeatureEngine(DEFAULT_PARAMETERS)]),
  );
  for (const now of inOrder(bars)) {
    const { session } = now[0]!.bar;
    if (history.begin(session)) desk.begin();
    for (const { symbol, bar } of now) desk.heard(symbol, bar);
    const rows = now.map(({ symbol, bar }) => {
      const features = engines.get(symbol)!.push(bar.bar, session);
      return symbolSnapshot(symbol, { features });
    });
    const features = rows.map((row) => row.features!);
    const barEnd = features[0]!.barEnd;
    const world = { barEnd, session, symbols: rows, daily: history.daily, sectors };
    const decisions = decide(snapshot({ ...world, ...desk.view() }));
    for (const decision of decisions) if (decision.kind === 'enter') desk.enter(decision.intent);
    for (const { symbol, bar } of now) history.heard(symbol, bar);
    onStep({ decisions, features });
  }
}

interface SymbolBar {
  readonly symbol: Ticker;
  readonly bar: SessionBar;
}

/** The bars of all symbols that start together, oldest first. */
function inOrder(
  bars: ReadonlyMap<Ticker, readonly SessionBar[]>,
): readonly (readonly SymbolBar[])[] {
  const all = [...bars].flatMap(([symbol, each]) => each.map((bar) => ({ symbol, bar })));
  const byStart = Map.groupBy(all, ({ bar }) => bar.bar.start);
  return [...byStart].toSorted(([left], [right]) => left - right).map(([, group]) => group);
}

/** The daily bars of the sessions that are over. */
function createHistory() {
  const daily = new Map<Ticker, readonly DailyBar[]>();
  const today = new Map<Ticker, DailyBar>();
  const state: { date: string | null } = { date: null };
  return {
    daily,
    /** Whether another session than that of the last bar begins. */
    begin: ({ date }: Session): boolean => {
      if (state.date === date) return false;
      state.date = date;
      for (const [symbol, bar] of today) daily.set(symbol, [...(daily.get(symbol) ?? []), bar]);
      today.clear();
      return true;
    },
    heard: (symbol: Ticker, { bar, session }: SessionBar): void => {
      const volume = (today.get(symbol)?.volume ?? 0) + bar.volume;
      today.set(symbol, { date: session.date, close: bar.close, volume });
    },
  };
}

/** The account with what it holds and what it has closed. */
function createDesk() {
  const held = new Map<Ticker, EntryIntent>();
  const pastTrades: PastTrade[] = [];
  const start = 100_000_000_000;
  const equity = { now: start, atOpen: start, peak: start };
  let drawdown: DrawdownView = drawdownOf(equity, null);

  return {
    begin: (): void => {
      equity.atOpen = equity.now;
      equity.peak = equity.now;
      drawdown = drawdownOf(equity, null);
    },
    heard: (symbol: Ticker, bar: SessionBar): void => {
      const intent = held.get(symbol);
      const exit = intent === undefined ? null : exitOf(intent, bar);
      if (intent === undefined || exit === null) return;
      const { limitPrice } = intent.bracket;
      const pnl = signOf(intent.side) * (exit.price - limitPrice) * intent.quantity;
      const closedAt = bar.bar.start + DEFAULT_PARAMETERS.barMinutes * MINUTE_MS;
      pastTrades.push({ symbol, exitReason: exit.reason, closedAt, pnl: micros(pnl) });
      held.delete(symbol);
      equity.now += pnl;
      equity.peak = Math.max(equity.peak, equity.now);
      drawdown = drawdownOf(equity, drawdown);
    },
    enter: (intent: EntryIntent): void => void held.set(intent.symbol, intent),
    view: () => {
      const taken = [...held.values()].reduce(
        (sum, { bracket, quantity }) => sum + bracket.limitPrice * quantity,
        0,
      );
      return {
        account: account({
          equity: micros(equity.now),
          buyingPower: micros(Math.max(0, 4 * equity.now - taken)),
        }),
        positions: [...held.values()].map(({ symbol, side, quantity, bracket }) =>
          position(symbol, { side, quantity, currentPrice: bracket.limitPrice }),
        ),
        pastTrades: pastTrades.slice(-50),
        drawdown,
      };
    },
  };
}

function drawdownOf(
  equity: { readonly now: number; readonly atOpen: number; readonly peak: number },
  before: DrawdownView | null,
): DrawdownView {
  const dailyPercent = (100 * (equity.now - equity.atOpen)) / equity.atOpen;
  const peakPercent = (100 * (equity.now - equity.peak)) / equity.peak;
  const { dailyDrawdownPercent, peakDrawdownPercent } = DEFAULT_PARAMETERS;
  return {
    dailyPercent,
    peakPercent,
    isDailyBreached: before?.isDailyBreached === true || dailyPercent <= -dailyDrawdownPercent,
    isPeakBreached: before?.isPeakBreached === true || peakPercent <= -peakDrawdownPercent,
  };
}

interface Exit {
  readonly reason: PastTrade['exitReason'];
  readonly price: Usd;
}

/** Of a bar that reaches both, the stop; null when the position is held on. */
function exitOf({ bracket, side }: EntryIntent, { bar, session }: SessionBar): Exit | null {
  const { stopPrice, targetPrice } = bracket;
  const [stop, target] = [usdToNumber(stopPrice), usdToNumber(targetPrice)];
  const isLong = side === 'long';
  if (isLong ? bar.low <= stop : bar.high >= stop) return { reason: 'stop_loss', price: stopPrice };
  if (isLong ? bar.high > target : bar.low < target) {
    return { reason: 'take_profit', price: targetPrice };
  }
  const isLast = bar.start + 10 * MINUTE_MS >= session.close;
  return isLast ? { reason: 'end_of_day', price: usdFromNumber(bar.close) } : null;
}
