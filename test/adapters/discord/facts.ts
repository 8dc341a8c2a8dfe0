import type { ConnectionsReport } from '#app/reports/health.ts';
import type { StatusReport } from '#app/reports/status.ts';
import { begunClose } from '#core/close.ts';
import type { Close, CloseProof } from '#core/close.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import type { EntryIntent } from '#core/decision.ts';
import { clientOrderId, closeIdOf, ticker, tradeId } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import type { TradeRange } from '#core/trade-range.ts';
import type { ClosedTrade } from '#core/trade.ts';
import type {
  AlarmCard,
  ControlCard,
  DrawdownCard,
  NoticeCard,
  OutageCard,
  StartedCard,
} from '#ports/cards.ts';
import type {
  DigestCard,
  ParityCard,
  OpenPositionLine,
  SummaryCard,
  WeeklyCard,
} from '#ports/report-cards.ts';
import type {
  ClosingCard,
  ClosingProgress,
  EntryCard,
  EntryProgress,
  ExitCard,
  RepairedCard,
  ScaledOutCard,
  StopMovedCard,
} from '#ports/trade-cards.ts';

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
  findings: [],
  cashNote: null,
  shortHistory: [],
  lateFills: 0,
  resumedCloses: 0,
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
  scaleOut: null,
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

export const entry = (
  progress: EntryProgress,
  changes: Partial<EntryIntent> = {},
  card: Partial<Pick<EntryCard, 'scaleOut' | 'lateMs'>> = {},
): EntryCard => ({
  kind: 'entry',
  intent: { ...intent, ...changes },
  progress,
  scaleOut: 'none',
  lateMs: null,
  ...card,
});

export const trade: ClosedTrade = {
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  quantity: 120,
  entryPrice: parseUsd('182.31'),
  exitPrice: parseUsd('185.7458'),
  exitReason: 'take_profit',
  openedAt: AT,
  closedAt: AT + 95 * 60_000,
  pnl: parseUsd('412.30'),
  pnlPercent: 1.8846,
  rMultiple: 1.4,
};

const range: TradeRange = {
  worst: { pnl: parseUsd('-96'), r: -0.37 },
  best: { pnl: parseUsd('447.6'), r: 1.74 },
};

export const scaledOut: ScaledOutCard = {
  kind: 'scaled-out',
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  quantity: 60,
  exitPrice: parseUsd('186.68'),
  pnl: parseUsd('262.20'),
  rMultiple: 2.04,
  remaining: 60,
  stopPrice: parseUsd('180.26'),
  targetPrice: parseUsd('187.75'),
  lateMs: null,
  at: AT,
};

export const summary: SummaryCard = { kind: 'summary', trade, range, stopMoves: 2 };

export const exit = (changes: Partial<ClosedTrade> = {}): ExitCard => ({
  kind: 'exit',
  trade: { ...trade, ...changes },
  stopPrice: parseUsd('180.26'),
  targetPrice: parseUsd('185.75'),
  slippageBps: 0.23,
  range,
  realizedToday: parseUsd('-1204'),
  lateMs: null,
});

export const proof: CloseProof = {
  positionQuantity: 0,
  liveOrders: 0,
  exitPrice: parseUsd('181.20'),
  exitQuantity: 100,
  tookMs: 1_280,
};

/** A closing of 100 shares that a person asked for. */
export const closing = (
  progress: ClosingProgress,
  changes: Partial<ClosingCard> = {},
): ClosingCard => ({
  kind: 'closing',
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  reason: 'manual_close',
  requestedBy: 'Theo',
  quantity: 100,
  keep: 0,
  progress,
  at: AT,
  ...changes,
});

export const repaired: RepairedCard = {
  kind: 'repaired',
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  quantity: 80,
  stopPrice: parseUsd('180.26'),
  targetPrice: parseUsd('187.75'),
  cause: 'no-live-stop',
  forTheDay: false,
  at: AT,
};

export const stopMoved: StopMovedCard = {
  kind: 'stop-moved',
  tradeId: id,
  symbol: NVDA,
  side: 'long',
  from: parseUsd('180.26'),
  to: parseUsd('183.10'),
  at: AT,
};

export const notice: NoticeCard = {
  kind: 'notice',
  tone: 'good',
  title: 'Order stream is back',
  text: 'It was away for 4 min.\n2 fills were fetched and booked.',
  at: AT,
};

/** The day's drawdown at half of its limit. */
export const drawdown: DrawdownCard = {
  kind: 'drawdown',
  event: { type: 'warning', scope: 'day', ofLimitPercent: 50 },
  equity: parseUsd('98460'),
  baseEquity: parseUsd('100000'),
  baseAt: null,
  percent: -1.54,
  limitPercent: 3,
  contributors: [
    { symbol: NVDA, pnl: parseUsd('-1204') },
    { symbol: ticker('TSLA'), pnl: parseUsd('-310.5') },
  ],
  policy: 'keep',
  control: { status: 'active', by: 'system', reason: 'first start', since: AT, until: null },
  openPositions: 2,
  at: AT,
};

/** By hand, until somebody resumes. */
export const control: ControlCard = {
  kind: 'control',
  change: 'halted',
  by: 'Ada',
  reason: 'news',
  control: { status: 'halted', by: 'Ada', reason: 'news', since: AT, until: null },
  letsDayBe: false,
  newPeak: null,
  at: AT,
};

export const alarm: AlarmCard = {
  kind: 'alarm',
  title: 'Position without a stop',
  text: 'TSLA has no live stop.\nThe other positions are protected. Look at the broker now.',
  repeat: 0,
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

/** Of forty trades that do well but for their average R. */
export const metrics = (changes: Partial<DailyMetrics> = {}): DailyMetrics => ({
  wins: 25,
  pnl: parseUsd('3010.5'),
  winRate: { value: 0.625, count: 40, interval: [0.4703, 0.7576] },
  profitFactor: { value: 2.71, count: 40, interval: null },
  averageR: { value: 1.2, count: 40, interval: [0.71, 1.69] },
  drawdownPercent: { value: 1.42, count: 12, interval: null },
  slippageBps: { value: 1.34, count: 41, interval: [0.92, 1.76] },
  interference: { value: 0, count: 41, interval: null },
  ...changes,
});

export const digest: DigestCard = {
  kind: 'digest',
  date,
  mode: 'PAPER',
  openingEquity: parseUsd('100000'),
  closingEquity: parseUsd('100412.18'),
  dayPnl: parseUsd('412.18'),
  dayPnlPercent: 0.41218,
  fees: parseUsd('0.12'),
  closedTrades: [
    trade,
    {
      ...trade,
      symbol: ticker('TSLA'),
      side: 'short',
      pnl: parseUsd('-1204.00'),
      rMultiple: -1.02,
      exitReason: 'stop_loss',
    },
  ],
  entriesFilled: 3,
  entriesNotFilled: 1,
  openPositions: [position],
  positionsAt: null,
  cycles: 42,
  session: metrics({
    wins: 1,
    pnl: parseUsd('-791.70'),
    winRate: { value: 0.5, count: 2, interval: [0.0945, 0.9055] },
    profitFactor: { value: 0.342, count: 2, interval: null },
    averageR: { value: 0.19, count: 2, interval: [-15.19, 15.57] },
    drawdownPercent: { value: 0.8, count: 1, interval: null },
    slippageBps: { value: 1.2, count: 3, interval: [-0.4, 2.8] },
    interference: { value: 0, count: 3, interval: null },
  }),
  overall: metrics(),
  signals: {
    decisions: 1_126,
    unjudged: [
      { filter: 'warm-up', count: 0 },
      { filter: 'freshness', count: 2 },
    ],
    noSignal: 1_083,
    signals: 41,
    removed: [
      { filter: 'confidence', count: 22 },
      { filter: 'trend-15m', count: 16 },
      { filter: 'sector', count: 0 },
    ],
    entries: 3,
  },
  nextSession: {
    date: asSessionDate('2025-12-01'),
    open: Date.parse('2025-12-01T14:30:00Z'),
    close: Date.parse('2025-12-01T21:00:00Z'),
  },
  at: session.close,
};

/** A closing of 120 NVDA by hand. */
export const aClose = (changes: Partial<Close>): Close => ({
  ...begunClose({
    id: closeIdOf(trade.tradeId, 1),
    tradeId: trade.tradeId,
    symbol: trade.symbol,
    side: 'long',
    reason: 'manual_close',
    quantity: 120,
    keep: 0,
    decisionPrice: parseUsd('183'),
    atMarket: false,
    requestedBy: 'Ada',
    requestedAt: AT,
  }),
  ...changes,
});

export const status: StatusReport = {
  impediments: [],
  closes: [],
  interferenceToday: 0,
  drawdown: {
    dailyPercent: -0.42,
    peakPercent: -1.5,
    isDailyBreached: false,
    isPeakBreached: false,
    measuredAt: AT - 12_000,
    dailyLimitPercent: 3,
    peakLimitPercent: 5,
  },
  mode: 'LIVE',
  control: { status: 'active', by: 'system', reason: 'first start', since: AT, until: null },
  now: AT,
  session,
  isOpen: true,
  equity: parseUsd('100412.30'),
  dayPnl: parseUsd('412.30'),
  dayPnlPercent: 0.4123,
  dayFlows: parseUsd('0'),
  positions: [{ ...position, openedAt: AT - 2_700_000 }],
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

export const connections: ConnectionsReport = {
  orderStream: 'up',
  barStream: 'up',
  queue: { waiting: 2, failed: 0 },
};

export const outage: OutageCard = {
  kind: 'outage',
  why: 'The order stream is connecting (socket hang up).',
  since: AT,
  until: null,
  at: AT + 75_000,
};

export const parity: ParityCard = {
  kind: 'parity',
  report: {
    date,
    verdict: 'as-tested',
    signals: 12,
    fills: 8,
    slippage: { bps: 0.4, usd: parseUsd('3.2') },
    barsWithoutCycle: 0,
    differences: [],
    byHand: [],
  },
  page: 1,
  pages: 1,
  total: 0,
  untold: 0,
  at: session.close,
};

export const weekly: WeeklyCard = {
  kind: 'weekly',
  mode: 'PAPER',
  from: asSessionDate('2025-11-24'),
  to: date,
  openingEquity: parseUsd('100000'),
  closingEquity: parseUsd('100640'),
  pnl: parseUsd('640'),
  pnlPercent: 0.64,
  days: [
    { date: asSessionDate('2025-11-24'), pnl: parseUsd('-210.5') },
    { date: asSessionDate('2025-11-25'), pnl: parseUsd('438.32') },
    { date, pnl: parseUsd('412.18') },
  ],
  metrics: metrics(),
  symbols: [
    { symbol: NVDA, trades: 3, pnl: parseUsd('900.1') },
    { symbol: ticker('AAPL'), trades: 1, pnl: parseUsd('12') },
    { symbol: ticker('TSLA'), trades: 2, pnl: parseUsd('-272.1') },
  ],
  nextSession: digest.nextSession,
  at: session.close,
};
