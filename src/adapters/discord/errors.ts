import {
  DiscordAPIError,
  DiscordjsError,
  DiscordjsErrorCodes,
  HTTPError,
  RESTJSONErrorCodes,
} from 'discord.js';

import { DeliveryError } from '#ports/notifier.ts';

/** Refusals of the message or of the channel: the same request can never succeed. */
const PERMANENT_CODES: ReadonlySet<string | number> = new Set([
  RESTJSONErrorCodes.InvalidFormBodyOrContentType,
  RESTJSONErrorCodes.MissingPermissions,
  RESTJSONErrorCodes.MissingAccess,
  RESTJSONErrorCodes.UnknownChannel,
]);
const PERMANENT_STATUSES: ReadonlySet<number> = new Set([400, 403, 404, 413]);

const isPermanent = (error: unknown): boolean =>
  error instanceof DiscordAPIError &&
  (PERMANENT_CODES.has(error.code) || PERMANENT_STATUSES.has(error.status));

export const WRONG_TOKEN = 'Discord does not accept the token';

/** The token is wrong. Asking again would only lead to a ban of the address. */
export const isUnauthorized = (error: unknown): boolean =>
  (error instanceof DiscordAPIError && error.status === 401) ||
  (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid);

/** Discord no longer has the message. */
export const isUnknownMessage = (error: unknown): boolean =>
  error instanceof DiscordAPIError && error.code === RESTJSONErrorCodes.UnknownMessage;

/** The interaction is over: too late for its first answer, or another process has given it. */
export const isStaleInteraction = (error: unknown): boolean =>
  error instanceof DiscordAPIError &&
  (error.code === RESTJSONErrorCodes.UnknownInteraction ||
    error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged);

/**
 * An error in one line for the log. The library's errors also carry the address and the body of the
 * request, and with them interaction tokens: those stay out.
 */
export function describeError(error: unknown): string {
  if (error instanceof DiscordAPIError) return `${error.status} ${error.code}: ${error.message}`;
  if (error instanceof HTTPError) return `${error.status}: ${error.message}`;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** What the outbox needs to know of a failed post: whether trying again makes sense. */
export const toDeliveryError = (error: unknown): DeliveryError =>
  new DeliveryError(describeError(error), { permanent: isPermanent(error) });
