import type { Card } from './cards.ts';

declare const messageId: unique symbol;
/** The chat's id of a posted message. */
export type MessageId = string & { readonly [messageId]: true };

export type EditOutcome = 'edited' | 'message-gone';

/** The team's channel. */
export interface Notifier {
  /**
   * Posts a card. `key` identifies the message: two posts with one key within a few minutes give one
   * message. Throws DeliveryError.
   */
  post(card: Card, key: string): Promise<MessageId>;
  edit(message: MessageId, card: Card): Promise<EditOutcome>;
  /** For health reports: ready, connecting, down. */
  state(): 'ready' | 'connecting' | 'down';
}

/** A card could not be delivered. Permanent ones are never tried again. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  readonly permanent: boolean;

  constructor(message: string, options: { permanent: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.permanent = options.permanent;
  }
}
