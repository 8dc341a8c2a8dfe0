import fc from 'fast-check';

import { CLOSE_REASONS } from '#core/close.ts';
import type { DailyMetrics } from '#core/daily-metrics.ts';
import { ENTRY_FILTERS } from '#core/decision.ts';
import { ticker, tradeId } from '#core/ids.ts';
import { micros } from '#core/money.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { SignalCounts } from '#core/signal-counts.ts';
import type { ClosedTrade } from '#core/trade.ts';
import type { Change } from '#core/why.ts';
import type { BacktestCard } from '#ports/backtest-card.ts';
import type { BacktestId } from '#ports/backtests.ts';
import type {
  AlarmCard,
  BatchCard,
  ChannelOutageCard,
  ControlCard,
  DrawdownCard,
  NoticeCard,
  OutageCard,
  StartedCard,
} from '#ports/cards.ts';
import type { OpenPositionLine, SummaryCard, ParityCard, WeeklyCard } from '#ports/report-cards.ts';
import type { StudyId } from '#ports/studies.ts';
import type { StudyCard } from '#ports/study-card.ts';
import type {
  ClosingProgress,
  EntryProgress,
  RepairedCard,
  ScaledOutCard,
  StopMovedCard,
} from '#ports/trade-cards.ts';
import { aReport, aRequest } from '#test/support/backtests.ts';
import { aStudyRequest, aSummary } from '#test/support/studies.ts';

import {
  connections,
  AT,
  closing,
  control,
  digest,
  drawdown,
  entry,
  exit,
  intent,
  outage,
  repaired,
  scaledOut,
  started,
  status,
  stopMoved,
  summary,
  parity,
  weekly,
} from './facts.ts';

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
const closeReason = fc.constantFrom(...CLOSE_REASONS);
const exitReason = fc.oneof(closeReason, fc.constantFrom('take_profit', 'stop_loss', 'other'));
const lateMs = fc.option(fc.nat());
const whole = fc.integer({ min: 0, max: 1_000_000 });

const anyTrade: fc.Arbitrary<ClosedTrade> = fc.record({
  tradeId: symbol.map((name) => tradeId(`2025-11-28-1030-${name}`)),
  symbol,
  side,
  quantity,
  entryPrice: price,
  exitPrice: price,
  exitReason,
  openedAt: instant,
  closedAt: instant,
  pnl: money,
  pnlPercent: fc.double(),
  rMultiple: fc.double(),
});

const anyPosition: fc.Arbitrary<OpenPositionLine> = fc.record({
  tradeId: fc.constantFrom(intent.tradeId, null),
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
  .record({
    progress: anyProgress,
    quantity,
    side,
    symbol,
    isVolatile: fc.boolean(),
    scaleOut: fc.option(fc.record({ quantity, targetPrice: price })),
    mode: fc.constantFrom('none', 'resting', 'watched'),
    lateMs,
  })
  .map(({ progress, isVolatile, mode, lateMs: late, ...changes }) =>
    entry(
      progress,
      { ...changes, bracket: { ...intent.bracket, isVolatile } },
      { scaleOut: mode, lateMs: late },
    ),
  );

const anyClosingProgress: fc.Arbitrary<ClosingProgress> = fc.oneof(
  fc.record({ phase: fc.constant('queued'), opensAt: fc.option(instant) }),
  fc.record({ phase: fc.constant('clearing'), orders: whole }),
  fc.record({ phase: fc.constant('exiting'), attempt: whole, limitPrice: fc.option(price) }),
  fc.record({
    phase: fc.constant('stuck'),
    why: text,
    stopPrice: fc.option(price),
    retryInMs: whole,
    failures: whole,
  }),
  fc.record({
    phase: fc.constant('stuck'),
    why: text,
    stopPrice: fc.constant(null),
    doubt: fc.constantFrom('unseen', 'no-shares'),
    retryInMs: whole,
    failures: whole,
  }),
  fc.record({
    phase: fc.constant('done'),
    proof: fc.record({
      positionQuantity: fc.integer({ min: -100_000, max: 100_000 }),
      liveOrders: whole,
      exitPrice: fc.option(price),
      exitQuantity: whole,
      tookMs: whole,
    }),
    pnl: fc.option(money),
  }),
);

const anyClosing = fc
  .record({
    progress: anyClosingProgress,
    requestedBy: text,
    reason: closeReason,
    quantity,
    keep: whole,
    side,
    symbol,
    at: instant,
  })
  .map(({ progress, ...changes }) => closing(progress, changes));

const anyRepaired = fc
  .record({
    symbol,
    side,
    quantity,
    stopPrice: price,
    targetPrice: fc.option(price),
    cause: fc.constantFrom('part-filled-entry', 'no-live-stop'),
    forTheDay: fc.boolean(),
    at: instant,
  })
  .map((changes): RepairedCard => ({ ...repaired, ...changes }));

const anyStopMove = fc
  .record({ symbol, side, from: price, to: price, at: instant })
  .map((changes): StopMovedCard => ({ ...stopMoved, ...changes }));

const anyStanding = fc.record({ pnl: money, r: fc.double() });
const anyRange = fc.record({ worst: anyStanding, best: anyStanding });

const anySummary = fc
  .record({ trade: anyTrade, range: anyRange, stopMoves: whole })
  .map((changes): SummaryCard => ({ ...summary, ...changes }));

const anyScaleOut = fc
  .record({
    symbol,
    side,
    quantity,
    exitPrice: price,
    pnl: money,
    rMultiple: fc.double(),
    remaining: whole,
    lateMs,
    at: instant,
  })
  .map((changes): ScaledOutCard => ({ ...scaledOut, ...changes }));

const anyNotice = fc
  .record({ tone: fc.constantFrom('good', 'warning'), title: text, text, at: instant })
  .map((changes): NoticeCard => ({ kind: 'notice', ...changes }));

const anyFigure = fc.record({
  value: ratio,
  count: whole,
  interval: fc.option(fc.tuple(fc.double(), fc.double())),
});
const anyMetrics: fc.Arbitrary<DailyMetrics> = fc.record({
  wins: whole,
  pnl: money,
  winRate: anyFigure,
  profitFactor: anyFigure,
  averageR: anyFigure,
  drawdownPercent: anyFigure,
  slippageBps: anyFigure,
  interference: anyFigure,
});
const removals = fc.array(fc.record({ filter: fc.constantFrom(...ENTRY_FILTERS), count: whole }), {
  maxLength: ENTRY_FILTERS.length,
});
const anySignals: fc.Arbitrary<SignalCounts> = fc.record({
  decisions: whole,
  unjudged: removals,
  noSignal: whole,
  signals: whole,
  removed: removals,
  entries: whole,
});
const controlStatus = fc.constantFrom('active', 'halted', 'flattening');
const anyControlState = fc.record({
  status: controlStatus,
  by: text,
  reason: text,
  since: instant,
  until: fc.option(instant),
});
const scope = fc.constantFrom('day', 'peak');

const anyControl = fc
  .record({
    change: fc.constantFrom(
      'halted',
      'prolonged',
      'joined',
      'flattening',
      'flat',
      'resumed',
      'expired',
    ),
    by: text,
    reason: text,
    control: anyControlState,
    letsDayBe: fc.boolean(),
    newPeak: fc.option(money),
    at: instant,
  })
  .map((changes): ControlCard => ({ ...control, ...changes }));

const anyDrawdown = fc
  .record({
    event: fc.oneof(
      fc.record({ type: fc.constant('warning'), scope, ofLimitPercent: fc.nat(100) }),
      fc.record({ type: fc.constantFrom('breached', 'recovered'), scope }),
      fc.record({ type: fc.constant('beyond'), scope, limits: fc.integer({ min: 2, max: 30 }) }),
    ),
    equity: money,
    baseEquity: money,
    baseAt: fc.option(instant),
    percent: fc.double(),
    limitPercent: fc.double(),
    contributors: fc.array(fc.record({ symbol, pnl: money }), { maxLength: 3 }),
    policy: fc.constantFrom('keep', 'flatten'),
    control: anyControlState,
    openPositions: whole,
    at: instant,
  })
  .map((changes): DrawdownCard => ({ ...drawdown, ...changes }));

const anyDigest = fc
  .record({
    closedTrades: fc.array(anyTrade, { maxLength: 200 }),
    openPositions: positions,
    positionsAt: fc.option(instant),
    fees: fc.option(money),
    dayPnl: money,
    dayPnlPercent: fc.double(),
    session: anyMetrics,
    overall: anyMetrics,
    signals: anySignals,
  })
  .map((changes) => ({ ...digest, ...changes }));

const anyOutage = fc
  .record({ why: text, since: instant, until: fc.option(instant) })
  .map((changes): OutageCard => ({ ...outage, ...changes }));

const anyReturn = fc
  .record({ since: instant, until: instant, events: whole })
  .map((facts): ChannelOutageCard => ({ kind: 'channel-outage', ...facts }));

/** As long as a flood is gathered at most. */
const anyBatch = fc.array(anyStopMove, { minLength: 1, maxLength: 25 }).map((cards): BatchCard => ({
  kind: 'batch',
  members: cards.map((card, index) => ({ key: `${index}`, card })),
}));

const date = fc.constantFrom(digest.date, weekly.from);
const anyWeek = fc
  .record({
    pnl: money,
    pnlPercent: fc.double(),
    days: fc.array(fc.record({ date, pnl: money }), { maxLength: 7 }),
    metrics: anyMetrics,
    symbols: fc.array(fc.record({ symbol, trades: whole, pnl: money }), { maxLength: 200 }),
  })
  .map((changes): WeeklyCard => ({ ...weekly, ...changes }));

const anyBacktestProgress = fc.oneof(
  fc.record({ status: fc.constant('queued' as const), ahead: whole, isAgain: fc.boolean() }),
  fc.record({
    status: fc.constant('running' as const),
    phase: fc.constantFrom('loading', 'playing'),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
    leftMs: fc.option(whole),
    isAgain: fc.boolean(),
  }),
  fc
    .record({
      endingEquity: money,
      sharpe: fc.option(fc.double()),
      verdict: fc.string({ maxLength: 200 }),
      ambiguous: whole,
      symbols: fc.array(fc.record({ symbol, trades: whole, pnl: money }), { maxLength: 25 }),
      withoutBars: fc.array(symbol, { maxLength: 25 }),
      notes: fc.array(fc.string({ maxLength: 200 }), { maxLength: 12 }),
    })
    .map((changes) => ({
      status: 'done' as const,
      runId: 'ab'.repeat(8),
      report: aReport(changes),
      tookMs: 1_000,
    })),
  fc.record({ status: fc.constant('failed' as const), why: text }),
  fc.record({ status: fc.constant('cancelled' as const), by: text }),
);

const anyBacktest = fc
  .record({
    requestedBy: text,
    progress: anyBacktestProgress,
    symbols: fc.array(symbol, { minLength: 1, maxLength: 25 }),
    names: fc.subarray(Object.keys(DEFAULT_PARAMETERS)),
  })
  .map(({ symbols, names, ...changes }): BacktestCard => ({
    kind: 'backtest',
    id: 'b1' as BacktestId,
    request: {
      ...aRequest,
      symbols,
      changes: Object.fromEntries(names.map((name) => [name, 12.345])),
    },
    at: AT,
    ...changes,
  }));
const anyStudyProgress = fc.oneof(
  fc.record({
    status: fc.constant('queued' as const),
    isWorked: fc.constantFrom(true, false, null),
  }),
  fc.record({
    status: fc.constant('running' as const),
    isWorked: fc.constantFrom(true, false, null),
    done: whole,
    tasks: whole,
    leftMs: fc.option(fc.integer({ min: 0 })),
  }),
  fc
    .record({
      sentence: fc.string({ maxLength: 200 }),
      recommended: fc.option(fc.string({ maxLength: 400 })),
      cells: fc.array(fc.array(fc.option(fc.double()), { minLength: 1, maxLength: 60 }), {
        minLength: 1,
        maxLength: 60,
      }),
      names: fc.subarray(Object.keys(DEFAULT_PARAMETERS) as (keyof typeof DEFAULT_PARAMETERS)[]),
    })
    .map(({ names, cells, ...changes }) => ({
      status: 'done' as const,
      summary: aSummary({
        ...changes,
        heatMap: {
          x: { name: 'target', values: (cells[0] ?? []).map((_, index) => index / 7) },
          y: { name: 'stop', values: cells.map((_, index) => index / 7) },
          cells,
        },
      }),
      changes: names.map((name) => ({ name, from: 1 / 3, to: 12.345 })),
      tookMs: 1_000,
    })),
  fc.record({ status: fc.constant('failed' as const), why: text }),
  fc.record({ status: fc.constant('cancelled' as const), by: text, done: whole, tasks: whole }),
);

const anyStudy = fc
  .record({ requestedBy: text, progress: anyStudyProgress, grid: text, objective: text })
  .map(({ grid, objective, ...changes }): StudyCard => ({
    kind: 'study',
    id: 's1' as StudyId,
    request: { ...aStudyRequest, grid, objective },
    at: AT,
    ...changes,
  }));

const anyFill = fc.record({
  tradeId: fc.constant(intent.tradeId),
  symbol,
  side: fc.constantFrom('buy', 'sell'),
  as: exitReason,
  quantity,
  price,
  at: instant,
});
const anyDifference = fc.oneof(
  fc.record({ kind: fc.constant('fill-extra'), fill: anyFill }),
  fc.record({ kind: fc.constant('fill-late'), fill: anyFill, bars: fc.integer() }),
  fc.record({
    kind: fc.constant('signal-missed'),
    barEnd: instant,
    symbol,
    recorded: fc.constant('no-cycle'),
  }),
);
const anyParity = fc
  .record({
    differences: fc.array(anyDifference, { maxLength: 200 }),
    byHand: fc.array(fc.record({ kind: fc.constant('closed'), fill: anyFill }), { maxLength: 60 }),
    verdict: fc.constantFrom('as-tested', 'different'),
    slippage: fc.record({ bps: fc.double(), usd: money }),
    signals: whole,
    fills: whole,
    barsWithoutCycle: whole,
  })
  .map((changes): ParityCard => ({ ...parity, report: { ...parity.report, ...changes } }));

export const anyCard = fc.oneof(
  anyReturn,
  anyBatch,
  anyOutage,
  anyWeek,
  anyParity,
  anyEntry,
  anyDigest,
  anyClosing,
  anyRepaired,
  anyStopMove,
  anyNotice,
  anySummary,
  anyScaleOut,
  anyControl,
  anyDrawdown,
  anyBacktest,
  anyStudy,
  fc
    .record({ title: text, text, repeat: whole, at: instant })
    .map((changes): AlarmCard => ({ kind: 'alarm', ...changes })),
  fc.tuple(anyTrade, lateMs).map(([changes, late]) => ({ ...exit(changes), lateMs: late })),
  fc
    .record({
      feed: text,
      database: text,
      queue: text,
      version: text,
      watchlist: fc.array(symbol, { maxLength: 1500 }),
      findings: fc.array(text, { maxLength: 40 }),
      cashNote: fc.option(text),
      shortHistory: fc.array(symbol, { maxLength: 300 }),
      lateFills: whole,
      resumedCloses: whole,
      openPositions: whole,
      protectedPositions: whole,
      control: anyControlState,
    })
    .map((changes): StartedCard => ({ ...started, ...changes })),
);

const verdict = fc.record({
  filter: fc.constantFrom(...ENTRY_FILTERS),
  passed: fc.boolean(),
  numbers: fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), fc.constant(null))),
});

export const anyReply = fc.oneof(
  text.map((words) => ({ kind: 'text', text: words }) as const),
  fc.record({ kind: fc.constant('pages' as const), title: text, lines: fc.array(text) }),
  fc
    .record({
      positions,
      by: text,
      reason: text,
      status: fc.constantFrom('active', 'halted', 'flattening'),
      until: fc.option(instant),
      layout: fc.constantFrom('list', 'table'),
    })
    .map(({ positions: lines, layout, ...state }) => ({
      kind: 'status' as const,
      connections,
      layout,
      report: {
        ...status,
        positions: lines,
        protectedPositions: lines.filter((line) => line.isProtected).length,
        control: { ...state, since: AT },
      },
    })),
  fc
    .record({
      kind: fc.constantFrom('enter', 'refused', 'no-signal'),
      filters: fc.array(verdict, { maxLength: 16 }),
      changes: fc.array(fc.constantFrom<Change>({ code: 'impediment', impediment: 'x' })),
      impediment: text,
      isCut: fc.boolean(),
    })
    .map(({ impediment, changes, ...report }) => ({
      kind: 'why' as const,
      report: {
        ...report,
        symbol: ticker('NVDA'),
        at: null,
        sessionDate: digest.date,
        barEnd: AT,
        features: null,
        side: null,
        confidence: null,
        notAsked: [],
        parameters: DEFAULT_PARAMETERS,
        changes: changes.map((change) => ({ ...change, impediment }) as Change),
        trade: null,
      },
    })),
);
