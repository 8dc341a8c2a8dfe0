import type { APIEmbed } from 'discord.js';

import { formatGain, formatNumber, formatPrice, formatR } from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { ScaledOutCard } from '#ports/trade-cards.ts';

import { stamp } from '../format.ts';
import { EXIT_VERB, lateLines, lateMark, resultColour } from './style.ts';

/** The first part has taken its profit; the rest runs on. */
export function scaledOutEmbed(card: ScaledOutCard, mode: Mode): APIEmbed {
  const { symbol, side, quantity, remaining, pnl, lateMs } = card;
  const price = formatPrice(card.exitPrice);
  return {
    title: `🪜 SCALED OUT: ${symbol}, ${formatNumber(quantity)} ${EXIT_VERB[side].was} @ ${price} · ${formatGain(pnl)} (${formatR(card.rMultiple)})${lateMark(lateMs)}`,
    color: resultColour(pnl),
    description: [
      ...lateLines(lateMs),
      `The first part took its profit at the broker, ${stamp(card.at)}.`,
      `The other ${formatNumber(remaining)} run on between the stop at ${formatPrice(card.stopPrice)} and the target at ${formatPrice(card.targetPrice)}. Nothing to do.`,
    ].join('\n'),
    footer: { text: `${card.tradeId} · ${mode}` },
  };
}
