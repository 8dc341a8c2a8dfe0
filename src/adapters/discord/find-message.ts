import { DiscordAPIError, Routes } from 'discord.js';
import type { APIEmbed, APIMessage, REST, RESTGetAPIChannelMessagesResult } from 'discord.js';

import { clipLine } from '#core/clip.ts';

import { LIMITS } from './limits.ts';

/** Of a nonce, enough to tell apart all messages that a channel will ever have. */
const MARK_LENGTH = 8;

const markOf = (nonce: string): string => `#${nonce.slice(0, MARK_LENGTH)}`;

interface Markable {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
}

/**
 * The message with a mark by which it is found again: Discord forgets a nonce after minutes, and does not tell
 * the nonces of messages that it lists. It is in the first embed's footer, or is the text's last line.
 */
export function marked<T extends Markable>(body: T, nonce: string): T {
  const mark = markOf(nonce);
  const [first, ...rest] = body.embeds;
  if (first === undefined) return { ...body, content: `${body.content}\n-# ${mark}` };
  const before = first.footer === undefined ? '' : `${first.footer.text} · `;
  const text = `${clipLine(before, LIMITS.footer - mark.length)}${mark}`;
  return { ...body, embeds: [{ ...first, footer: { ...first.footer, text } }, ...rest] };
}

/** The message that was posted with the nonce. A person's message never is it, whatever it says. */
const isMarked = ({ author, content, embeds: [first] }: APIMessage, nonce: string): boolean =>
  author.bot === true &&
  (content.endsWith(markOf(nonce)) || first?.footer?.text.endsWith(markOf(nonce)) === true);

const PAGE = 100;
const PAGES = 3;

/**
 * Looks for the message that was posted with a nonce among the channel's last few hundred; returns its id, or
 * null, also where the bot may post but not read the history.
 */
export async function findPosted(
  rest: REST,
  channelId: string,
  nonce: string,
): Promise<string | null> {
  let before: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    // oxlint-disable-next-line no-await-in-loop -- each page begins where the last one ended
    const messages = await pageBefore(rest, channelId, before);
    const found = messages.find((message) => isMarked(message, nonce));
    if (found !== undefined) return found.id;
    if (messages.length < PAGE) return null;
    before = messages.at(-1)?.id;
  }
  return null;
}

async function pageBefore(
  rest: REST,
  channelId: string,
  before: string | undefined,
): Promise<RESTGetAPIChannelMessagesResult> {
  const query = new URLSearchParams({ limit: String(PAGE), ...(before && { before }) });
  try {
    const page = await rest.get(Routes.channelMessages(channelId), { query });
    return page as RESTGetAPIChannelMessagesResult;
  } catch (error) {
    if (error instanceof DiscordAPIError && error.status === 403) return [];
    throw error;
  }
}
