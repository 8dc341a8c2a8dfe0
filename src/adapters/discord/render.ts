import type { APIEmbed } from 'discord.js';

import type { Reply } from '#app/command.ts';
import type { Card, Mode } from '#ports/cards.ts';

import { alarmEmbed } from './cards/alarm.ts';
import { closingEmbed } from './cards/closing.ts';
import { controlEmbed } from './cards/control.ts';
import { digestEmbed } from './cards/digest.ts';
import { drawdownEmbed } from './cards/drawdown.ts';
import { entryEmbed } from './cards/entry.ts';
import { exitEmbed } from './cards/exit.ts';
import { noticeEmbed } from './cards/notice.ts';
import { repairedEmbed } from './cards/repaired.ts';
import { startedEmbed } from './cards/started.ts';
import { statusEmbed } from './cards/status.ts';
import { stopMovedEmbed } from './cards/stop-moved.ts';
import { textContent } from './cards/text.ts';
import { nothingText, whyEmbed } from './cards/why.ts';
import { clampEmbed } from './limits.ts';

/** A message as discord.js takes it. Nobody is ever mentioned by what a card happens to contain. */
export interface MessageBody {
  readonly content?: string;
  readonly embeds: APIEmbed[];
  readonly allowedMentions: { readonly parse: [] };
}

const WORD_JOINER = '\u2060';
const NO_BREAK_SPACE = '\u00A0';

/** A narrow screen breaks a title after its minus, and a loss reads as a gain: figures stay in one piece. */
const unbroken = (title: string): string =>
  title.replaceAll('−$', `−${WORD_JOINER}$`).replaceAll(/(?<=\d) (?=R\b|%)/g, NO_BREAK_SPACE);

const withEmbed = ({ title, ...embed }: APIEmbed): MessageBody => ({
  embeds: [clampEmbed(title === undefined ? embed : { ...embed, title: unbroken(title) })],
  allowedMentions: { parse: [] },
});

/** A message of plain text. */
export const textBody = (text: string): MessageBody => ({
  content: textContent(text),
  embeds: [],
  allowedMentions: { parse: [] },
});

function embedOf(card: Card, mode: Mode): APIEmbed {
  switch (card.kind) {
    case 'started':
      return startedEmbed(card);
    case 'entry':
      return entryEmbed(card, mode);
    case 'exit':
      return exitEmbed(card, mode);
    case 'closing':
      return closingEmbed(card, mode);
    case 'repaired':
      return repairedEmbed(card, mode);
    case 'stop-moved':
      return stopMovedEmbed(card, mode);
    case 'alarm':
      return alarmEmbed(card, mode);
    case 'notice':
      return noticeEmbed(card, mode);
    case 'drawdown':
      return drawdownEmbed(card, mode);
    case 'control':
      return controlEmbed(card, mode);
    case 'digest':
      return digestEmbed(card);
    default:
      return card satisfies never;
  }
}

/** The message of a card. Pure: the same facts give the same message. */
export const renderCard = (card: Card, mode: Mode): MessageBody => withEmbed(embedOf(card, mode));

/** The message of a command's answer. */
export function renderReply(reply: Reply): MessageBody {
  switch (reply.kind) {
    case 'status':
      return withEmbed(statusEmbed(reply.report));
    case 'why':
      return reply.report.kind === 'nothing'
        ? textBody(nothingText(reply.report))
        : withEmbed(whyEmbed(reply.report));
    case 'text':
      return textBody(reply.text);
    default:
      return reply satisfies never;
  }
}
