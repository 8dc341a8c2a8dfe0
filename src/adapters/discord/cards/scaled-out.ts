import type { APIEmbed } from 'discord.js';

import { formatGain, formatNumber, formatPrice, formatR } from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { ScaledOutCard } from '#ports/trade-cards.ts';

import { EXIT_VERB, lateLines, lateMark, resultColour, toldStamp } from './style.ts';

/** The first part has taken its profit; the rest runs on. */
export function scaledOutEmbed(card: ScaledOutCard, mode: Mode): APIEmbed {
  const { symbol, side, quantity, pnl, lateMs } = card;
  const price = formatPrice(card.exitPrice);
  return {
    title: `🪜 SCALED OUT: ${symbol}, ${formatNumber(quantity)} ${EXIT_VERB[side].was} @ ${price} · ${formatGain(pnl)} (${formatR(card.rMultiple)})${lateMark(lateMs)}`,
    color: resultColour(pnl),
    description: [
      ...lateLines(lateMs),
      `The first part took its profit at the broker, ${toldStamp(card.at, lateMs)}.`,
      restLine(card),
    ].join('\n'),
    footer: { text: `${card.tradeId} · ${mode}` },
  };
}

function restLine({ remaining, stopPrice, targetPrice, lateMs }: ScaledOutCard): string {
  const rest = `The other ${formatNumber(remaining)}`;
  const between = `between the stop at ${formatPrice(stopPrice)} and the target at ${formatPrice(targetPrice)}`;
  // Of late news nobody knows whether they are there still.
  return lateMs === null
    ? `${rest} run on ${between}. Nothing to do.`
    : `${rest} ran on ${between} then; /status tells what became of them since.`;
}
