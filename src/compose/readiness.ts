import { setTimeout as delay } from 'node:timers/promises';

import type { AppContext } from '#app/context.ts';
import { statusReport } from '#app/reports/status.ts';
import type { StatusReport } from '#app/reports/status.ts';
import { formatUsd } from '#core/money.ts';
import { isBarEndOf, lastBarEnd, MINUTE_MS, toIso } from '#core/session.ts';
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
  impediments: report.impediments,
  closings: report.closes.length,
  interferenceToday: report.interferenceToday,
});

/** Bars whose cycles may all be missing before the bot counts as asleep. */
const MISSED_BARS = 2;

/**
 * Whether no cycle has finished for the last bars of the running session, although the bot was there and
 * nothing but the queue's timetable makes it run them.
 */
function hasNoCycles({ context, timetable }: BotParts, report: StatusReport): boolean {
  const { session, isOpen, lastCycle } = report;
  if (timetable === null || session === null || !isOpen) return false;
  const { barMinutes } = context.parameters;
  const oldest =
    lastBarEnd(context.clock.now(), barMinutes) - (MISSED_BARS - 1) * barMinutes * MINUTE_MS;
  const isDue = isBarEndOf(session, oldest) && oldest >= timetable.since;
  return isDue && (lastCycle === null || lastCycle.barEnd < oldest);
}

interface Readiness {
  readonly ready: boolean;
  readonly body: object;
}

interface Answers {
  readonly isDatabaseUp: boolean;
  readonly isQueueUp: boolean;
  readonly report: StatusReport | null;
}

/** What does not answer within this time counts as away: who asks must not be kept waiting. */
const PATIENCE_MS = 2_000;

const answerOf = <Answer, Away>(asked: Promise<Answer>, away: Away): Promise<Answer | Away> =>
  Promise.race([asked.catch(() => away), delay(PATIENCE_MS, away, { ref: false })]);

/** The report, or null when it cannot be had in good time. */
export const reportInTime = (read: () => Promise<StatusReport>): Promise<StatusReport | null> =>
  answerOf(read(), null);

/** Why the bot is not ready; null when it is. */
function reasonOf(parts: BotParts, { isDatabaseUp, isQueueUp, report }: Answers): string | null {
  if (!isDatabaseUp) return 'the database does not answer';
  if (!isQueueUp) return 'the queue does not answer';
  if (report === null) return 'the broker does not answer';
  if (hasNoCycles(parts, report)) return `no cycle has finished for the last ${MISSED_BARS} bars`;
  return null;
}

/**
 * What `/readyz` answers: ready when broker, database and queue answer and the cycles run. Discord may be
 * away: trading goes on, and the cards wait.
 */
export async function readinessOf(
  parts: BotParts,
  read: () => Promise<StatusReport>,
): Promise<Readiness> {
  const { context, database, queue } = parts;
  const [isDatabaseUp, queueState, report] = await Promise.all([
    answerOf(database.ping(), false),
    answerOf(queue.state(), null),
    reportInTime(read),
  ]);
  const reason = reasonOf(parts, { isDatabaseUp, isQueueUp: queueState !== null, report });
  return {
    ready: reason === null,
    body: {
      ...(reason === null ? {} : { reason }),
      mode: context.mode,
      now: toIso(context.clock.now()),
      ...(report === null ? {} : figuresOf(report)),
      database: { kind: database.description, up: isDatabaseUp },
      queue: { kind: queue.description, up: queueState !== null, ...queueState },
      broker: { up: report !== null, orderStream: context.broker.streamHealth().state },
      discord: context.notifier.state(),
    },
  };
}
