import { Client } from 'pg';
import { onTestFinished } from 'vitest';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import { createAssetCache } from '#app/asset-cache.ts';
import { createBackground } from '#app/background.ts';
import type { AppContext } from '#app/context.ts';
import { createDrawdownMemory } from '#app/drawdown-memory.ts';
import { createGuardMemory } from '#app/guard/guard-memory.ts';
import { guardPositions } from '#app/guard/position-guard.ts';
import { createMutex } from '#app/mutex.ts';
import { createOutageMemory } from '#app/outage.ts';
import { createPinMemory } from '#app/pins.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import type { Step } from '#app/steps.ts';
import { CLOSE_TACTICS } from '#core/close.ts';
import type { EntryIntent, Features } from '#core/decision.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs, Session } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import type { Card } from '#ports/cards.ts';
import type { MessageId, Notifier } from '#ports/notifier.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn, AlpacaStandInOptions } from '#sandbox/alpaca/stand-in.ts';
import { createVirtualTimers } from '#sandbox/alpaca/timers.ts';
import type { Market } from '#sandbox/market/types.ts';
import { ABOUT } from '#test/support/about.ts';
import { NO_BACKTESTS } from '#test/support/backtests.ts';
import { ALL_ON } from '#test/support/channel.ts';
import { noCharts } from '#test/support/charts.ts';
import { dailyBarsAround } from '#test/support/daily-bars.ts';
import { freshDatabase } from '#test/support/database.ts';
import { anIntent } from '#test/support/intents.ts';
import { silentLog } from '#test/support/log.ts';
import { noStudies } from '#test/support/studies.ts';

import { features } from '../core/support/snapshots.ts';
import { aMarket } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';

const NVDA = ticker('NVDA');

/** What the channel was told, in order. */
export interface Told {
  readonly kind: 'posted' | 'edited';
  /** Of the message. */
  readonly key: string;
  readonly card: Card;
}

/** The application between a real ledger and Alpaca's stand-in, with a channel that remembers. */
export interface Desk {
  readonly context: AppContext;
  readonly standIn: AlpacaStandIn;
  readonly told: Told[];
  /** Ends the next bar and returns its end. */
  nextBar(): EpochMs;
  /** Writes down a planned entry of 10 NVDA at 100.00, decided at the last bar's end. */
  plan(changes?: Partial<EntryIntent>): Promise<EntryIntent>;
  /** The same application with another broker, or another channel. */
  with(changes: Partial<AppContext>): AppContext;
  /** However often it is called. */
  close(): Promise<void>;
  /** Lets the system's time pass: the stand-in's delays, and the bot's waits. */
  elapse(ms: number): void;
  /** Runs the guard until it has nothing more to do, and the closings until they wait. */
  settle(context?: AppContext): Promise<void>;
  /** The application as a new process has it, which takes the account over. */
  restart(): Promise<AppContext>;
  /** Steps that were reached, in order. */
  readonly steps: Step[];
  /** Rows of the ledger's database, of what the application has no need to read itself. */
  query<Row>(sql: string): Promise<readonly Row[]>;
  /** The messages of the channel as they stand, by their first card's order. */
  channel(): readonly Card[];
}

/** Features of a clear long signal at this bar, at a price. */
const longSignal = (at: EpochMs, close = 100): Features =>
  features({ barEnd: at, close, vwap: close - 1, emaFast: close, emaSlow: close - 1 });

function recordingNotifier(told: Told[]): Notifier {
  return {
    post: async (card, key) => {
      told.push({ kind: 'posted', key, card });
      return `message of ${key}` as MessageId;
    },
    find: async () => null,
    edit: async (message, card) => {
      told.push({ kind: 'edited', key: message.replace('message of ', ''), card });
      return 'edited';
    },
    startThread: async () => {},
    pinned: async () => [],
    setPinned: async () => {},
    state: () => 'ready',
  };
}

export interface DeskOptions extends Partial<
  Pick<
    AlpacaStandInOptions,
    'delays' | 'rules' | 'requestsPerMinute' | 'startingCash' | 'notShortable' | 'onRequest'
  >
> {
  /** What the market lists besides NVDA, all of it watched. */
  readonly others?: Readonly<Record<string, readonly Ohlc[]>>;
  /** The market's sessions, where not the usual ones; the first is history. */
  readonly sessions?: readonly Session[];
  /** A whole market in place of NVDA and the others. */
  readonly market?: Market;
  /** What the strategy's figures are, where not the usual ones. */
  readonly parameters?: Partial<StrategyParameters>;
  /** Looks on at each step, before the next one is taken. */
  readonly onStep?: (step: Step) => Promise<void>;
}

/** Lets what came in over the sockets be handled. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A desk that is closed with its test. */
export async function openDesk(bars: readonly Ohlc[], options: DeskOptions = {}): Promise<Desk> {
  const desk = await startDesk(bars, options);
  onTestFinished(() => desk.close());
  return desk;
}

/** A desk that several tests share: whoever starts it closes it. */
export async function startDesk(
  bars: readonly Ohlc[],
  { others = {}, onStep, parameters, sessions, market: given, ...options }: DeskOptions = {},
): Promise<Desk> {
  const database = await freshDatabase();
  const market = given ?? aMarket({ NVDA: bars, ...others }, sessions);
  const timers = createVirtualTimers();
  const standIn = await createAlpacaStandIn({
    market,
    startingCash: parseUsd('100000'),
    timers,
    ...options,
  });
  // Time is the test's: nothing gets better by waiting.
  const client = createAlpacaClient({ kind: 'stand-in', url: standIn.url }, { readPauseMs: 0 });
  const broker: Broker = createAlpacaBroker(client, silentLog);
  const world = { mode: 'SANDBOX', identity: 'test' };
  const ledger = await openLedger({ url: database.url, poolSize: 4, world, log: silentLog });
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    await ledger.close();
    await database.drop();
    await standIn.close();
  };
  const close = (): Promise<void> => (closing ??= closeAll());
  const told: Told[] = [];
  const steps: Step[] = [];
  const lease = async () => {
    const answer = await ledger.ledger.lease.acquire('desk', 3_600_000);
    if (answer.kind !== 'held') throw new Error('the lease of a fresh ledger is taken');
    return { token: answer.token, assertHeld: () => {} };
  };
  /** What a process has for itself and loses with its end. */
  const processState = async () => ({
    lease: await lease(),
    calendar: createSessionCalendar(broker),
    assets: createAssetCache(broker, silentLog),
    bySymbol: createMutex(),
    background: createBackground(silentLog),
    guardMemory: createGuardMemory(),
    outages: createOutageMemory(),
    pins: createPinMemory(),
    drawdownMemory: createDrawdownMemory({ now: () => standIn.now() }),
    inFlight: new Set<string>(),
  });
  let isGuardAsked = false;
  const context: AppContext = {
    ...(await processState()),
    mode: 'SANDBOX',
    process: { version: 'test', startedAt: standIn.now() },
    watchlist: market.symbols,
    parameters: { ...DEFAULT_PARAMETERS, ...parameters },
    parametersKey: 'the parameters of a test',
    codeVersion: 'the code of a test',
    keepDecisionsDays: 400,
    cardSettings: ALL_ON,
    broker,
    marketData: createAlpacaMarketData(client, 'iex', 'test', silentLog),
    ledger: ledger.ledger,
    notifier: recordingNotifier(told),
    charts: noCharts,
    alertPath: null,
    parity: { of: async () => null },
    queue: { add: async () => {}, state: async () => ({ waiting: 0, failed: 0 }) },
    clock: { now: () => standIn.now() },
    systemClock: timers,
    features: {
      at: async (at, _, symbols) => new Map(symbols.map((symbol) => [symbol, longSignal(at)])),
      barsSince: () => [],
    },
    dailyHistory: {
      before: async (_, symbols) =>
        new Map(symbols.map((symbol) => [symbol, dailyBarsAround(symbol, 100)])),
    },
    sectors: new Map(market.symbols.map((symbol) => [symbol, `sector of ${symbol}`])),
    wakeOutbox: async () => {},
    ...NO_BACKTESTS,
    ...noStudies(),
    wakeGuard: async () => {
      isGuardAsked = true;
    },
    sight: {
      blindness: () => null,
      barBlindness: () => null,
      barHeard: () => {},
      reconciled: () => {},
    },
    closeTactics: CLOSE_TACTICS,
    pause: async (ms) => {
      timers.elapse(ms);
      await breathe();
    },
    reached: async (step) => {
      steps.push(step);
      await onStep?.(step);
    },
    about: ABOUT,
    telemetry: { cycleFinished: () => {}, orderSubmitted: () => {}, cardDelivered: () => {} },
    log: silentLog,
  };
  await context.ledger.transaction((tx) =>
    tx.saveReconciliation({ at: standIn.now(), isClean: true, findings: [], lateFills: 0 }),
  );
  const barEnds = market.barEnds.values();
  return {
    context,
    standIn,
    told,
    nextBar: () => {
      const { value: barEnd } = barEnds.next();
      if (barEnd === undefined) throw new Error('the market has no further bar');
      standIn.advanceTo(barEnd);
      return barEnd;
    },
    plan: async (changes = {}) => {
      const id = entryTradeId(newYorkDate(standIn.now()), standIn.now(), NVDA);
      const intent: EntryIntent = {
        ...anIntent(),
        tradeId: id,
        clientOrderId: entryClientOrderId(id),
        decidedAt: standIn.now(),
        ...changes,
      };
      await context.ledger.transaction((tx) => tx.insertTrade(intent));
      return intent;
    },
    with: (changes) => ({ ...context, ...changes }),
    close,
    elapse: (ms) => timers.elapse(ms),
    settle: async (of = context) => {
      do {
        isGuardAsked = false;
        await guardPositions(of);
        await of.background.idle();
      } while (isGuardAsked);
    },
    restart: async () => ({ ...context, ...(await processState()) }),
    steps,
    query: async <Row>(sql: string) => {
      const connection = new Client({ connectionString: database.url });
      await connection.connect();
      try {
        return (await connection.query(sql)).rows as Row[];
      } finally {
        await connection.end();
      }
    },
    channel: () => {
      const messages = new Map<number, Card>();
      let posts = 0;
      const places = new Map<string, number>();
      for (const { key, card } of told) {
        const place = places.get(key) ?? posts++;
        places.set(key, place);
        messages.set(place, card);
      }
      return [...messages.values()];
    },
  };
}
