import type { APIEmbed, APIEmbedField } from 'discord.js';

import {
  count,
  formatGain,
  formatMoney,
  formatNumber,
  formatPercentGain,
  formatPrice,
  formatR,
  formatRoundGain,
  NONE,
} from '#core/number-words.ts';
import type { ClosedTrade } from '#core/trade.ts';
import type { DigestCard, OpenPositionLine } from '#ports/report-cards.ts';

import { stamp } from '../format.ts';
import { equityWords } from './flows.ts';
import { EXIT_WORDS } from './reasons.ts';
import { signalFields } from './signals.ts';
import { COLOUR, MODE_BADGE, protection, resultColour } from './style.ts';
import { cellOfR, table } from './table.ts';
import { LEGEND, targetLines } from './targets.ts';

const MOST_ROWS = 12;

/** One session on one page. */
export function digestEmbed(card: DigestCard): APIEmbed {
  const gain = `${formatGain(card.dayPnl)} (${formatPercentGain(card.dayPnlPercent)})`;
  const isProtected = card.openPositions.filter((line) => line.isProtected).length;
  const isNaked = isProtected < card.openPositions.length;
  return {
    title: `📊 ${MODE_BADGE[card.mode]} · ${card.date}: ${gain}${
      isNaked ? ` · ${protection(isProtected, card.openPositions.length)}` : ''
    }`,
    color: isNaked || interferenceOf(card) > 0 ? COLOUR.warning : resultColour(card.dayPnl),
    description: [
      ...interferenceLines(card),
      equityWords(card),
      resultWords(card),
      ...extremeLines(card.closedTrades),
    ].join('\n'),
    fields: [
      { name: 'Fees', value: feeWords(card), inline: true },
      {
        name: 'Entries',
        value: `${card.entriesFilled} filled\n${card.entriesNotFilled} not filled`,
        inline: true,
      },
      { name: 'Cycles', value: formatNumber(card.cycles), inline: true },
      closedField(card.closedTrades),
      positionsField(card, isProtected),
      { name: sessionTitle(card), value: targetLines(card.session).join('\n') },
      { name: overallTitle(card), value: [...targetLines(card.overall), LEGEND].join('\n') },
      ...signalFields(card.signals),
      { name: 'Next session', value: nextSession(card) },
    ],
    footer: { text: `${card.date} · ${card.mode}` },
  };
}

/** Said before all figures, since a touched bracket is the one thing that must never happen. */
const interferenceLines = (card: DigestCard): readonly string[] =>
  interferenceOf(card) === 0
    ? []
    : [
        `⚠ **${count(interferenceOf(card), 'leg')} of a bracket ended for no reason of the bot’s.** Find out who or what cancels orders at the broker.`,
      ];

const interferenceOf = ({ session }: DigestCard): number => session.interference.value ?? 0;

/** What the day's figure contains. Of a late digest nobody knows whether its fees were charged by the close. */
function resultWords({ fees, positionsAt }: DigestCard): string {
  if (fees === null) return 'Realized and unrealized, before fees: they are charged later.';
  return fees !== 0 && positionsAt === null
    ? 'Realized and unrealized, fees deducted.'
    : 'Realized and unrealized.';
}

/** The best and the worst trade, where there are two to compare. */
function extremeLines(trades: readonly ClosedTrade[]): readonly string[] {
  if (trades.length < 2) return [];
  const [worst, ...better] = trades.toSorted((a, b) => a.pnl - b.pnl);
  const best = better.at(-1);
  if (worst === undefined || best === undefined) return [];
  return [`Best ${resultOf(best)}; worst ${resultOf(worst)}.`];
}

const resultOf = ({ symbol, side, pnl, rMultiple }: ClosedTrade): string =>
  `${symbol} ${side} ${formatGain(pnl)} (${formatR(rMultiple)})`;

const feeWords = ({ fees }: DigestCard): string =>
  fees === null ? 'charged later' : formatMoney(fees);

function closedField(trades: readonly ClosedTrade[]): APIEmbedField {
  if (trades.length === 0) return { name: 'Closed trades', value: 'none' };
  const won = trades.filter((trade) => trade.pnl > 0).length;
  const rows = trades
    .slice(0, MOST_ROWS)
    .map((trade) => [
      trade.symbol,
      trade.side,
      formatRoundGain(trade.pnl),
      cellOfR(trade.rMultiple),
      EXIT_WORDS[trade.exitReason].column,
    ]);
  const more = trades.length - rows.length;
  return {
    name: `Closed trades: ${trades.length}, ${won} won`,
    value: [
      '```',
      ...table([['symbol', 'side', 'P/L', 'R', 'exit'], ...rows], FIGURE_COLUMNS),
      '```',
      ...(more > 0 ? [`… and ${more} more`] : []),
    ].join('\n'),
  };
}

/** Figures to the right, words to the left: P/L, in whole dollars for a phone's sake, and R are the figures. */
const FIGURE_COLUMNS = new Set([2, 3]);

function positionsField(
  { openPositions: lines, positionsAt }: DigestCard,
  isProtected: number,
): APIEmbedField {
  const name = positionsAt === null ? 'Open overnight' : 'Open positions';
  // An instant is shown in a field's value only; Discord leaves it as it is in a name.
  const asOf =
    positionsAt === null ? [] : [`as of ${stamp(positionsAt, 'f')}, after this session:`];
  if (lines.length === 0) return { name, value: [...asOf, 'no open positions'].join('\n') };
  const nakedFirst = lines.toSorted((a, b) => Number(a.isProtected) - Number(b.isProtected));
  const rows = nakedFirst.slice(0, MOST_ROWS).map(positionLine);
  const more = lines.length - rows.length;
  return {
    name: `${name}: ${protection(isProtected, lines.length)}`,
    value: [...asOf, ...rows, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'),
  };
}

function positionLine(line: OpenPositionLine): string {
  const figures = [
    formatGain(line.unrealizedPnl),
    ...(line.rNow === null ? [] : [formatR(line.rNow)]),
    `stop ${line.stopPrice === null ? NONE : formatPrice(line.stopPrice)}`,
  ];
  const badge = line.isProtected ? '🛡' : '⚠ NOT PROTECTED';
  return `${badge} ${line.symbol} ${line.side} ${formatNumber(line.quantity)}: ${figures.join(' · ')}`;
}

const sessionTitle = ({ session }: DigestCard): string =>
  `This session: ${count(session.winRate.count, 'closed trade')}`;

const overallTitle = ({ overall: { winRate, pnl } }: DigestCard): string =>
  `All ${count(winRate.count, 'closed trade')}: ${formatGain(pnl)} before fees`;

const nextSession = ({ nextSession: next }: DigestCard): string =>
  next === null ? NONE : `${next.date}\nopens ${stamp(next.open, 'f')}`;
