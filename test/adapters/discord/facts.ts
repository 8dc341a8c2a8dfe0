import fc from 'fast-check';

import type { StatusReport } from '#app/reports/status.ts';
import type { EntryIntent } from '#core/decision.ts';
import { clientOrderId, ticker, tradeId } from '#core/ids.ts';
import { micros, parseUsd } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import type { ClosedTrade } from '#core/trade.ts';
import type {
  AlarmCard,
  DigestCard,
  EntryProgress,
  ExitCard,
  OpenPositionLine,
  StartedCard,
} from '#ports/cards.ts';

/** 2025-11-28 10:30 in New York: a half-day, open 9:30 to 13:00. */
export const AT = Date.parse('2025-11-28T15:30:00Z');
const date = asSessionDate('2025-11-28');
const session = {
  date,
  open: Date.parse('2025-11-28T14:30:00Z'),
  close: Date.parse('2025-11-28T18:00:00Z'),
};
const NVDA = ticker('NVDA');
const id = tradeId('2025-11-28-1030-NVDA');

export const started: StartedCard = {
  kind: 'started',
  version: '0.1.0',
  mode: 'SANDBOX',
  feed: 'replay of sample_day',
  database: 'embedded PostgreSQL',
  queue: 'PostgreSQL',
  page: 'http://127.0.0.1:4100/',
  watchlist: [NVDA, ticker('AAPL'), ticker('BRK.B')],
  equity: parseUsd('100412.30'),
  session,
  openPositions: 3,
  protectedPositions: 3,
  continued: true,
  at: AT,
};

export const intent: EntryIntent = {
  tradeId: id,
  clientOrderId: clientOrderId('brk-2025-11-28-1030-NVDA-entry'),
  symbol: NVDA,
  side: 'long',
  quantity: 120,
  decisionPrice: parseUsd('182.31'),
  bracket: {
    limitPrice: parseUsd('182.40'),
    stopPrice: parseUsd('180.26'),
    targetPrice: parseUsd('187.75'),
    regime: 'trending',
    isVolatile: true,
    stopAtrs: 2.4,
    targetAtrs: 6,
  },
  size: {
    equity: parseUsd('100000'),
    riskBps: 100,
    riskBudget: parseUsd('1000'),
    riskPerShare: parseUsd('2.14'),
    sharesByRisk: 467,
    cappedBy: 'notional',
    shares: 120,
  },
  confidence: 82,
  decidedAt: AT,
};

export const entry = (progress: EntryProgress, changes: Partial<EntryIntent> = {}) =>
  ({ kind: 'entry', intent: { ...intent, ...changes }, progress }) as const;

export const trade: ClosedTrade = {
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  quantity: 120,
  entryPrice: parseUsd('182.31'),
  exitPrice: parseUsd('185.7458'),
  exitLeg: 'take_profit',
  openedAt: AT,
  closedAt: AT + 95 * 60_000,
  pnl: parseUsd('412.30'),
  pnlPercent: 1.8846,
  rMultiple: 1.4,
};

export const exit = (changes: Partial<ClosedTrade> = {}): ExitCard => ({
  kind: 'exit',
  trade: { ...trade, ...changes },
  stopPrice: parseUsd('180.26'),
  targetPrice: parseUsd('185.75'),
  slippageBps: 0.23,
  realizedToday: parseUsd('-1204'),
});

export const alarm: AlarmCard = {
  kind: 'alarm',
  title: 'Position without a stop',
  text: 'TSLA has no live stop.\nThe other positions are protected. Look at the broker now.',
  at: AT,
};

export const position: OpenPositionLine = {
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  quantity: 120,
  entryPrice: parseUsd('182.31'),
  currentPrice: parseUsd('183.00'),
  unrealizedPnl: parseUsd('82.80'),
  stopPrice: parseUsd('180.26'),
  targetPrice: parseUsd('187.75'),
  rNow: 0.32,
  isProtected: true,
  openedAt: AT,
};

export const digest: DigestCard = {
  kind: 'digest',
  date,
  mode: 'PAPER',
  openingEquity: parseUsd('100000'),
  closingEquity: parseUsd('100412.18'),
  dayPnl: parseUsd('412.18'),
  dayPnlPercent: 0.41218,
  fees: parseUsd('0.12'),
  maxDrawdownPercent: -0.8,
  closedTrades: [
    trade,
    {
      ...trade,
      symbol: ticker('TSLA'),
      side: 'short',
      pnl: parseUsd('-1204.00'),
      rMultiple: -1.02,
      exitLeg: 'stop_loss',
    },
  ],
  entriesFilled: 3,
  entriesNotFilled: 1,
  openPositions: [position],
  positionsAt: null,
  cycles: 42,
  overall: {
    trades: 40,
    wins: 25,
    winRate: 0.625,
    winRateInterval: [0.4703, 0.7576],
    profitFactor: 2.71,
    averageR: 1.2,
    totalPnl: parseUsd('3010.5'),
  },
  nextSession: {
    date: asSessionDate('2025-12-01'),
    open: Date.parse('2025-12-01T14:30:00Z'),
    close: Date.parse('2025-12-01T21:00:00Z'),
  },
  at: session.close,
};

export const status: StatusReport = {
  mode: 'LIVE',
  control: { status: 'active', by: 'system', reason: 'first start', since: AT, until: null },
  now: AT,
  session,
  isOpen: true,
  equity: parseUsd('100412.30'),
  dayPnl: parseUsd('412.30'),
  dayPnlPercent: 0.4123,
  positions: [position],
  protectedPositions: 1,
  pendingEntries: 1,
  lastCycle: {
    sessionDate: date,
    barEnd: AT,
    symbols: 8,
    entries: 1,
    finishedAt: AT + 2_412,
    tookMs: 412,
  },
  cycles: 12,
  intents: 3,
  outboxBacklog: 0,
};

/** Any text, also what a person can do with markdown, and far too much of it. */
const text = fc.oneof(
  fc.string({ maxLength: 60, unit: 'grapheme' }),
  fc.string({ maxLength: 9000, unit: 'grapheme' }),
  fc.constantFrom('', ' \n ', '```', '@everyone', '<@&1100000000000000011>', '**x**'),
  fc.array(fc.string({ maxLength: 80 }), { maxLength: 300 }).map((lines) => lines.join('\n')),
);
const symbol = fc.stringMatching(/^[A-Z][A-Z0-9]{0,5}$/).map(ticker);
const money = fc.integer({ min: -1e14, max: 1e14 }).map(micros);
const price = fc.integer({ min: 1, max: 9_999_990_000 }).map(micros);
const instant = fc.integer({ min: 0, max: 4e12 });
const ratio = fc.oneof(
  fc.constant(null),
  fc.constant(Infinity),
  fc.double({ min: -1e6, max: 1e6 }),
);
const side = fc.constantFrom('long', 'short');
const quantity = fc.integer({ min: 1, max: 100_000 });

const anyTrade: fc.Arbitrary<ClosedTrade> = fc.record({
  tradeId: symbol.map((name) => tradeId(`2025-11-28-1030-${name}`)),
  symbol,
  side,
  quantity,
  entryPrice: price,
  exitPrice: price,
  exitLeg: fc.constantFrom('take_profit', 'stop_loss', 'other'),
  openedAt: instant,
  closedAt: instant,
  pnl: money,
  pnlPercent: fc.double(),
  rMultiple: fc.double(),
});

const anyPosition: fc.Arbitrary<OpenPositionLine> = fc.record({
  tradeId: fc.constantFrom(id, null),
  symbol,
  side,
  quantity,
  entryPrice: price,
  currentPrice: price,
  unrealizedPnl: money,
  stopPrice: fc.option(price),
  targetPrice: fc.option(price),
  rNow: ratio,
  isProtected: fc.boolean(),
  openedAt: fc.option(instant),
});
const positions = fc.array(anyPosition, { maxLength: 60 });

const anyProgress: fc.Arbitrary<EntryProgress> = fc.oneof(
  fc.record({ status: fc.constant('submitted'), at: instant }),
  fc.record({ status: fc.constantFrom('cancelled', 'abandoned'), at: instant, reason: text }),
  fc.record({ status: fc.constant('rejected'), at: instant, code: text, message: text }),
  fc.record({
    status: fc.constant('filled'),
    at: instant,
    averagePrice: price,
    quantity,
    slippageBps: fc.double(),
  }),
);

const anyEntry = fc
  .record({ progress: anyProgress, quantity, side, symbol, isVolatile: fc.boolean() })
  .map(({ progress, isVolatile, ...changes }) =>
    entry(progress, { ...changes, bracket: { ...intent.bracket, isVolatile } }),
  );

const anyDigest = fc
  .record({
    closedTrades: fc.array(anyTrade, { maxLength: 200 }),
    openPositions: positions,
    positionsAt: fc.option(instant),
    fees: fc.option(money),
    dayPnl: money,
    dayPnlPercent: fc.double(),
    overall: fc.record({
      trades: fc.nat(),
      wins: fc.nat(),
      winRate: ratio,
      winRateInterval: fc.option(fc.tuple(fc.double(), fc.double())),
      profitFactor: ratio,
      averageR: ratio,
      totalPnl: money,
    }),
  })
  .map((changes) => ({ ...digest, ...changes }));

export const anyCard = fc.oneof(
  anyEntry,
  anyDigest,
  fc
    .record({ title: text, text, at: instant })
    .map((changes): AlarmCard => ({ kind: 'alarm', ...changes })),
  anyTrade.map((changes) => exit(changes)),
  fc
    .record({
      feed: text,
      database: text,
      queue: text,
      version: text,
      watchlist: fc.array(symbol, { maxLength: 1500 }),
    })
    .map((changes): StartedCard => ({ ...started, ...changes })),
);

export const anyReply = fc.oneof(
  text.map((words) => ({ kind: 'text', text: words }) as const),
  fc
    .record({
      positions,
      by: text,
      reason: text,
      status: fc.constantFrom('active', 'halted', 'flattening'),
      until: fc.option(instant),
    })
    .map(({ positions: lines, ...control }) => ({
      kind: 'status' as const,
      report: {
        ...status,
        positions: lines,
        protectedPositions: lines.filter((line) => line.isProtected).length,
        control: { ...control, since: AT },
      },
    })),
);
