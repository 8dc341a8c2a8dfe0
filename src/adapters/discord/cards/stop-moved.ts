import type { APIEmbed } from 'discord.js';

import { formatPrice } from '#core/number-words.ts';
import { isTighter } from '#core/stop-move.ts';
import type { Mode } from '#ports/cards.ts';
import type { StopMovedCard } from '#ports/trade-cards.ts';

import { stamp } from '../format.ts';
import { COLOUR } from './style.ts';

/** The stop of a trade stands elsewhere. That it never loosens is said by the figures, not taken for granted. */
export function stopMovedEmbed(card: StopMovedCard, mode: Mode): APIEmbed {
  const { symbol, side, from, to, at } = card;
  const isLooser = isTighter(side, to, from);
  const word = from === to ? 'STOP REPLACED' : 'STOP TIGHTENED';
  const move = `${symbol} ${side}, ${formatPrice(from)} → ${formatPrice(to)}`;
  return {
    title: isLooser ? `⚠️ STOP LOOSENED: ${move}` : `🛡 ${word}: ${move}`,
    color: isLooser ? COLOUR.warning : COLOUR.good,
    description: isLooser
      ? `Since ${stamp(at)} it risks more than before. The bot never loosens a stop: find out who moved it.`
      : `Since ${stamp(at)} at the broker, in the place of the earlier one. Nothing to do.`,
    footer: { text: `${card.tradeId} · ${mode}` },
  };
}
