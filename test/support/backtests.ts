import type { AppContext } from '#app/context.ts';
import { dailyMetrics } from '#core/daily-metrics.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd, ZERO_USD } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import type {
  BacktestFiles,
  BacktestId,
  BacktestReport,
  BacktestRequest,
  BacktestRun,
} from '#ports/backtests.ts';

/** Of an application that plays no history. */
export const NO_BACKTESTS = {
  wakeBacktests: async () => {},
  backtests: { run: async () => ({ kind: 'stopped' }) },
  backtestBars: async () => ({ kind: 'stopped' }),
  keptBars: async () => new Set(),
} as const satisfies Partial<AppContext>;

const NVDA = ticker('NVDA');
const ASKED = Date.parse('2025-11-28T15:00:00Z');

export const aRequest: BacktestRequest = {
  symbols: [NVDA],
  from: asSessionDate('2025-09-02'),
  to: asSessionDate('2025-11-26'),
  changes: { stopAtrs: 2 },
};

/** A backtest that Theo has asked for, and that waits. */
export const aRun = (changes: Partial<BacktestRun> = {}): BacktestRun => ({
  id: 'b1' as BacktestId,
  person: 'theo',
  personName: 'Theo',
  requestedAt: ASKED,
  request: aRequest,
  isShown: true,
  status: 'queued',
  attempts: 0,
  share: 0,
  startedAt: null,
  finishedAt: null,
  runId: null,
  report: null,
  failure: null,
  ...changes,
});

const trades = Array.from({ length: 38 }, (_, index) => ({
  tradeId: String(index) as never,
  pnl: parseUsd(index % 2 === 0 ? '120' : '-90'),
  rMultiple: index % 2 === 0 ? 1.2 : -0.9,
  slippageBps: 1,
}));

export const aReport = (changes: Partial<BacktestReport> = {}): BacktestReport => ({
  startingEquity: parseUsd('100000'),
  endingEquity: parseUsd('100560'),
  sessions: 60,
  metrics: dailyMetrics({
    closed: trades,
    entered: trades,
    drawdowns: Array.from({ length: 60 }, () => 0.4),
    interference: 0,
  }),
  maxDrawdownPercent: 1.25,
  sharpe: 0.81,
  verdict: 'not distinguishable from luck: p = 0.31 on 38 trades, at most 0.05 is needed',
  ambiguous: 3,
  halts: { day: 1, peak: 0 },
  stillOpen: 0,
  fees: parseUsd('10'),
  borrow: ZERO_USD,
  missed: 4,
  rejected: 0,
  symbols: [{ symbol: NVDA, trades: 38, pnl: parseUsd('570') }],
  withoutBars: [],
  ...changes,
});

export const FILES: BacktestFiles = {
  curve: [
    { at: Date.parse('2025-09-02T13:30:00Z'), equity: parseUsd('100000') },
    { at: Date.parse('2025-11-26T21:00:00Z'), equity: parseUsd('100560') },
  ],
  trades: 'symbol,pnl\r\nNVDA,120.00\r\n',
};
