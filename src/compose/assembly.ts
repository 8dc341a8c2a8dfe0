import type { DrawnCharts } from '#adapters/charts/charts.ts';
import type { OpenLedger } from '#adapters/postgres/ledger.ts';
import type { Metrics } from '#adapters/system/metrics.ts';
import type { About } from '#app/about.ts';
import type { KeptLease } from '#app/trader-lease.ts';
import type { Config } from '#config';
import type { Broker } from '#ports/broker.ts';
import type { Logger } from '#ports/logger.ts';
import type { MarketData } from '#ports/market-data.ts';

import type { Clockwork } from './clockwork.ts';
import type { HttpPort } from './http.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { OpenResearch } from './research-process.ts';
import type { Stores } from './stores.ts';
import type { Surroundings } from './surroundings.ts';

export interface StartOptions {
  readonly config: Config;
  readonly version: string;
  readonly log: Logger;
  /** Ends the waiting for another process that trades the account. */
  readonly stopping?: AbortSignal;
}

/** With what has gone wrong since the start. */
export interface WatchedOptions extends StartOptions {
  readonly recentErrors: About['recentErrors'];
}

/** All parts, before they are set going. */
export interface Assembly {
  readonly options: WatchedOptions;
  readonly lifecycle: Lifecycle;
  readonly http: HttpPort;
  readonly surroundings: Surroundings;
  readonly stores: Stores;
  readonly broker: Broker;
  readonly marketData: MarketData;
  readonly ledger: OpenLedger;
  readonly research: OpenResearch;
  readonly clockwork: Clockwork;
  readonly metrics: Metrics;
  readonly lease: KeptLease;
  readonly charts: DrawnCharts;
}
