import type { APIEmbed, RawFile } from 'discord.js';

import { severityOf } from '#app/card-severity.ts';
import { clipLine } from '#core/clip.ts';
import type { Mentions } from '#ports/card-settings.ts';
import type { Card, DeliveredCard, Mode } from '#ports/cards.ts';
import type { ChartImage } from '#ports/charts.ts';
import type { TextFile } from '#ports/notifier.ts';

import { textContent } from './cards/text.ts';
import type { Row } from './components.ts';
import { describeError } from './errors.ts';
import { clipText, LIMITS } from './limits.ts';
import { renderCard } from './render.ts';

/** A message as Discord's REST interface takes it, with its files beside it. */
export interface CardRequest {
  readonly body: {
    readonly content: string;
    readonly embeds: readonly APIEmbed[];
    readonly components: readonly Row[];
    /** What an edit does not name here goes. */
    readonly attachments: readonly AttachmentNote[];
    /** What the text happens to name is never pinged; a role is, where the settings say so. */
    readonly allowed_mentions: { readonly parse: readonly []; readonly roles: readonly string[] };
  };
  readonly files: RawFile[];
}

interface AttachmentNote {
  readonly id: number;
  readonly filename: string;
  /** For those who cannot see the picture. */
  readonly description?: string;
}

/** What hangs on a message. */
export interface Attached {
  readonly image: ChartImage | null;
  readonly file: TextFile | null;
}

/** How cards are shown. */
interface Look {
  readonly mode: Mode;
  readonly mentions: Mentions;
}

/** Of the note on a card that was refused, before its signs are escaped. */
const NOTE_LENGTH = 500;
/** Discord takes so many characters of a picture's description. */
const ALT_LENGTH = 1024;

/** The role that a card calls; null: none. */
function roleFor(card: Card, mentions: Mentions): string | null {
  const severity = severityOf(card);
  return severity === 'info' ? null : mentions[severity];
}

/** With a text of mentions alone and the card's own buttons, which takes away what was there before. */
export function requestOf(
  card: DeliveredCard,
  { image, file }: Attached,
  { mode, mentions }: Look,
): CardRequest {
  const role = roleFor(card, mentions);
  const { embeds, components } = renderCard(card, mode);
  return {
    body: {
      content: role === null ? '' : `<@&${role}>`,
      embeds: image === null ? embeds : embeds.map((embed) => withPicture(embed, image)),
      components,
      attachments: [
        ...(image === null ? [] : [noteOf(image)]),
        ...(file === null ? [] : [{ id: image === null ? 0 : 1, filename: file.name }]),
      ],
      allowed_mentions: { parse: [], roles: role === null ? [] : [role] },
    },
    files: [
      ...(image === null
        ? []
        : [{ name: image.fileName, data: image.png, contentType: 'image/png' }]),
      ...(file === null ? [] : [{ name: file.name, data: file.content, contentType: 'text/csv' }]),
    ],
  };
}

const withPicture = (embed: APIEmbed, { fileName }: ChartImage): APIEmbed => ({
  ...embed,
  image: { url: `attachment://${fileName}` },
});

const noteOf = ({ fileName, altText }: ChartImage): AttachmentNote => ({
  id: 0,
  filename: fileName,
  description: clipLine(altText, ALT_LENGTH),
});

/** In place of a card that this version cannot show, as one that another version wrote: the rest must not wait for it. */
export const unshownText = (card: { readonly kind: string }, error: unknown): string =>
  textContent(
    clipText(
      `⚠ A message of the kind ${card.kind} is missing: this version of the bot cannot show it (${describeError(error)}). See /status and /audit for what happened.`,
      NOTE_LENGTH,
    ),
  );

/** The same as a request, which takes away what the message showed before. */
export const unshownRequest = (card: Card, error: unknown): CardRequest => ({
  body: {
    content: unshownText(card, error),
    embeds: [],
    components: [],
    attachments: [],
    allowed_mentions: { parse: [], roles: [] },
  },
  files: [],
});

/** What is left of a card that Discord does not take: its title, and why there is no more. */
export function plainRequest({ body }: CardRequest, card: Card, refusal: unknown): CardRequest {
  const title = clipLine(body.embeds[0]?.title ?? card.kind, LIMITS.title);
  const note = `The rest of this card is missing: Discord refused it (${describeError(refusal)}).`;
  const call = body.content === '' ? [] : [body.content];
  return {
    body: {
      ...body,
      content: [...call, title, textContent(clipText(note, NOTE_LENGTH))].join('\n'),
      embeds: [],
      attachments: [],
    },
    files: [],
  };
}
