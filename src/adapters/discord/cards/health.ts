import type { APIEmbed } from 'discord.js';

import type { HealthReport, Lag } from '#app/reports/health.ts';
import { count, formatDuration, formatNumber, NONE } from '#core/number-words.ts';
import type { EpochMs } from '#core/session.ts';
import type { StreamHealth } from '#ports/broker.ts';

import { plain, stamp } from '../format.ts';
import { COLOUR, MODE_BADGE } from './style.ts';

/** Slower than this is worth a look. */
const SLOW_MS = 1_000;

/** How each part of the bot answers. */
export function healthEmbed(report: HealthReport): APIEmbed {
  const parts = [
    lagPart(`Database (${report.database.what})`, report.database.lagMs),
    queuePart(report),
    lagPart('Broker', report.broker.lagMs),
    streamPart('Order stream', report.orderStream, report.now),
    streamPart(`Bar stream (${report.feed})`, report.barStream, report.now),
    chatPart(report),
    cyclePart(report),
    reconciliationPart(report),
    leasePart(report),
  ];
  const troubled = parts.filter(({ isWell }) => !isWell).length;
  return {
    title: `${MODE_BADGE[report.mode]} · ${troubled === 0 ? '💚 all parts answer' : `🩺 ${count(troubled, 'part')} of ${parts.length} in trouble`}`,
    color: troubled === 0 ? COLOUR.good : COLOUR.warning,
    description: [
      ...parts.map(({ isWell, words }) => `${isWell ? '✅' : '⚠'} ${words}`),
      '',
      ...errorLines(report),
      `Bracketeer ${report.version}, ${report.runtime}`,
    ].join('\n'),
  };
}

interface Part {
  readonly isWell: boolean;
  readonly words: string;
}

const lagWords = (lagMs: Lag): string =>
  lagMs === null ? 'does not answer' : `${formatNumber(lagMs, 0)} ms`;

const isQuick = (lagMs: Lag): boolean => lagMs !== null && lagMs < SLOW_MS;

const lagPart = (name: string, lagMs: Lag): Part => ({
  isWell: isQuick(lagMs),
  words: `**${plain(name)}**: ${lagWords(lagMs)}`,
});

function queuePart({ queue }: HealthReport): Part {
  const { isWell, words } = lagPart(`Queue (${queue.what})`, queue.lagMs);
  const jobs =
    queue.waiting === null || queue.failed === null
      ? ''
      : ` · ${count(queue.waiting, 'job')} waiting, ${queue.failed} failed`;
  return { isWell, words: `${words}${jobs}` };
}

const ago = (at: EpochMs, now: EpochMs): string => `${formatDuration(now - at)} ago`;

function streamPart(name: string, health: StreamHealth, now: EpochMs): Part {
  const { state, since, lastMessageAt, reconnects, lastError } = health;
  return {
    isWell: state === 'up',
    words: [
      `**${plain(name)}**: ${state} for ${formatDuration(now - since)}`,
      lastMessageAt === null ? 'nothing heard yet' : `heard ${ago(lastMessageAt, now)}`,
      ...(reconnects === 0 ? [] : [`connected anew ${count(reconnects, 'time')}`]),
      ...(lastError === null ? [] : [`last error: ${plain(lastError)}`]),
    ].join(' · '),
  };
}

const chatPart = ({ chat, outboxBacklog }: HealthReport): Part => ({
  isWell: chat === 'ready' && outboxBacklog !== null,
  words: `**Chat**: ${chat} · ${outboxBacklog === null ? NONE : count(outboxBacklog, 'message')} on the way`,
});

const cyclePart = ({ lastCycle }: HealthReport): Part => ({
  isWell: true,
  words:
    lastCycle === null
      ? '**Last cycle**: none yet'
      : `**Last cycle**: bar ${stamp(lastCycle.barEnd, 'f')}, in ${formatNumber(lastCycle.tookMs, 0)} ms`,
});

const reconciliationPart = ({ lastReconciliation: last }: HealthReport): Part => ({
  isWell: last?.isClean ?? false,
  words:
    last === null
      ? '**Broker against ledger**: not compared yet'
      : `**Broker against ledger**: ${last.isClean ? 'they agree' : `${count(last.findings.length, 'difference')}, see /foreign`}, ${stamp(last.at, 'f')}`,
});

const leasePart = ({ holdsLease }: HealthReport): Part => ({
  isWell: holdsLease,
  words: `**Lease**: ${holdsLease ? 'this process trades the account' : 'this process may not trade just now'}`,
});

const errorLines = ({ recentErrors, now }: HealthReport): readonly string[] =>
  recentErrors.length === 0
    ? ['No error since the start.']
    : [
        '**Last errors** (the log has more of each)',
        ...recentErrors.map(
          ({ at, message, times }) =>
            `${ago(at, now)}: ${plain(message)}${times === 1 ? '' : ` (${count(times, 'time')})`}`,
        ),
      ];
