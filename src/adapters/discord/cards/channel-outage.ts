import type { APIEmbed } from 'discord.js';

import { count } from '#core/number-words.ts';
import { newYorkDate, newYorkTime } from '#core/session.ts';
import type { EpochMs } from '#core/session.ts';
import type { Mode, ChannelOutageCard } from '#ports/cards.ts';

import { COLOUR } from './style.ts';

/** The first word after an outage of the channel: titles take no time stamps, so it names New York's time. */
export function channelOutageEmbed(
  { since, until, events }: ChannelOutageCard,
  mode: Mode,
): APIEmbed {
  const follow = events === 1 ? 'message follows' : 'messages follow';
  return {
    title: `📡 Discord was unreachable ${timesOf(since, until)} (New York time): ${events === 0 ? 'no' : events} ${follow}`,
    color: COLOUR.warning,
    description:
      `Trading went on meanwhile, and nothing is lost. ${count(events, 'message')} waited: what is about risk ` +
      'comes first, and each that is late says so.',
    footer: { text: mode },
  };
}

/** `14:02–14:31`, with the dates where they differ. */
function timesOf(since: EpochMs, until: EpochMs): string {
  if (newYorkDate(since) === newYorkDate(until)) {
    return `${newYorkTime(since)}–${newYorkTime(until)}`;
  }
  return `${dateAndTime(since)} – ${dateAndTime(until)}`;
}

const dateAndTime = (at: EpochMs): string => `${newYorkDate(at)} ${newYorkTime(at)}`;
