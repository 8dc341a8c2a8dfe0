import type { APIEmbed } from 'discord.js';

import type { BatchCard, BatchedCard, Mode } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { stopMovedEmbed } from './stop-moved.ts';
import { COLOUR } from './style.ts';

const KIND = { notice: 'notices', 'stop-moved': 'stops were moved' } as const satisfies Record<
  BatchedCard['kind'],
  string
>;

/** A flood of one kind in one message: a line each, with the time of what it tells. */
export function batchEmbed({ members }: BatchCard, mode: Mode): APIEmbed {
  const kind = members[0]?.card.kind ?? 'notice';
  return {
    title: `🧾 ${members.length} ${KIND[kind]}`,
    color: COLOUR.quiet,
    description: members.map(({ card }) => lineOf(card, mode)).join('\n'),
    footer: { text: mode },
  };
}

function lineOf(card: BatchedCard, mode: Mode): string {
  const at = stamp(card.at, 'f');
  if (card.kind === 'stop-moved') return `${at} ${stopMovedEmbed(card, mode).title ?? ''}`;
  return `${at} **${plain(card.title)}** ${plain(card.text)}`;
}
