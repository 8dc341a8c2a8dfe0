import type { AppContext } from '#app/context.ts';
import { createDailyHistory } from '#app/daily-history.ts';
import { createFeatureStore } from '#app/feature-store.ts';
import { createSessionCalendar } from '#app/session-calendar.ts';
import { runTradingCycle } from '#app/trading-cycle.ts';
import { ticker } from '#core/ids.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { Parity } from '#ports/parity.ts';
import { generateMarket } from '#sandbox/market/generate-market.ts';
import { silentLog } from '#test/support/log.ts';

import { createParity } from '../../../src/compose/parity-port.ts';
import { openDesk } from '../../app/desk.ts';
import type { Desk, DeskOptions } from '../../app/desk.ts';

/** Trades often: what the rules would refuse most of the time is let through. */
const EAGER: Partial<StrategyParameters> = {
  confidenceThreshold: 30,
  volumeNodeReach: 1_000,
  maxSectorShare: 1.1,
  maxCorrelation: 1,
};

export interface LivedDays {
  readonly desk: Desk;
  readonly context: AppContext;
  readonly dates: readonly SessionDate[];
  readonly parity: Parity;
}

export interface Life extends Pick<DeskOptions, 'rules' | 'startingCash' | 'delays'> {
  readonly seed: number;
  readonly sessions: number;
  readonly names?: readonly string[];
  readonly parameters?: Partial<StrategyParameters>;
  /** After each bar's work. */
  readonly meanwhile?: (context: AppContext, barEnd: EpochMs) => Promise<void>;
}

const NAMES = ['AAPL', 'AMD', 'JPM', 'MSFT', 'NVDA', 'TSLA'];

/** Lets the bot itself trade whole days of a made-up market, on an exchange that does everything at once. */
export async function liveThrough({
  seed,
  sessions,
  names = NAMES,
  parameters,
  meanwhile,
  ...options
}: Life): Promise<LivedDays> {
  const market = generateMarket({ seed, symbols: names.map(ticker), sessions });
  const figures = { ...DEFAULT_PARAMETERS, ...EAGER, ...parameters };
  const desk = await openDesk([], { market, parameters: figures, ...options });
  const { broker, marketData, ledger } = desk.context;
  const calendar = createSessionCalendar(broker);
  const context = desk.with({
    calendar,
    features: createFeatureStore({ marketData, calendar, parameters: figures, log: silentLog }),
    dailyHistory: createDailyHistory(marketData, figures),
  });
  const last = market.barEnds.at(-1) ?? 0;
  for (let at = 0; at < last;) {
    at = desk.nextBar();
    await runTradingCycle(context, at);
    await desk.settle(context);
    await meanwhile?.(context, at);
  }
  const dates = market.sessions
    .filter(({ open, close }) => open >= market.start && close <= last)
    .map(({ date }) => date);
  return {
    desk,
    context,
    dates,
    parity: createParity({ mode: 'SANDBOX', ledger, broker, marketData }),
  };
}
