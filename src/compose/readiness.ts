import type { AppContext } from '#app/context.ts';
import { statusReport } from '#app/reports/status.ts';
import type { StatusReport } from '#app/reports/status.ts';
import { formatUsd } from '#core/money.ts';
import { toIso } from '#core/session.ts';
import type { Session } from '#core/session.ts';
import type { CycleRecord } from '#ports/ledger.ts';

import type { BotParts } from './parts.ts';

/** A report serves everyone who asks within this time, so that a watchful monitor costs the broker little. */
const REPORT_LIFETIME_MS = 2_000;

/** The status report, read again once it is too old. */
export function createReportCache(context: AppContext): () => Promise<StatusReport> {
  let readAt = 0;
  let report: Promise<StatusReport> | null = null;
  return () => {
    const now = context.systemClock.now();
    if (report === null || now - readAt > REPORT_LIFETIME_MS) {
      readAt = now;
      report = statusReport(context);
      report.catch(() => {
        report = null;
      });
    }
    return report;
  };
}

const sessionOf = (session: Session | null) =>
  session && { date: session.date, open: toIso(session.open), close: toIso(session.close) };

const cycleOf = (cycle: CycleRecord | null) =>
  cycle && {
    sessionDate: cycle.sessionDate,
    barEnd: toIso(cycle.barEnd),
    symbols: cycle.symbols,
    entries: cycle.entries,
    tookMs: cycle.tookMs,
  };

const figuresOf = (report: StatusReport) => ({
  control: report.control.status,
  session: sessionOf(report.session),
  isOpen: report.isOpen,
  equity: formatUsd(report.equity),
  lastCycle: cycleOf(report.lastCycle),
  cycles: report.cycles,
  intents: report.intents,
  openPositions: report.positions.length,
  protectedPositions: report.protectedPositions,
  outboxBacklog: report.outboxBacklog,
});

interface Readiness {
  readonly ready: boolean;
  readonly body: object;
}

/**
 * What `/readyz` answers: ready when broker, database and queue answer. Discord may be away: trading goes
 * on, and the cards wait.
 */
export async function readinessOf(
  { context, database, queue }: BotParts,
  read: () => Promise<StatusReport>,
): Promise<Readiness> {
  const [isDatabaseUp, queueState, report] = await Promise.all([
    database.ping(),
    queue.state().catch(() => null),
    read().catch(() => null),
  ]);
  return {
    ready: isDatabaseUp && queueState !== null && report !== null,
    body: {
      mode: context.mode,
      now: toIso(context.clock.now()),
      ...(report === null ? {} : figuresOf(report)),
      database: { kind: database.description, up: isDatabaseUp },
      queue: { kind: queue.description, up: queueState !== null, ...queueState },
      broker: { up: report !== null, orderStream: context.broker.streamState() },
      discord: context.notifier.state(),
    },
  };
}
