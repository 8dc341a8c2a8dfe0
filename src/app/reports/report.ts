import type { AuditReport } from './audit.ts';
import type { BrokerAwayReport } from './broker-away.ts';
import type { ConfigReport } from './config.ts';
import type { HealthReport } from './health.ts';
import type { PerformanceReport } from './performance.ts';
import type { RiskReport } from './risk.ts';
import type { SymbolChartReport } from './symbol-chart.ts';
import type { TradeReport } from './trade-story.ts';
import type { TradesReport } from './trades.ts';

/** What a command that only looks tells: facts, each kind put into words by its card. */
export type Report =
  | AuditReport
  | BrokerAwayReport
  | TradesReport
  | TradeReport
  | SymbolChartReport
  | HealthReport
  | ConfigReport
  | PerformanceReport
  | RiskReport;
