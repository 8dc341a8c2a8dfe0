import type { CloseTactics } from '#core/close.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import type { EpochMs } from '#core/session.ts';
import type { AlertPath } from '#ports/alert-path.ts';
import type { BacktestEngine, BarSource } from '#ports/backtests.ts';
import type { Broker } from '#ports/broker.ts';
import type { CardSettings } from '#ports/card-settings.ts';
import type { Mode } from '#ports/cards.ts';
import type { Charts } from '#ports/charts.ts';
import type { Clock } from '#ports/clock.ts';
import type { Ledger } from '#ports/ledger.ts';
import type { Logger } from '#ports/logger.ts';
import type { MarketData } from '#ports/market-data.ts';
import type { Notifier } from '#ports/notifier.ts';
import type { Parity } from '#ports/parity.ts';
import type { Queue } from '#ports/queue.ts';
import type { Research } from '#ports/research.ts';
import type { Telemetry } from '#ports/telemetry.ts';

import type { About } from './about.ts';
import type { AssetCache } from './asset-cache.ts';
import type { Background } from './background.ts';
import type { DailyHistory } from './daily-history.ts';
import type { DrawdownMemory } from './drawdown-memory.ts';
import type { FeatureStore } from './feature-store.ts';
import type { GuardMemory } from './guard/guard-memory.ts';
import type { Mutex } from './mutex.ts';
import type { OutageMemory } from './outage.ts';
import type { PinMemory } from './pins.ts';
import type { SessionCalendar } from './session-calendar.ts';
import type { Sight } from './sight.ts';
import type { Step } from './steps.ts';
import type { TraderLease } from './trader-lease.ts';

/** All that the use cases work with, put together once in main. */
export interface AppContext {
  readonly mode: Mode;
  /** This process: its version, and when it started by the exchange's clock. */
  readonly process: { readonly version: string; readonly startedAt: EpochMs };
  readonly watchlist: readonly Ticker[];
  readonly parameters: StrategyParameters;
  /** By what studies in the ledger know these parameters. */
  readonly parametersKey: string;
  /** Names the rules, the engine and the verdict: what was found out by other ones has another name. */
  readonly codeVersion: string;
  /** How long a decision and its inputs are kept, in days. */
  readonly keepDecisionsDays: number;
  readonly broker: Broker;
  readonly marketData: MarketData;
  readonly ledger: Ledger;
  readonly notifier: Notifier;
  readonly cardSettings: CardSettings;
  readonly charts: Charts;
  /** Null: there is no second way to the team. */
  readonly alertPath: AlertPath | null;
  readonly queue: Queue;
  /** Compares recorded sessions with the backtest. */
  readonly parity: Parity;
  /** The exchange's time. */
  readonly clock: Clock;
  /** The system's time: retries and audit run by it, whatever the exchange's clock says. */
  readonly systemClock: Clock;
  readonly calendar: SessionCalendar;
  readonly features: FeatureStore;
  readonly dailyHistory: DailyHistory;
  /** Sector by symbol, as far as one is known. */
  readonly sectors: ReadonlyMap<Ticker, string>;
  readonly assets: AssetCache;
  /** Has the outbox delivered soon; several calls before that are one. */
  readonly wakeOutbox: () => Promise<void>;
  /** Has the position guard look soon; several calls before that are one. */
  readonly wakeGuard: () => Promise<void>;
  /** Has the backtests that wait carried out. */
  readonly wakeBacktests: () => Promise<void>;
  readonly backtests: BacktestEngine;
  readonly backtestBars: BarSource;
  /** Those symbols of which there are bars in the bar store, here or on a machine that shares the ledger. */
  readonly keptBars: (symbols: readonly Ticker[]) => Promise<ReadonlySet<Ticker>>;
  readonly research: Research;
  /** What the channel was told last of each study that is not over, by this process. */
  readonly toldStudies: Map<string, string>;
  /** This process's right to trade the account. */
  readonly lease: TraderLease;
  readonly sight: Sight;
  /** Work on one symbol's orders runs one after the other. */
  readonly bySymbol: Mutex;
  readonly background: Background;
  readonly guardMemory: GuardMemory;
  readonly outages: OutageMemory;
  readonly pins: PinMemory;
  readonly drawdownMemory: DrawdownMemory;
  /** Ids of the intents that this process is carrying out right now. */
  readonly inFlight: Set<string>;
  readonly closeTactics: CloseTactics;
  /** Waits by the system's clock. */
  readonly pause: (ms: number) => Promise<void>;
  /** Called at each boundary between two effects; does nothing but in tests. */
  readonly reached: (step: Step) => Promise<void>;
  readonly telemetry: Telemetry;
  readonly about: About;
  readonly log: Logger;
}
