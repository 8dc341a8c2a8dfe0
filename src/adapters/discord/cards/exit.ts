import type { APIEmbed } from 'discord.js';

import type { Usd } from '#core/money.ts';
import type { ExitCard, Mode } from '#ports/cards.ts';

import {
  formatDuration,
  formatGain,
  formatNumber,
  formatPercentGain,
  formatPrice,
  formatR,
  formatSlippage,
  stamp,
} from '../format.ts';
import { COLOUR } from './style.ts';

const HEADLINE = {
  take_profit: '🎯 TARGET hit',
  stop_loss: '🛑 STOP hit',
  other: '🔚 CLOSED',
} as const;

const colourOf = (pnl: Usd): number => {
  if (pnl === 0) return COLOUR.quiet;
  return pnl > 0 ? COLOUR.good : COLOUR.bad;
};

/** A trade that is flat again. */
export function exitEmbed(card: ExitCard, mode: Mode): APIEmbed {
  const { trade } = card;
  const r = formatR(trade.rMultiple);
  return {
    title: `${HEADLINE[trade.exitLeg]}: ${trade.symbol} ${formatGain(trade.pnl)} (${r})`,
    color: colourOf(trade.pnl),
    description: [
      `${path(card)}. Flat since ${stamp(trade.closedAt)}.`,
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
      { name: 'Realized today', value: formatGain(card.realizedToday), inline: true },
    ],
    footer: { text: `${trade.tradeId} · ${mode}` },
  };
}

function path({ trade }: ExitCard): string {
  const entry = formatPrice(trade.entryPrice);
  const exit = formatPrice(trade.exitPrice);
  const shares = formatNumber(trade.quantity);
  return trade.side === 'long'
    ? `Bought ${shares} at ${entry}, sold at ${exit}`
    : `Shorted ${shares} at ${entry}, bought back at ${exit}`;
}
