import { createHash } from 'node:crypto';

import { Routes } from 'discord.js';
import type { APIEmbed, REST, RESTPostAPIChannelMessageResult } from 'discord.js';

import type { Card, Mode } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId, Notifier } from '#ports/notifier.ts';

import { textContent } from './cards/text.ts';
import {
  cureOf,
  describeError,
  isInvalidMessage,
  isUnauthorized,
  isUnknownMessage,
  toDeliveryError,
  WRONG_TOKEN,
} from './errors.ts';
import type { Health } from './health.ts';
import { clipLine, clipText, LIMITS } from './limits.ts';
import { renderCard } from './render.ts';

interface NotifierOptions {
  readonly rest: REST;
  readonly channelId: string;
  readonly mode: Mode;
  readonly health: Health;
}

/** Discord takes 25 characters of a nonce. */
const NONCE_LENGTH = 22;
/** Of the note on a card that was refused, before its signs are escaped. */
const NOTE_LENGTH = 500;

const nonceOf = (key: string): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, NONCE_LENGTH);

const asMessageId = (id: string): MessageId => id as MessageId;

interface Body {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly allowed_mentions: { readonly parse: readonly [] };
}

/** With an empty text, which takes away what an earlier edit may have left there. */
function bodyOf(card: Card, mode: Mode): Body {
  const { embeds, allowedMentions } = renderCard(card, mode);
  return { content: '', embeds, allowed_mentions: allowedMentions };
}

/** What is left of a card that Discord does not take: its title, and why there is no more. */
function plainBodyOf(card: Card, mode: Mode, refusal: unknown): Body {
  const { embeds, allowed_mentions } = bodyOf(card, mode);
  const title = clipLine(embeds[0]?.title ?? card.kind, LIMITS.title);
  const note = `The rest of this card is missing: Discord refused it (${describeError(refusal)}).`;
  return {
    content: `${title}\n${textContent(clipText(note, NOTE_LENGTH))}`,
    embeds: [],
    allowed_mentions,
  };
}

/**
 * Posts and edits cards by REST alone, so that they go out also while the gateway is away. A key's nonce
 * is the same at every attempt: a post whose reply was lost is not doubled by the next one.
 */
export function createNotifier({ rest, channelId, mode, health }: NotifierOptions): Notifier {
  /** The token is wrong, for as long as this process lives. */
  let isBarred = false;
  /** The channel refused the last card, and a person has to mend it. */
  let isClosed = false;

  function failed(error: unknown): DeliveryError {
    if (isUnauthorized(error)) {
      isBarred = true;
      health.fail(WRONG_TOKEN);
    }
    const cure = cureOf(error, channelId);
    if (cure !== null) isClosed = true;
    return toDeliveryError(error, cure);
  }

  /** Sends the card, or what Discord takes of it. */
  async function attempt<T>(card: Card, send: (body: Body) => Promise<T>): Promise<T> {
    // Requests with a wrong token add up to a ban of the address. The card waits for a right one.
    if (isBarred) throw new DeliveryError(WRONG_TOKEN, { permanent: false });
    try {
      const result = await send(bodyOf(card, mode)).catch((error: unknown) => {
        if (!isInvalidMessage(error)) throw error;
        return send(plainBodyOf(card, mode, error));
      });
      isClosed = false;
      return result;
    } catch (error) {
      throw failed(error);
    }
  }

  return {
    state: () => (isClosed ? 'down' : health.state()),
    post: (card, key) =>
      attempt(card, async (content) => {
        const body = { ...content, nonce: nonceOf(key), enforce_nonce: true };
        const message = await rest.post(Routes.channelMessages(channelId), { body });
        return asMessageId((message as RESTPostAPIChannelMessageResult).id);
      }),
    edit: (message, card) =>
      attempt(card, async (body) => {
        try {
          await rest.patch(Routes.channelMessage(channelId, message), { body });
          return 'edited';
        } catch (error) {
          if (isUnknownMessage(error)) return 'message-gone';
          throw error;
        }
      }),
  };
}
