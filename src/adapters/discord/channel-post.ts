import { createHash } from 'node:crypto';

import { REST, Routes } from 'discord.js';

import { describeError } from './errors.ts';
import { clipText, LIMITS } from './limits.ts';
import { restOptions } from './rest.ts';

interface Channel {
  readonly token: string;
  readonly channelId: string;
  /** Null for Discord itself; otherwise a stand-in on this machine. */
  readonly apiUrl: string | null;
}

/** Discord takes 25 characters of a nonce. */
const NONCE_LENGTH = 22;

/**
 * Posts plain words to a channel, without the bot's other parts. The same text within a few minutes is one
 * message. Nobody is mentioned.
 *
 * @throws Error, in one line without the token.
 */
export function createChannelPost({ token, channelId, apiUrl }: Channel) {
  const rest = new REST(restOptions(apiUrl)).setToken(token);
  return async (text: string): Promise<void> => {
    const nonce = createHash('sha256').update(text).digest('base64url').slice(0, NONCE_LENGTH);
    const body = {
      content: clipText(text, LIMITS.content),
      allowed_mentions: { parse: [] },
      nonce,
      enforce_nonce: true,
    };
    try {
      await rest.post(Routes.channelMessages(channelId), { body });
    } catch (error) {
      throw new Error(`Discord did not take it (${describeError(error)})`, { cause: error });
    }
  };
}
