import type { DeliveredCard } from './cards.ts';
import type { ChartImage } from './charts.ts';

declare const messageId: unique symbol;
/** The chat's id of a posted message. */
export type MessageId = string & { readonly [messageId]: true };

export type EditOutcome = 'edited' | 'message-gone';

/** A thread under a message of the channel. */
export interface Thread {
  readonly on: MessageId;
  /** Given to it when it is started. */
  readonly name: string;
}

/** How a card comes to the channel. */
export interface Posting {
  /** Null: into the channel itself. */
  readonly thread: Thread | null;
  readonly image: ChartImage | null;
  readonly file?: TextFile | null;
}

/** A text that hangs on a message. */
export interface TextFile {
  /** `trades.csv`: letters, digits, hyphens and dots. */
  readonly name: string;
  readonly content: string;
}

/** The team's channel. */
export interface Notifier {
  /**
   * Posts a card. `key` identifies the message: two posts with one key within a few minutes give one
   * message. A thread is started with its first card; one that cannot be had gives its card to the channel.
   * Throws DeliveryError.
   */
  post(card: DeliveredCard, key: string, posting?: Posting): Promise<MessageId>;
  /**
   * The message that an earlier post of this key became, of which nobody heard; null when there is none among
   * the last few hundred of the channel, or of the thread that it belonged into. A chat remembers keys for
   * minutes, an outage may last hours. Throws DeliveryError.
   */
  find(key: string, thread?: Thread | null): Promise<MessageId | null>;
  /** Picture and file that were there go; without new ones there are none. Throws DeliveryError. */
  edit(
    message: MessageId,
    card: DeliveredCard,
    image?: ChartImage | null,
    file?: TextFile | null,
  ): Promise<EditOutcome>;
  /** Starts a thread that is not there yet. Without one its cards go to the channel, so it never rejects. */
  startThread(thread: Thread): Promise<void>;
  /** The messages that are pinned in the channel, whoever pinned them. Rejects when the chat cannot be asked. */
  pinned(): Promise<readonly MessageId[]>;
  /** Rejects when the chat refuses. */
  setPinned(message: MessageId, isPinned: boolean): Promise<void>;
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
