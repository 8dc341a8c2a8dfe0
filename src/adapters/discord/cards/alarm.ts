import type { APIEmbed } from 'discord.js';

import type { AlarmCard, Mode } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { COLOUR } from './style.ts';

/** Something went wrong that a person should know of. */
export const alarmEmbed = (card: AlarmCard, mode: Mode): APIEmbed => ({
  title: `🚨 ALARM: ${plain(card.title)}`,
  color: COLOUR.bad,
  description: `${stamp(card.at, 'f')}\n${plain(card.text)}`,
  footer: { text: mode },
});
