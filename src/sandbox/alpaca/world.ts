import type { Bar } from '#core/bars.ts';
import type { BrokerOrderId, Ticker } from '#core/ids.ts';
import type { Canceled } from '#core/matching/cancel.ts';
import type { Exchange } from '#core/matching/exchange.ts';
import type { ExchangeEvent, ReplaceRequest, SubmitRequest } from '#core/matching/order.ts';
import type { Refusal } from '#core/matching/refusal.ts';
import type { Accepted } from '#core/matching/submit.ts';
import type { Usd } from '#core/money.ts';
import { MINUTE_MS } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';

import type { Market } from '../market/types.ts';
import type { ActivityLog } from './activity-log.ts';
import type { Behaviour } from './behaviour.ts';
import { createChronicle } from './chronicle.ts';
import { enact } from './enact.ts';
import { JOURNAL_VERSION, forgetfulJournal, openJournal } from './journal.ts';
import type { Journal } from './journal.ts';
import { createOrderDesk } from './order-desk.ts';
import type { CancelUrgency } from './order-desk.ts';
import { createPositionLag } from './position-lag.ts';
import { createSchedule } from './schedule.ts';
import type { Delays, Timers } from './timers.ts';
import { createWorldState, tradedBar } from './world-state.ts';
import type { WorldOptions, WorldState } from './world-state.ts';

/** What may be asked of the exchange without changing anything. */
type ExchangeView = Pick<
  Exchange,
  | 'order'
  | 'orderByClientId'
  | 'orders'
  | 'liveOrders'
  | 'account'
  | 'position'
  | 'positions'
  | 'priceOf'
  | 'isOpen'
>;

/** Hears of everything that happens, in order; never of what happened before the start. */
export interface WorldListener {
  onEvents(events: readonly ExchangeEvent[]): void;
  onBars(bars: readonly (readonly [Ticker, Bar])[]): void;
}

/** One account on one exchange, in the market's time. */
export interface World {
  readonly market: Market;
  /** The market's sessions, and those that the calendar foretells after them. */
  readonly sessions: readonly Session[];
  readonly exchange: ExchangeView;
  readonly activities: ActivityLog;
  /** To be read anew whenever it matters: tests turn the switches at any moment. */
  readonly behaviour: Behaviour;
  /** End of the last bar that was lived through; before the first, the market's start. */
  now(): EpochMs;
  lastBarEnd(): EpochMs | null;
  latestBar(symbol: Ticker): Bar | undefined;
  /** The close before the current session; none for a symbol without history. */
  lastDayPrice(symbol: Ticker): Usd | undefined;
  /** Of what was asked for: how much has had no effect yet. */
  pendingEffects(): number;
  /** Lives through the bars up to this end; throws when no bar ends there, or it is over already. */
  advanceTo(barEnd: EpochMs): void;
  submit(request: SubmitRequest): Accepted | Refusal;
  cancel(id: BrokerOrderId, urgency?: CancelUrgency): Canceled | Refusal;
  replace(id: BrokerOrderId, change: ReplaceRequest): Accepted | Refusal;
  listen(listener: WorldListener): void;
  close(): void;
}

/** How the broker goes about it; nothing of this is part of the world's identity. */
export interface Conduct {
  readonly behaviour: Behaviour;
  readonly delays: Delays;
  readonly timers: Timers;
}

/**
 * Builds the world and lives again through everything that its journal tells. Whatever changes it later
 * is in the journal before anyone hears of it. A null file keeps nothing. What was pending when the world
 * was left is brought to an end first.
 */
export function createWorld(
  options: WorldOptions,
  journalFile: string | null,
  conduct: Conduct,
): World {
  const state = createWorldState(options);
  const { journal, commands } = openHistory(options, journalFile);
  for (const { type, ...command } of commands) {
    enact(state, type, command);
  }
  return worldOf(state, journal, conduct);
}

function openHistory(options: WorldOptions, file: string | null) {
  if (file === null) return { journal: forgetfulJournal, commands: [] };
  const { market, startingCash, rules, notShortable } = options;
  return openJournal(file, {
    type: 'world',
    version: JOURNAL_VERSION,
    market: market.identity,
    startingCash,
    rules,
    notShortable,
  });
}

function worldOf(state: WorldState, journal: Journal, conduct: Conduct): World {
  const { market, exchange, activities, sessions } = state;
  const { behaviour, delays, timers } = conduct;
  const listeners: WorldListener[] = [];
  const schedule = createSchedule(timers);
  const lag = createPositionLag(exchange, schedule, behaviour);
  const chronicle = createChronicle({
    state,
    journal,
    behaviour,
    lag,
    tell(events) {
      for (const listener of listeners) listener.onEvents(events);
    },
  });
  const desk = createOrderDesk({ exchange, chronicle, schedule, behaviour, delays, lag });
  desk.finishPending();
  return {
    market,
    sessions,
    exchange: { ...exchange, position: lag.position, positions: lag.positions },
    activities,
    behaviour,
    now: () => state.now,
    lastBarEnd: () => (state.barEndsDone === 0 ? null : state.now),
    latestBar: (symbol) => state.latestBars.get(symbol),
    lastDayPrice: (symbol) => state.lastDayPrices.get(symbol),
    pendingEffects: () => schedule.count(),
    advanceTo(barEnd) {
      for (const to of barEndsUntil(state, barEnd)) {
        schedule.elapse(market.barMinutes * MINUTE_MS);
        chronicle.act('advance', { to });
        const bars = barsEndingAt(state, to);
        for (const listener of listeners) listener.onBars(bars);
      }
    },
    submit: desk.submit,
    cancel: desk.cancel,
    replace: desk.replace,
    listen(listener) {
      listeners.push(listener);
    },
    close() {
      schedule.close();
      journal.close();
    },
  };
}

function barEndsUntil({ market, barEndsDone }: WorldState, barEnd: EpochMs): readonly EpochMs[] {
  const index = market.barEnds.indexOf(barEnd, barEndsDone);
  if (index === -1) {
    throw new RangeError(`no bar of ${market.name} that is still to come ends at ${barEnd}`);
  }
  return market.barEnds.slice(barEndsDone, index + 1);
}

function barsEndingAt(state: WorldState, barEnd: EpochMs): readonly (readonly [Ticker, Bar])[] {
  return state.market.symbols.flatMap((symbol) => {
    const bar = tradedBar(state, symbol, barEnd);
    return bar === null ? [] : [[symbol, bar] as const];
  });
}
