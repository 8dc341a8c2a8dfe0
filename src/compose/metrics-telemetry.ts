import type { Metrics } from '#adapters/system/metrics.ts';
import type { StatusReport } from '#app/reports/status.ts';
import type { Telemetry } from '#ports/telemetry.ts';

/** The application's counting on the metrics page. */
export const telemetryOf = (metrics: Metrics): Telemetry => ({
  cycleFinished: (tookMs, entries) => {
    metrics.cycles.inc();
    metrics.cycleSeconds.observe(tookMs / 1_000);
    metrics.intents.inc(entries);
  },
  orderSubmitted: (outcome) => metrics.orders.inc({ outcome }),
  cardDelivered: (outcome) => metrics.deliveries.inc({ outcome }),
});

/** Brings the gauges up to what the report says. */
export function setGauges(metrics: Metrics, report: StatusReport): void {
  metrics.openPositions.set(report.positions.length);
  metrics.protectedPositions.set(report.protectedPositions);
  metrics.outboxBacklog.set(report.outboxBacklog);
  metrics.closings.set(report.closes.length);
  metrics.interference.set(report.interferenceToday);
  metrics.impediments.set(report.impediments.length);
}
