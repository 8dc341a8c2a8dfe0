import { createHash } from 'node:crypto';

import { MessageFlags, Routes } from 'discord.js';
import type { REST, RESTPostAPIChannelMessageResult } from 'discord.js';

import { settingOf } from '#app/card-setting.ts';
import type { CardSettings, Mentions } from '#ports/card-settings.ts';
import type { Card, DeliveredCard, Mode } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';
import { DeliveryError } from '#ports/notifier.ts';
import type { MessageId, Notifier, Thread } from '#ports/notifier.ts';

import {
  cureOf,
  describeError,
  isInvalidMessage,
  isUnauthorized,
  isUnknownMessage,
  toDeliveryError,
  WRONG_TOKEN,
} from './errors.ts';
import { findPosted, marked } from './find-message.ts';
import type { Health } from './health.ts';
import { plainRequest, requestOf, unshownRequest } from './message-body.ts';
import type { Attached, CardRequest } from './message-body.ts';
import { createPins } from './pins.ts';
import { createThreads, ifThere, messageIdOf, placeOf } from './threads.ts';

interface NotifierOptions {
  readonly rest: REST;
  readonly channelId: string;
  readonly mode: Mode;
  readonly cards: CardSettings;
  readonly mentions: Mentions;
  readonly health: Health;
  readonly log: Logger;
}

/** Discord takes 25 characters of a nonce. */
const NONCE_LENGTH = 22;

const nonceOf = (key: string): string =>
  createHash('sha256').update(key).digest('base64url').slice(0, NONCE_LENGTH);

interface Sender {
  /** The channel refused the last card, and a person has to mend it. */
  isClosed(): boolean;
  /** Asks Discord for something. Throws DeliveryError. */
  ask<T>(work: () => Promise<T>): Promise<T>;
  /** Sends the card, or what Discord takes of it. Throws DeliveryError. */
  attempt<T>(
    card: DeliveredCard,
    attached: Attached,
    send: (request: CardRequest) => Promise<T>,
  ): Promise<T>;
}

function createSender(options: NotifierOptions): Sender {
  const { channelId, health, log } = options;
  /** The token is wrong, for as long as this process lives. */
  let isBarred = false;
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

  function requestFor(card: DeliveredCard, attached: Attached): CardRequest {
    try {
      return requestOf(card, attached, options);
    } catch (error) {
      log.error({ kind: card.kind, error: describeError(error) }, 'a card cannot be shown');
      return unshownRequest(card, error);
    }
  }

  async function ask<T>(work: () => Promise<T>): Promise<T> {
    // Requests with a wrong token add up to a ban of the address. The card waits for a right one.
    if (isBarred) throw new DeliveryError(WRONG_TOKEN, { permanent: false });
    try {
      return await work();
    } catch (error) {
      throw failed(error);
    }
  }

  return {
    isClosed: () => isClosed,
    ask,
    attempt: (card, attached, send) =>
      ask(async () => {
        const request = requestFor(card, attached);
        const result = await send(request).catch((error: unknown) => {
          if (!isInvalidMessage(error)) throw error;
          return send(plainRequest(request, card, error));
        });
        isClosed = false;
        return result;
      }),
  };
}

/**
 * Posts and edits cards by REST alone, so that they go out also while the gateway is away. A key's nonce
 * is the same at every attempt: a post whose reply was lost is not doubled by the next one.
 */
export function createNotifier(options: NotifierOptions): Notifier {
  const { rest, channelId, cards, health, log } = options;
  const threads = createThreads(rest, channelId, log);
  const sender = createSender(options);

  // Discord keeps a message as silent as it was posted.
  const flagsOf = (card: Card): number =>
    settingOf(cards, card) === 'silent' ? MessageFlags.SuppressNotifications : 0;

  /** A card whose thread could not be had is in the channel. */
  async function findIn(thread: Thread | null, nonce: string): Promise<MessageId | null> {
    const inThread = thread && (await ifThere(() => findPosted(rest, thread.on, nonce)));
    if (thread !== null && inThread !== null) return messageIdOf(inThread, thread.on);
    const inChannel = await findPosted(rest, channelId, nonce);
    return inChannel === null ? null : messageIdOf(inChannel, null);
  }

  return {
    ...createPins(rest, channelId),
    state: () => (sender.isClosed() ? 'down' : health.state()),
    startThread: (thread) => threads.start(thread),
    post: (card, key, { thread, image, file = null } = { thread: null, image: null }) =>
      sender.attempt(card, { image, file }, async ({ body: content, files }) => {
        const nonce = nonceOf(key);
        const flags = flagsOf(card);
        const body = { ...marked(content, nonce), flags, nonce, enforce_nonce: true };
        const into = async (id: string) => {
          const posted = await rest.post(Routes.channelMessages(id), { body, files });
          return (posted as RESTPostAPIChannelMessageResult).id;
        };
        const inThread = thread && (await threads.within(thread, into));
        return thread === null || inThread === null
          ? messageIdOf(await into(channelId), null)
          : messageIdOf(inThread, thread.on);
      }),
    find: (key, thread = null) => sender.ask(() => findIn(thread, nonceOf(key))),
    edit: (message, card, image = null, file = null) =>
      sender.attempt(card, { image, file }, async ({ body, files }) => {
        const place = placeOf(message, channelId);
        const address = Routes.channelMessage(place.channelId, place.id);
        try {
          await threads.unarchived(place.channelId, () => rest.patch(address, { body, files }));
          return 'edited';
        } catch (error) {
          if (isUnknownMessage(error)) return 'message-gone';
          throw error;
        }
      }),
  };
}
