import type { APIEmbed } from 'discord.js';

import {
  count,
  formatDuration,
  formatGain,
  formatPercentGain,
  formatR,
} from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { SummaryCard } from '#ports/report-cards.ts';

import { stamp } from '../format.ts';
import { rangeFields } from './range.ts';
import { EXIT_WORDS } from './reasons.ts';
import { resultColour } from './style.ts';

/** The last word in a trade's thread. */
export function summaryEmbed({ trade, range, stopMoves }: SummaryCard, mode: Mode): APIEmbed {
  const { symbol, side, closedAt, openedAt, exitReason } = trade;
  const moves =
    stopMoves === 0 ? 'Its stop was never moved' : `Its stop was moved ${times(stopMoves)}`;
  return {
    title: `🏁 ${symbol} ${side} is flat: ${formatGain(trade.pnl)} (${formatR(trade.rMultiple)})`,
    color: resultColour(trade.pnl),
    description: [
      `${EXIT_WORDS[exitReason].headline}, ${stamp(closedAt)}, after ${formatDuration(closedAt - openedAt)}.`,
      `${moves}. ${formatPercentGain(trade.pnlPercent)}, realized, before fees.`,
    ].join('\n'),
    fields: rangeFields(range),
    footer: { text: `${trade.tradeId} · ${mode}` },
  };
}

const times = (n: number): string => (n === 1 ? 'once' : count(n, 'time'));
