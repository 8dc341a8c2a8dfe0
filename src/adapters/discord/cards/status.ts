import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { ConnectionsReport } from '#app/reports/health.ts';
import type { DrawdownReport, StatusReport } from '#app/reports/status.ts';
import type { Close } from '#core/close.ts';
import {
  count,
  formatDuration,
  formatGain,
  formatMoney,
  formatNumber,
  formatPercentGain,
  formatPrice,
  formatR,
  NONE,
} from '#core/number-words.ts';
import { newYorkDate } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import { stopDistancePercent } from '#core/trade-math.ts';
import type { OpenPositionLine } from '#ports/report-cards.ts';

import { plain, stamp } from '../format.ts';
import { CONTROL_BADGE, controlLines } from './control-state.ts';
import { flowWords } from './flows.ts';
import { EXIT_WORDS } from './reasons.ts';
import { COLOUR, MODE_BADGE, protection } from './style.ts';

/** Of `/status`, but for its positions: may it trade, is everything protected, where does the day stand. */
export function stateEmbed(
  report: StatusReport,
  connections: ConnectionsReport,
): APIEmbed & { readonly fields: APIEmbedField[] } {
  const isNaked = report.protectedPositions < report.positions.length;
  return {
    title: `${MODE_BADGE[report.mode]} · ${stateOf(report)}`,
    color: colourOf(report, isNaked),
    description: [
      ...controlLines(report.control),
      ...report.impediments.map((why) => `⛔ **No entries just now**: ${plain(why)}`),
      `Positions: ${protection(report.protectedPositions, report.positions.length)}`,
      ...report.closes.map(closeLine),
      ...interferenceLines(report.interferenceToday),
    ].join('\n'),
    fields: [
      { name: 'Equity', value: formatMoney(report.equity), inline: true },
      { name: 'Day P/L', value: dayPnl(report), inline: true },
      { name: 'Session', value: session(report), inline: true },
      { name: 'Drawdown', value: drawdownWords(report.drawdown, report.now), inline: true },
      ...activityFields(report),
      ...connectionFields(connections),
    ],
    footer: { text: report.mode },
  };
}

/** The positions, those first that nothing protects. */
export const nakedFirst = ({ positions }: StatusReport): readonly OpenPositionLine[] =>
  positions.toSorted((a, b) => Number(a.isProtected) - Number(b.isProtected));

/** What `/status` shows, each position in a field of its own. */
export function statusEmbed(report: StatusReport, connections: ConnectionsReport): APIEmbed {
  const state = stateEmbed(report, connections);
  const positions = nakedFirst(report).map((line) => positionField(line, report.now));
  return { ...state, fields: [...state.fields, ...positions] };
}

/** Green stands for nothing in the way. */
function colourOf({ control, impediments }: StatusReport, isNaked: boolean): number {
  if (isNaked) return COLOUR.bad;
  const isFree = control.status === 'active' && impediments.length === 0;
  return isFree ? COLOUR.good : COLOUR.warning;
}

const stateOf = ({ control, impediments }: StatusReport): string =>
  control.status === 'active' && impediments.length > 0
    ? '⚠ ACTIVE, but no entries just now'
    : CONTROL_BADGE[control.status];

/** What the bot is closing, and whether it gets on with it. */
export function closeLine({
  symbol,
  quantity,
  reason,
  phase,
  failures,
  lastFailure,
}: Close): string {
  const what = `${formatNumber(quantity)} ${symbol}. ${EXIT_WORDS[reason].why}`;
  if (phase === 'queued') return `🌙 Waits for the open to close ${what}`;
  if (phase !== 'stuck') return `🏁 Closing ${what}`;
  return `🚨 **Stuck** (${count(failures, 'time')}: ${plain(lastFailure ?? '')}), closing ${what}`;
}

const interferenceLines = (legs: number): string[] =>
  legs === 0
    ? []
    : [
        `🚨 **${count(legs, 'leg')} of brackets cancelled or replaced today, and not by this bot.**`,
      ];

const dayPnl = (report: StatusReport): string =>
  report.dayPnl === null
    ? NONE
    : `${formatGain(report.dayPnl)}\n${
        report.dayPnlPercent === null ? NONE : formatPercentGain(report.dayPnlPercent)
      }${report.dayFlows === 0 ? '' : `\n${flowWords(report.dayFlows)}`}`;

function session({ session: day, isOpen, now }: StatusReport): string {
  if (day === null) return isOpen ? 'open' : 'closed';
  const times = `${stamp(day.open)} – ${stamp(day.close)}`;
  if (isOpen) return `open, ${formatDuration(day.close - now)} left\n${times}`;
  if (now < day.open) {
    const date = day.date === newYorkDate(now) ? 'today' : day.date;
    return `closed\nopens ${date} ${stamp(day.open)}`;
  }
  return `closed\n${day.date} was ${times}`;
}

/** By the last reading: the time of it tells when nothing could be measured since. */
export function drawdownWords(report: DrawdownReport, now: EpochMs): string {
  const { dailyPercent, peakPercent, dailyLimitPercent, peakLimitPercent } = report;
  return [
    `day ${fall(dailyPercent, dailyLimitPercent)}${report.isDailyBreached ? ' ⛔' : ''}`,
    `peak ${fall(peakPercent, peakLimitPercent)}${report.isPeakBreached ? ' ⛔' : ''}`,
    measuredWords(report, now),
  ].join('\n');
}

function measuredWords({ measuredAt }: DrawdownReport, now: EpochMs): string {
  if (measuredAt === null) return 'not measured yet';
  return `${isToday(measuredAt, now) ? 'at' : 'measured'} ${dayStamp(measuredAt, now)}`;
}

const isToday = (at: EpochMs, now: EpochMs): boolean => newYorkDate(at) === newYorkDate(now);

/** The time alone would be taken for one of today. */
const dayStamp = (at: EpochMs, now: EpochMs): string => stamp(at, isToday(at, now) ? 't' : 'f');

const fall = (percent: number | null, limitPercent: number): string =>
  `${percent === null ? NONE : formatPercentGain(percent)} of −${formatNumber(limitPercent)} %`;

function activityFields(report: StatusReport): APIEmbedField[] {
  const { lastCycle, now } = report;
  const inline = true;
  return [
    {
      name: 'Last cycle',
      value:
        lastCycle === null
          ? 'none yet'
          : `bar ${dayStamp(lastCycle.barEnd, now)}\ndone ${dayStamp(lastCycle.finishedAt, now)}\ntook ${took(lastCycle.tookMs)}`,
      inline,
    },
    {
      name: 'So far',
      value: `${count(report.cycles, 'cycle')}\n${count(report.intents, 'intent')}`,
      inline,
    },
    {
      name: 'Waiting',
      value: `${formatNumber(report.pendingEntries)} pending ${
        report.pendingEntries === 1 ? 'entry' : 'entries'
      }\n${count(report.outboxBacklog, 'message')}`,
      inline,
    },
  ];
}

function connectionFields({ orderStream, barStream, queue }: ConnectionsReport): APIEmbedField[] {
  const jobs =
    queue === null
      ? '⚠ does not answer'
      : `${count(queue.waiting, 'job')} waiting\n${formatNumber(queue.failed)} failed`;
  return [
    { name: 'Queue', value: jobs, inline: true },
    {
      name: 'Streams',
      value: [streamWords('orders', orderStream), streamWords('bars', barStream)].join('\n'),
      inline: true,
    },
  ];
}

const streamWords = (name: string, state: ConnectionsReport['barStream']): string =>
  `${state === 'up' ? '✅' : '⚠'} ${name} ${state}`;

const took = (tookMs: number): string =>
  tookMs < 1000 ? `${Math.round(tookMs)} ms` : formatDuration(tookMs);

function positionField(line: OpenPositionLine, now: EpochMs): APIEmbedField {
  const gain = [
    formatGain(line.unrealizedPnl),
    ...(line.rNow === null ? [] : [formatR(line.rNow)]),
  ].join(' · ');
  const target = line.targetPrice === null ? NONE : formatPrice(line.targetPrice);
  return {
    name: `${line.isProtected ? '🛡' : '⚠ NOT PROTECTED:'} ${line.symbol} ${line.side} ${formatNumber(line.quantity)}`,
    value: [
      gain,
      `entry ${formatPrice(line.entryPrice)} · now ${formatPrice(line.currentPrice)}`,
      `stop ${stopWords(line)} · target ${target}`,
      ...(line.tradeId === null ? ['not opened by this bot'] : []),
      ...(line.openedAt === null
        ? []
        : [`since ${dayStamp(line.openedAt, now)}, ${formatDuration(now - line.openedAt)}`]),
    ].join('\n'),
  };
}

function stopWords({ side, currentPrice: now, stopPrice: stop }: OpenPositionLine): string {
  if (stop === null) return NONE;
  const percent = stopDistancePercent(side, { now, stop });
  const distance = `${formatNumber(Math.abs(percent))} % ${percent < 0 ? 'beyond' : 'away'}`;
  return `${formatPrice(stop)} (${distance})`;
}
