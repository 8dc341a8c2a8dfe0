import type { APIEmbed } from 'discord.js';

import type { EpochMs } from '#core/session.ts';
import type { Card, DeliveredCard } from '#ports/cards.ts';

import { stamp } from '../format.ts';
import { lateLines, lateMark } from './style.ts';

/** News that reached the bot late and waits for the channel on top of that is as late as both together. */
export function withLateness(card: DeliveredCard): DeliveredCard {
  const { waitedMs } = card;
  if (waitedMs === undefined || !('lateMs' in card)) return card;
  return { ...card, lateMs: (card.lateMs ?? 0) + waitedMs };
}

/** Marks a card that had to wait for the channel, with the time of what it tells. */
export function markLate(embed: APIEmbed, card: DeliveredCard): APIEmbed {
  const { waitedMs } = card;
  // Those that know lateness of their own have said it; the word of an outage is about lateness itself.
  if (waitedMs === undefined || 'lateMs' in card || card.kind === 'channel-outage') return embed;
  const at = happenedAt(card);
  const lines = [
    ...lateLines(waitedMs),
    ...(at === null ? [] : [`It happened at ${stamp(at, 'f')}.`]),
    embed.description ?? '',
  ];
  return {
    ...embed,
    title: `${embed.title ?? ''}${lateMark(waitedMs)}`,
    description: lines.filter((line) => line !== '').join('\n'),
  };
}

/** Null where a card tells of several instants, each with its time. */
function happenedAt(card: Card): EpochMs | null {
  if ('at' in card) return card.at;
  if (card.kind === 'entry') return card.progress.at;
  return 'trade' in card ? card.trade.closedAt : null;
}
