import { createHash } from 'node:crypto';

import { Routes } from 'discord.js';
import type { REST, RESTPostAPIChannelMessageResult } from 'discord.js';

import type { Card, Mode } from '#ports/cards.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId, Notifier } from '#ports/notifier.ts';

import { isUnauthorized, isUnknownMessage, toDeliveryError, WRONG_TOKEN } from './errors.ts';
import type { Health } from './health.ts';
import { renderCard } from './render.ts';

interface NotifierOptions {
  readonly rest: REST;
  readonly channelId: string;
  readonly mode: Mode;
  readonly health: Health;
}

/** Discord takes 25 characters of a nonce. */
const NONCE_LENGTH = 22;

const nonceOf = (key: string): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, NONCE_LENGTH);

const asMessageId = (id: string): MessageId => id as MessageId;

function bodyOf(card: Card, mode: Mode) {
  const { embeds, allowedMentions } = renderCard(card, mode);
  return { embeds, allowed_mentions: allowedMentions };
}

/**
 * Posts and edits cards by REST alone, so that they go out also while the gateway is away. A key's nonce
 * is the same at every attempt: a post whose reply was lost is not doubled by the next one.
 */
export function createNotifier({ rest, channelId, mode, health }: NotifierOptions): Notifier {
  let isBarred = false;

  async function attempt<T>(work: () => Promise<T>): Promise<T> {
    // Requests with a wrong token add up to a ban of the address. The card waits for a right one.
    if (isBarred) throw new DeliveryError(WRONG_TOKEN, { permanent: false });
    try {
      return await work();
    } catch (error) {
      if (isUnauthorized(error)) {
        isBarred = true;
        health.fail(WRONG_TOKEN);
      }
      throw toDeliveryError(error);
    }
  }

  return {
    state: () => health.state(),
    post: (card, key) =>
      attempt(async () => {
        const body = { ...bodyOf(card, mode), nonce: nonceOf(key), enforce_nonce: true };
        const message = await rest.post(Routes.channelMessages(channelId), { body });
        return asMessageId((message as RESTPostAPIChannelMessageResult).id);
      }),
    edit: (message, card) =>
      attempt(async () => {
        try {
          await rest.patch(Routes.channelMessage(channelId, message), { body: bodyOf(card, mode) });
          return 'edited';
        } catch (error) {
          if (isUnknownMessage(error)) return 'message-gone';
          throw error;
        }
      }),
  };
}
