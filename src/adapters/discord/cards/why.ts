import type { APIEmbed, APIEmbedField } from 'discord.js';

import type { WhyDecision, WhyReport } from '#app/reports/why.ts';
import type { Decision, Features } from '#core/decision.ts';
import { count, formatGain, formatNumber, formatPrice, formatR, NONE } from '#core/number-words.ts';
import { MINUTE_MS, newYorkDate, newYorkTime } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { Trade, TradeStatus } from '#core/trade.ts';

import { EXIT_WORDS } from './reasons.ts';
import { COLOUR, ENTRY_VERB } from './style.ts';
import { changeSentence } from './why-changes.ts';
import { FILTER_WORDS, filterLine } from './why-filters.ts';

type Nothing = Extract<WhyReport, { kind: 'nothing' }>;

/** What `/why` shows of a decision: what it came to, what would have to change, and what it stood on. */
export function whyEmbed(report: WhyDecision): APIEmbed {
  const { symbol, sessionDate, barEnd } = report;
  return {
    title: `${headline(report)} · ${newYorkTime(barEnd)} NY`,
    color: COLOURS[report.kind],
    description: [
      ...lateLines(report),
      ...outcomeLines(report),
      ...changeLines(report),
      '',
      ...report.filters.map(filterLine),
      ...notAskedLines(report),
      ...(report.isCut ? ['Some numbers were too long to be kept.'] : []),
    ].join('\n'),
    fields: report.features === null ? [] : featureFields(report.features, report),
    footer: { text: `${symbol} · bar ending ${sessionDate} ${newYorkTime(barEnd)} New York` },
  };
}

const COLOURS = {
  enter: COLOUR.good,
  refused: COLOUR.warning,
  'no-signal': COLOUR.quiet,
} as const satisfies Record<Decision['kind'], number>;

function headline({ kind, symbol, side, filters }: WhyDecision): string {
  const verb = side === null ? 'ENTRY' : ENTRY_VERB[side];
  if (kind === 'enter') return `✅ ${verb} ${symbol}`;
  if (kind === 'no-signal') return `➖ No signal in ${symbol}`;
  const refusing = filters.find(({ passed }) => !passed);
  const label = refusing === undefined ? 'a filter' : FILTER_WORDS[refusing.filter].label;
  return side === null ? `🚫 ${symbol} not judged: ${label}` : `🚫 No ${verb} ${symbol}: ${label}`;
}

/** The bar is not the one that was asked for. */
function lateLines({ at, barEnd, parameters }: WhyDecision): readonly string[] {
  if (at === null || at - barEnd < parameters.barMinutes * MINUTE_MS) return [];
  return [
    `No bar was decided between this one and ${newYorkTime(at)} NY: this is the last before.`,
  ];
}

function outcomeLines({ kind, confidence, trade }: WhyDecision): readonly string[] {
  const sure = confidence === null ? '' : ` with confidence ${formatNumber(confidence, 1)}`;
  switch (kind) {
    case 'enter':
      return [`Entered${sure}.`, ...tradeLines(trade)];
    case 'refused':
      return [
        `Not entered${confidence === null ? '' : `: a signal${sure}, but a filter said no`}.`,
      ];
    case 'no-signal':
      return ['Not entered: the EMAs gave no signal.'];
    default:
      return kind satisfies never;
  }
}

const TRADE_WORDS = {
  planned: 'Its bracket is about to be sent.',
  submitted: 'Its bracket is at the broker and has not filled yet.',
  open: 'It is open.',
  closed: 'It is closed.',
  cancelled: 'It did not fill within its bar and was cancelled.',
  rejected: 'The broker rejected it.',
  abandoned: 'It was given up before it was sent.',
} as const satisfies Record<TradeStatus, string>;

function tradeLines(trade: Trade | null): readonly string[] {
  if (trade === null) return ['Nothing was sent: trading was halted in that very moment.'];
  const { intent, status, pnl, rMultiple, exitReason } = trade;
  const { limitPrice, stopPrice, targetPrice } = intent.bracket;
  const plan =
    `${count(intent.quantity, 'share')}, limit ${formatPrice(limitPrice)}, ` +
    `stop ${formatPrice(stopPrice)}, target ${formatPrice(targetPrice)}.`;
  const result =
    status === 'closed' && pnl !== null && exitReason !== null
      ? ` ${EXIT_WORDS[exitReason].why} ${formatGain(pnl)}${rMultiple === null ? '' : `, ${formatR(rMultiple)}`}.`
      : '';
  return [plan, `${TRADE_WORDS[status]}${result}`];
}

function changeLines({ changes, parameters, notAsked }: WhyDecision): readonly string[] {
  if (changes.length === 0) return [];
  const more =
    notAsked.length === 0 ? [] : [`Then ${count(notAsked.length, 'more filter')} would be asked.`];
  return [
    '',
    '**For a trade**',
    ...changes.map((change) => `• ${changeSentence(change, parameters)}`),
    ...more,
  ];
}

const notAskedLines = ({ notAsked }: WhyDecision): readonly string[] =>
  notAsked.length === 0
    ? []
    : [`Not asked any more: ${notAsked.map((name) => FILTER_WORDS[name].label).join(', ')}.`];

const price = (value: number): string => formatNumber(value, 4);

function featureFields(features: Features, { parameters }: WhyDecision): APIEmbedField[] {
  const inline = true;
  return [
    { name: 'Close', value: `${price(features.close)}\nVWAP ${price(features.vwap)}`, inline },
    {
      name: `EMA ${parameters.emaFast} / ${parameters.emaSlow}`,
      value: `${price(features.emaFast)} / ${price(features.emaSlow)}\n${parameters.trendBarMinutes} min: ${price(features.trendEmaFast)} / ${price(features.trendEmaSlow)}`,
      inline,
    },
    {
      name: 'Crossed',
      value: `up ${bars(features.barsSinceCrossUp)}\ndown ${bars(features.barsSinceCrossDown)}`,
      inline,
    },
    {
      name: 'ATR',
      value: `${price(features.atr)}\naverage ${price(features.atrAverage)}`,
      inline,
    },
    {
      name: 'ADX',
      value: `${formatNumber(features.adx, 1)}\n+DI ${formatNumber(features.plusDi, 1)}, −DI ${formatNumber(features.minusDi, 1)}`,
      inline,
    },
    { name: 'Relative volume', value: formatNumber(features.relativeVolume), inline },
  ];
}

function bars(since: number): string {
  if (since === Number.POSITIVE_INFINITY) return 'never';
  if (!Number.isFinite(since)) return NONE;
  return since === 0 ? 'at this bar' : `${count(since, 'bar')} ago`;
}

/** Why there is nothing to show, in one line. */
export function nothingText({ symbol, at, why, keepDecisionsDays }: Nothing): string {
  const when = at === null ? 'in the last session' : `at ${timeOf(at)}`;
  switch (why) {
    case 'never-decided':
      return `Nothing was decided yet, about ${symbol} or anything else.`;
    case 'not-watched':
      return `${symbol} was not on the watchlist ${when}: it was not looked at.`;
    case 'pruned':
      return `What was decided ${when} is not stored any more: decisions are kept for ${count(keepDecisionsDays, 'day')}.`;
    case 'not-yet':
      return `${timeOf(at ?? 0)} is still to come.`;
    case 'no-cycle':
      return `No trading cycle of that session had run by then (${at === null ? 'now' : timeOf(at)}): the market was closed, or the bot was not running.`;
    case 'unreadable':
      return `What was decided about ${symbol} ${when} is stored in a form that this version cannot read.`;
    default:
      return why satisfies never;
  }
}

const timeOf = (at: EpochMs): string => `${newYorkDate(at)} ${newYorkTime(at)} New York`;
