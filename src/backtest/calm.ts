import type { BarColumns } from '#core/bars.ts';
import type { CalmWatch } from '#core/drawdown-calm.ts';
import { closesFrom } from '#core/exits.ts';
import { figureAt } from '#core/indicators/figure-at.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import { usdFromNumber } from '#core/money.ts';
import { openTradeOf } from '#core/open-trade.ts';
import { trailsFrom } from '#core/trailing-stop.ts';

import type { Agenda } from './agenda.ts';
import type { RunningTally } from './candidates.ts';
import type { Desk, LiveTrade, Moment } from './desk.ts';
import type { EquityLog } from './equity-log.ts';
import { barEndOf, lastSlotIn, slotEndingFrom } from './time-grid.ts';

/** What of a run lives through calm bars. */
export interface GlidingRun {
  readonly desk: Desk;
  readonly agenda: Agenda;
  readonly tally: RunningTally;
  readonly equity: EquityLog;
  heldBars: number;
}

/** How a stretch of calm bars ended. */
export interface Glide {
  /** The first slot that was not lived through. */
  readonly slot: number;
  /** The prices of the slot before it were taken, and the account has to be judged by them. */
  readonly isUnjudged: boolean;
}

/**
 * Lives through the slots from one on while they are calm: bars of held symbols that touch no order and move no
 * stop, come too early for a rule that goes by time, and leave equity where the drawdown ladder is at rest. Most bars
 * are such. Lived through one by one they come to the same; here they only mark what is held to the market.
 *
 * @param last the moment that was lived through in full before; what is calm is so within its session
 */
export function glide(run: GlidingRun, last: Moment, from: number): Glide {
  const { desk } = run;
  const until = isSettled(desk, last) ? nextStir(desk, last, from) : from;
  const watch = until > from ? desk.ladder.calm(last.session) : null;
  return watch === null
    ? { slot: from, isUnjudged: false }
    : markThrough(run, watch, { last, from, until });
}

/**
 * Nothing about the desk itself changes with time alone, and nobody watches. While all is being closed no trade is calm
 * either; it is said here for whoever reads.
 */
const isSettled = ({ control, options }: Desk, { session }: Moment): boolean =>
  options.recording === null &&
  control.status !== 'flattening' &&
  (control.until === null || control.until > session.close);

/** The first slot in which something may happen to one of the trades; the session's last one at most. */
function nextStir(desk: Desk, last: Moment, from: number): number {
  let next = lastSlotIn(desk.grid, last.sessionIndex);
  for (const live of desk.live.values()) {
    if (live.calmUntil < from) live.calmUntil = stirsAt(desk, live, last, from);
    next = Math.min(next, live.calmUntil);
  }
  return next;
}

/** The same of one trade. */
function stirsAt(desk: Desk, live: LiveTrade, last: Moment, from: number): number {
  const { trade, history, isStirred, isClosing } = live;
  const isBusy = isStirred || isClosing || trade.scaleOut === 'watched';
  const open = isBusy ? null : openTradeOf(trade, null);
  const quiet = open && desk.exchange.quietGap(history.symbol);
  if (open === null || quiet === null) return from;
  const { above, below } = quiet;
  const { grid, parameters } = desk;
  const trails = trailsFrom(open, parameters);
  const isLong = open.side === 'long';
  const isTrailing = isLong ? open.bestPrice >= trails : open.bestPrice <= trails;
  if (isTrailing) return from;
  const due = closesFrom(open, last.session, parameters);
  const end = Math.min(
    slotEndingFrom(grid, due, last.sessionIndex),
    lastSlotIn(grid, last.sessionIndex),
  );
  return leavesAt(history, live.row + 1, end, {
    above: isLong ? above : Math.max(above, trails),
    below: isLong ? Math.min(below, trails) : below,
  });
}

/** The slot of the first bar from a row on that leaves the gap; that of the end where none does before it. */
function leavesAt(
  { bars: { high, low }, slots }: { readonly bars: BarColumns; readonly slots: Int32Array },
  from: number,
  end: number,
  { above, below }: { readonly above: number; readonly below: number },
): number {
  for (let row = from; row < slots.length; row += 1) {
    const slot = slots[row] ?? end;
    if (slot >= end) return end;
    const isWithin =
      usdFromNumber(figureAt(low, row)) > above && usdFromNumber(figureAt(high, row)) < below;
    if (!isWithin) return slot;
  }
  return end;
}

interface Stretch {
  readonly last: Moment;
  readonly from: number;
  readonly until: number;
}

function markThrough(run: GlidingRun, watch: CalmWatch, { last, from, until }: Stretch): Glide {
  const { desk, agenda, equity } = run;
  // Nothing is entered or ends meanwhile.
  const held = [...desk.live.values()];
  let candidates = agenda.next(from);
  for (let slot = from; slot < until; slot += 1) {
    run.heldBars += markAll(desk.exchange, held, slot);
    const now = desk.exchange.equity();
    // What is left to be judged is counted there.
    const isCalm = watch.rests(now) && (slot < candidates || areTaken(run, slot));
    if (!isCalm) return { slot: slot + 1, isUnjudged: true };
    if (slot === candidates) candidates = agenda.next(slot + 1);
    const at = barEndOf(desk.grid, slot, last.sessionIndex);
    watch.read(now, at);
    equity.note(at, now);
  }
  return { slot: until, isUnjudged: false };
}

/** Takes the prices of a slot; returns in how many symbols there was one. */
function markAll(exchange: Exchange, held: readonly LiveTrade[], slot: number): number {
  let marked = 0;
  for (const live of held) {
    const { slots, bars, symbol } = live.history;
    if (slots[live.row + 1] !== slot) continue;
    live.row += 1;
    marked += 1;
    exchange.markToMarket(symbol, usdFromNumber(figureAt(bars.close, live.row)));
  }
  return marked;
}

/** Whether something is held or ordered in all candidates of a slot, so that nothing else is asked about them. */
function areTaken({ desk, agenda, tally }: GlidingRun, slot: number): boolean {
  const candidates = agenda.at(slot);
  if (!candidates.every(({ history }) => desk.live.has(history.symbol))) return false;
  tally.refused['one-position'] += candidates.length;
  return true;
}
