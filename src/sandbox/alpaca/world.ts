import type { Bar } from '#core/bars.ts';
import type { BrokerOrderId, Ticker } from '#core/ids.ts';
import type { Canceled, Exchange } from '#core/matching/exchange.ts';
import type { ExchangeEvent, ReplaceRequest, SubmitRequest } from '#core/matching/order.ts';
import type { Refusal } from '#core/matching/refusal.ts';
import type { Accepted } from '#core/matching/submit.ts';
import type { Usd } from '#core/money.ts';
import type { EpochMs, Session } from '#core/session.ts';

import type { Market } from '../market/types.ts';
import type { ActivityLog } from './activity-log.ts';
import { JOURNAL_VERSION, forgetfulJournal, openJournal } from './journal.ts';
import type { Command, Journal } from './journal.ts';
import { createWorldState, liveBar } from './world-state.ts';
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
  /** End of the last bar that was lived through; before the first, the market's start. */
  now(): EpochMs;
  lastBarEnd(): EpochMs | null;
  latestBar(symbol: Ticker): Bar | undefined;
  /** The close before the current session; none for a symbol without history. */
  lastDayPrice(symbol: Ticker): Usd | undefined;
  /** Lives through the bars up to this end; throws when no bar ends there, or it is over already. */
  advanceTo(barEnd: EpochMs): void;
  submit(request: SubmitRequest): Accepted | Refusal;
  cancel(id: BrokerOrderId): Canceled | Refusal;
  replace(id: BrokerOrderId, change: ReplaceRequest): Accepted | Refusal;
  listen(listener: WorldListener): void;
  close(): void;
}

/**
 * Builds the world and lives again through everything that its journal tells. Whatever changes it later
 * is in the journal before anyone hears of it. A null file keeps nothing.
 */
export function createWorld(options: WorldOptions, journalFile: string | null): World {
  const state = createWorldState(options);
  const { journal, commands } = openHistory(options, journalFile);
  for (const command of commands) relive(state, command);
  return worldOf(state, journal);
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

function relive(state: WorldState, command: Command): void {
  const { exchange, now } = state;
  if (command.type === 'advance') liveBar(state, command.to);
  else if (command.type === 'submit') exchange.submit(command.request, now);
  else if (command.type === 'cancel') exchange.cancel(command.id, now);
  else exchange.replace(command.id, command.change, now);
}

function worldOf(state: WorldState, journal: Journal): World {
  const { market, exchange, activities, sessions } = state;
  const listeners: WorldListener[] = [];
  const tell = (events: readonly ExchangeEvent[]): void => {
    if (events.length === 0) return;
    for (const listener of listeners) listener.onEvents(events);
  };
  /** Writes an order command down, unless it changed nothing. */
  function keep<T extends Accepted | Canceled | Refusal>(command: Command, outcome: T): T {
    if (outcome.kind === 'refused') return outcome;
    journal.append(command);
    tell(outcome.events);
    return outcome;
  }
  return {
    market,
    sessions,
    exchange,
    activities,
    now: () => state.now,
    lastBarEnd: () => (state.barEndsDone === 0 ? null : state.now),
    latestBar: (symbol) => state.latestBars.get(symbol),
    lastDayPrice: (symbol) => state.lastDayPrices.get(symbol),
    advanceTo(barEnd) {
      for (const to of barEndsUntil(state, barEnd)) {
        const events = liveBar(state, to);
        journal.append({ type: 'advance', to });
        tell(events);
        const bars = barsEndingAt(market, to);
        for (const listener of listeners) listener.onBars(bars);
      }
    },
    submit: (request) => keep({ type: 'submit', request }, exchange.submit(request, state.now)),
    cancel: (id) => keep({ type: 'cancel', id }, exchange.cancel(id, state.now)),
    replace: (id, change) =>
      keep({ type: 'replace', id, change }, exchange.replace(id, change, state.now)),
    listen(listener) {
      listeners.push(listener);
    },
    close() {
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

function barsEndingAt(market: Market, barEnd: EpochMs): readonly (readonly [Ticker, Bar])[] {
  return market.symbols.flatMap((symbol) => {
    const bar = market.barEnding(symbol, barEnd);
    return bar === null ? [] : [[symbol, bar] as const];
  });
}
