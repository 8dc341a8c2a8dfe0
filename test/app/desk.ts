import { onTestFinished } from 'vitest';

import { createAlpacaBroker } from '#adapters/alpaca/broker.ts';
import { createAlpacaClient } from '#adapters/alpaca/connection.ts';
import { createAlpacaMarketData } from '#adapters/alpaca/market-data.ts';
import { openLedger } from '#adapters/postgres/ledger.ts';
import { createAssetCache } from '#app/asset-cache.ts';
import type { AppContext } from '#app/context.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import type { EntryIntent, Features } from '#core/decision.ts';
import { entryClientOrderId, entryTradeId, ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { EpochMs } from '#core/session.ts';
import type { Broker } from '#ports/broker.ts';
import type { Card } from '#ports/cards.ts';
import type { MessageId, Notifier } from '#ports/notifier.ts';
import { createAlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import type { AlpacaStandIn } from '#sandbox/alpaca/stand-in.ts';
import { freshDatabase } from '#test/support/database.ts';
import { anIntent } from '#test/support/intents.ts';
import { silentLog } from '#test/support/log.ts';

import { features } from '../core/support/snapshots.ts';
import { aMarket, FIRST } from '../sandbox/alpaca-market.ts';
import type { Ohlc } from '../sandbox/alpaca-market.ts';

const NVDA = ticker('NVDA');

/** What the channel was told, in order. */
export interface Told {
  readonly kind: 'posted' | 'edited';
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
}

/** Features of a clear long signal at this bar, at a price. */
const longSignal = (at: EpochMs, close = 100): Features =>
  features({ barEnd: at, close, vwap: close - 1, emaFast: close, emaSlow: close - 1 });

function recordingNotifier(told: Told[]): Notifier {
  return {
    post: async (card, key) => {
      told.push({ kind: 'posted', card });
      return `message of ${key}` as MessageId;
    },
    edit: async (_, card) => {
      told.push({ kind: 'edited', card });
      return 'edited';
    },
    state: () => 'ready',
  };
}

export async function openDesk(bars: readonly Ohlc[]): Promise<Desk> {
  const database = await freshDatabase();
  const market = aMarket({ NVDA: bars });
  const standIn = await createAlpacaStandIn({ market, startingCash: parseUsd('100000') });
  const client = createAlpacaClient({ kind: 'stand-in', url: standIn.url });
  const broker: Broker = createAlpacaBroker(client, silentLog);
  const world = { mode: 'SANDBOX', identity: 'test' };
  const ledger = await openLedger({ url: database.url, poolSize: 4, world, log: silentLog });
  onTestFinished(async () => {
    await ledger.close();
    await database.drop();
    await standIn.close();
  });
  const told: Told[] = [];
  const context: AppContext = {
    mode: 'SANDBOX',
    watchlist: [NVDA],
    parameters: DEFAULT_PARAMETERS,
    broker,
    marketData: createAlpacaMarketData(client, 'iex', 'test'),
    ledger: ledger.ledger,
    notifier: recordingNotifier(told),
    queue: { add: async () => {}, state: async () => ({ waiting: 0, failed: 0 }) },
    clock: { now: () => standIn.now() },
    systemClock: { now: () => standIn.now() },
    calendar: createSessionCalendar(broker),
    features: { at: async (at) => new Map([[NVDA, longSignal(at)]]) },
    assets: createAssetCache(broker, silentLog),
    wakeOutbox: async () => {},
    telemetry: { cycleFinished: () => {}, orderSubmitted: () => {}, cardDelivered: () => {} },
    log: silentLog,
  };
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
      const id = entryTradeId(FIRST.date, standIn.now(), NVDA);
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
  };
}
