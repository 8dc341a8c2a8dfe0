import type { APIEmbed } from 'discord.js';

import { renderCard } from '#adapters/discord/render.ts';
import type { MessageBody } from '#adapters/discord/render.ts';
import type { Card, Mode } from '#ports/cards.ts';

const linesOf = (embed: APIEmbed) => [
  `# ${embed.title}`,
  embed.description,
  ...(embed.fields ?? []).map(({ name, value }) => `[${name}] ${value}`),
  `(${embed.footer?.text})`,
];
/** Without the marks that only keep figures in one piece. */
const plainly = (text: string): string => text.replaceAll('\u2060', '').replaceAll('\u00A0', ' ');
/** The message as a person reads it from top to bottom. */
export const page = ({ content, embeds }: MessageBody): string =>
  plainly(
    [content, ...embeds.flatMap(linesOf)]
      .filter((line) => line !== undefined && line !== '')
      .join('\n'),
  );
export const read = (card: Card, mode: Mode = 'PAPER') => page(renderCard(card, mode));
export const title = (card: Card) => plainly(renderCard(card, 'PAPER').embeds[0]?.title ?? '');
export const field = (body: MessageBody, name: RegExp) =>
  body.embeds[0]?.fields?.find((candidate) => name.test(candidate.name))?.value;
