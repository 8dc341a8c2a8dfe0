import {
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  HTTPError,
  RESTJSONErrorCodes,
} from 'discord.js';

import { DeliveryError } from '#ports/notifier.ts';

/** A channel that takes no messages, though the bot may do what it likes there. */
const WRONG_CHANNEL_CODES: ReadonlySet<string | number> = new Set([
  RESTJSONErrorCodes.CannotSendMessagesInNonTextChannel,
  RESTJSONErrorCodes.CannotExecuteActionOnThisChannelType,
  RESTJSONErrorCodes.InvalidActionOnArchivedThread,
]);

/**
 * What a person has to mend before any card can get through; null when it is not the channel's fault.
 * A 404 of a message is not: it says that the message is gone.
 */
export function cureOf(error: unknown, channelId: string): string | null {
  if (!(error instanceof DiscordAPIError) || isUnknownMessage(error)) return null;
  if (error.status === 403) {
    return `Give the bot View Channel, Send Messages and Embed Links in the channel ${channelId}`;
  }
  if (error.status !== 404 && !WRONG_CHANNEL_CODES.has(error.code)) return null;
  return `Set DISCORD_CHANNEL_ID to a text channel that the bot sees; it is ${channelId}`;
}

/** Discord cannot take this message: the same request can never succeed. */
export const isInvalidMessage = (error: unknown): boolean =>
  error instanceof DiscordAPIError &&
  (error.status === 400 || error.status === 413) &&
  !WRONG_CHANNEL_CODES.has(error.code);

export const WRONG_TOKEN = 'Discord does not accept the token';

/** The token is wrong. Asking again would only lead to a ban of the address. */
export const isUnauthorized = (error: unknown): boolean =>
  (error instanceof DiscordAPIError && error.status === 401) ||
  (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid);

/** Discord no longer has the message, or has it from an earlier bot: there is nothing to edit. */
export const isUnknownMessage = (error: unknown): boolean =>
  error instanceof DiscordAPIError &&
  (error.code === RESTJSONErrorCodes.UnknownMessage ||
    error.code === RESTJSONErrorCodes.CannotEditMessageAuthoredByAnotherUser);

/** The interaction is over: too late for its first answer, or another process has given it. */
export const isStaleInteraction = (error: unknown): boolean =>
  isAnsweredBefore(error) ||
  (error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownInteraction);

/** Discord has an answer to the interaction already. */
export const isAnsweredBefore = (error: unknown): boolean =>
  error instanceof DiscordAPIError &&
  error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged;

/** Trouble on the way or at Discord's end, which is often over a moment later. */
export const isPassing = (error: unknown): boolean =>
  !(error instanceof DiscordAPIError) && !(error instanceof DiscordjsError);

/**
 * An error in one line for the log. The library's errors also carry the address and the body of the
 * request, and with them interaction tokens: those stay out.
 */
export function describeError(error: unknown): string {
  if (error instanceof DiscordAPIError) return `${error.status} ${error.code}: ${error.message}`;
  if (error instanceof HTTPError) return `${error.status}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What the outbox needs to know of a failed post: whether trying again makes sense, and what to mend. */
export const toDeliveryError = (error: unknown, cure: string | null): DeliveryError =>
  new DeliveryError(cure === null ? describeError(error) : `${describeError(error)}. ${cure}`, {
    permanent: isInvalidMessage(error),
  });
