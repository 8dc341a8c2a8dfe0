import type { APIEmbed } from 'discord.js';

import type { StartedCard } from '#ports/cards.ts';

import { formatMoney, NONE, plain, stamp } from '../format.ts';
import { COLOUR, MODE_BADGE, MODE_MEANING, protection } from './style.ts';

/** What the bot says of itself when it starts: what it trades on, and whether all is protected. */
export function startedEmbed(card: StartedCard): APIEmbed {
  const isNaked = card.protectedPositions < card.openPositions;
  return {
    title: `${MODE_BADGE[card.mode]} · Bracketeer ${card.version} started`,
    color: isNaked ? COLOUR.warning : COLOUR.good,
    description: [
      MODE_MEANING[card.mode],
      `Up since ${stamp(card.at, 'f')}. ${
        card.continued ? 'Continues the earlier ledger.' : 'The ledger is new and empty.'
      }`,
      ...(isNaked
        ? ['⚠ **A position has no live stop at the broker. Look at it now with /status.**']
        : []),
    ].join('\n'),
    fields: [
      { name: 'Equity', value: formatMoney(card.equity), inline: true },
      {
        name: 'Positions',
        value: protection(card.protectedPositions, card.openPositions),
        inline: true,
      },
      { name: 'Session', value: session(card), inline: true },
      { name: `Watchlist (${card.watchlist.length})`, value: card.watchlist.join(' ') },
      { name: 'Data feed', value: plain(card.feed), inline: true },
      { name: 'Database', value: plain(card.database), inline: true },
      { name: 'Queue', value: plain(card.queue), inline: true },
      ...(card.page === null ? [] : [{ name: 'Page', value: card.page }]),
    ],
    footer: { text: `${card.mode} · ${card.version}` },
  };
}

const session = ({ session: day }: StartedCard): string =>
  day === null ? NONE : `${day.date}\n${stamp(day.open)} – ${stamp(day.close)}`;
