import type { APIEmbed } from 'discord.js';

import { formatNumber, formatPrice } from '#core/number-words.ts';
import type { Mode } from '#ports/cards.ts';
import type { RepairedCard } from '#ports/trade-cards.ts';

import { stamp } from '../format.ts';
import { COLOUR } from './style.ts';

const CAUSE = {
  'part-filled-entry': {
    words:
      'The entry filled only in part, and its own stop would have slept until the rest had filled.',
    todo: 'Nothing to do.',
    colour: COLOUR.good,
  },
  'no-live-stop': {
    words: 'No live stop was left at the broker.',
    todo: 'To do: find out who or what ended the earlier stop.',
    colour: COLOUR.warning,
  },
} as const satisfies Record<RepairedCard['cause'], { words: string; todo: string; colour: number }>;

/** A position that had no live stop, and has one again. */
export function repairedEmbed(card: RepairedCard, mode: Mode): APIEmbed {
  const { words, todo, colour } = CAUSE[card.cause];
  const position = `${card.symbol}, ${formatNumber(card.quantity)} ${card.side}`;
  const stop = formatPrice(card.stopPrice);
  return {
    title: `🛡 PROTECTED AGAIN: ${position} · stop ${stop}${card.forTheDay ? ' · today only' : ''}`,
    color: card.forTheDay ? COLOUR.warning : colour,
    description: [
      `${words} Since ${stamp(card.at)} ${placed(card)}.`,
      ...(card.forTheDay
        ? [
            'These shares are hard to borrow, so the orders are for today only: they are placed anew each morning, and **nothing protects the shares overnight**.',
          ]
        : []),
      todo,
    ].join('\n'),
    footer: { text: `${card.tradeId} · ${mode}` },
  };
}

const placed = ({ stopPrice, targetPrice }: RepairedCard): string =>
  targetPrice === null
    ? `a stop at ${formatPrice(stopPrice)} rests there alone, without a target`
    : `a stop at ${formatPrice(stopPrice)} and a target at ${formatPrice(targetPrice)} rest there`;
