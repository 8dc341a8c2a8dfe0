import type { APIEmbed } from 'discord.js';

import type { Mode, NoticeCard } from '#ports/cards.ts';

import { plain, stamp } from '../format.ts';
import { COLOUR } from './style.ts';

const TONE = {
  good: { badge: '✅', colour: COLOUR.good },
  warning: { badge: '⚠️', colour: COLOUR.warning },
} as const satisfies Record<NoticeCard['tone'], { badge: string; colour: number }>;

/** Something to know of that is no alarm. */
export function noticeEmbed({ tone, title, text, at }: NoticeCard, mode: Mode): APIEmbed {
  const { badge, colour } = TONE[tone];
  return {
    title: `${badge} ${plain(title)}`,
    color: colour,
    description: `${stamp(at, 'f')}\n${plain(text)}`,
    footer: { text: mode },
  };
}
