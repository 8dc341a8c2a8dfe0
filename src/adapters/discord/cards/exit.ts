import type { APIEmbed } from 'discord.js';

import {
  formatDuration,
  formatGain,
  formatNumber,
  formatPercentGain,
  formatPrice,
  formatR,
  formatSlippage,
} from '#core/number-words.ts';
import { newYorkDate } from '#core/session.ts';
import type { Mode } from '#ports/cards.ts';
import type { ExitCard } from '#ports/trade-cards.ts';

import { rangeFields } from './range.ts';
import { EXIT_WORDS } from './reasons.ts';
import { EXIT_VERB, lateLines, lateMark, resultColour, toldStamp } from './style.ts';

/** A trade that is flat again. */
export function exitEmbed(card: ExitCard, mode: Mode): APIEmbed {
  const { trade, lateMs } = card;
  const r = formatR(trade.rMultiple);
  return {
    title: `${headline(card)} · ${formatGain(trade.pnl)} (${r})${lateMark(lateMs)}`,
    color: resultColour(trade.pnl),
    description: [
      ...lateLines(lateMs),
      `${path(card)}. Flat since ${toldStamp(trade.closedAt, lateMs)}.`,
      ...whyLines(card),
      `Stop ${formatPrice(card.stopPrice)} · target ${formatPrice(card.targetPrice)}. Realized, before fees.`,
    ].join('\n'),
    fields: [
      {
        name: 'P/L',
        value: `${formatGain(trade.pnl)}\n${formatPercentGain(trade.pnlPercent)} · ${r}`,
        inline: true,
      },
      {
        name: 'Exit',
        value: `${formatPrice(trade.exitPrice)}\nslippage ${formatSlippage(card.slippageBps)}`,
        inline: true,
      },
      { name: 'Held', value: formatDuration(trade.closedAt - trade.openedAt), inline: true },
      ...rangeFields(card.range),
      { name: realizedName(card), value: formatGain(card.realizedToday), inline: true },
    ],
    footer: { text: `${trade.tradeId} · ${mode}` },
  };
}

/** Late news may be of an earlier day. */
const realizedName = ({ trade, lateMs }: ExitCard): string =>
  lateMs === null ? 'Realized today' : `Realized on ${newYorkDate(trade.closedAt)}`;

function headline({ trade }: ExitCard): string {
  const { symbol, side, quantity, exitPrice, exitReason } = trade;
  const left = `${formatNumber(quantity)} ${EXIT_VERB[side].was} @ ${formatPrice(exitPrice)}`;
  return `${EXIT_WORDS[exitReason].headline}: ${symbol}, ${left}`;
}

/** A leg that was hit explains itself. */
function whyLines({ trade: { exitReason } }: ExitCard): readonly string[] {
  const isLeg = exitReason === 'take_profit' || exitReason === 'stop_loss';
  return isLeg ? [] : [EXIT_WORDS[exitReason].why];
}

function path({ trade }: ExitCard): string {
  const entry = formatPrice(trade.entryPrice);
  const exit = formatPrice(trade.exitPrice);
  const shares = formatNumber(trade.quantity);
  return trade.side === 'long'
    ? `Bought ${shares} at ${entry}, sold at ${exit}`
    : `Shorted ${shares} at ${entry}, bought back at ${exit}`;
}
