import type { APIEmbed } from 'discord.js';

import { ordinal } from '#core/number-words.ts';
import type { AlarmCard, Mode } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { COLOUR } from './style.ts';

const LOUDEST = 3;

/** Something went wrong that a person should know of; told again, louder, until it is solved. */
export function alarmEmbed({ title, text, repeat, at }: AlarmCard, mode: Mode): APIEmbed {
  const sirens = '🚨'.repeat(Math.min(repeat + 1, LOUDEST));
  const times = `told for the ${ordinal(repeat + 1)} time`;
  return {
    title: `${sirens} ALARM${repeat === 0 ? '' : `, ${times}`}: ${plain(title)}`,
    color: COLOUR.bad,
    description: [
      stamp(at, 'f'),
      ...(repeat === 0 ? [] : ['**It is still not solved.**']),
      plain(text),
    ].join('\n'),
    footer: { text: mode },
  };
}
