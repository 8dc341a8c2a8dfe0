import type { APIEmbed } from 'discord.js';

import { formatDuration } from '#core/number-words.ts';
import type { Mode, OutageCard } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { clipText } from '../limits.ts';
import { COLOUR } from './style.ts';

const WHY_LENGTH = 600;

/** The bot is blind; the same message tells when it sees again. */
export function outageEmbed({ why, since, until }: OutageCard, mode: Mode): APIEmbed {
  const cause = plain(clipText(why, WHY_LENGTH));
  if (until !== null) {
    return {
      title: `✅ SEEING AGAIN: it was blind for ${formatDuration(until - since)}`,
      color: COLOUR.good,
      description: [
        `From ${stamp(since, 'f')} to ${stamp(until, 'f')}: ${cause}`,
        'The orders were compared with the broker, and what was missed is booked. Entries go on where they are not halted. Nothing to do.',
      ].join('\n'),
      footer: { text: mode },
    };
  }
  return {
    title: '📡 BLIND: no entries · positions keep their brackets at the broker',
    color: COLOUR.warning,
    description: [
      `Since ${stamp(since, 'f')}: ${cause}`,
      'Nothing is opened until the bot sees again. Stops and targets rest at the broker and work without it.',
      'It keeps trying by itself. To do, if it lasts: look at the network and at the broker’s status page.',
    ].join('\n'),
    footer: { text: mode },
  };
}
