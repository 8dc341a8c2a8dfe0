import type { Lane } from '#core/delivery-order.ts';
import type { EpochMs } from '#core/session.ts';

import type { BatchCard, Card, ChannelOutageCard } from './cards.ts';
import type { MessageId } from './notifier.ts';

/** A card on its way to the channel. */
export interface OutboxCard {
  /** Order of delivery. */
  readonly sequence: number;
  /** The message it belongs to: the first card of a key is posted, later ones edit it. */
  readonly key: string;
  readonly card: Card;
  readonly attempts: number;
  /** Not to be tried before, because an attempt at its message has failed; null: at once. */
  readonly retryAt: EpochMs | null;
  /** How soon it is to be told, with what waits for it. */
  readonly lane: Lane;
  /** Its place among those of its lane. */
  readonly place: number;
  readonly streams: readonly string[];
  /** How long it has waited, by the database's clock. */
  readonly waitedMs: number;
  /**
   * Whether the chat may have a message of this key although the ledger knows none: an earlier attempt,
   * or an older card, may have been posted without anyone hearing of it.
   */
  readonly mayExist: boolean;
}

/** A card about risk that the channel has not taken in time. */
export interface UndeliveredAlert {
  readonly sequence: number;
  readonly key: string;
  readonly card: Card;
  readonly waitedMs: number;
  /** How often the second path has failed it, and until when it is let be (system time). */
  readonly attempts: number;
  readonly retryAt: EpochMs | null;
}

/** The cards on their way to the channel. */
export interface OutboxStore {
  /** Runs the work while no other process delivers; returns false at once when one does. */
  exclusively(work: () => Promise<void>): Promise<boolean>;
  /**
   * Undelivered cards in the order of core/delivery-order.ts; of one key only the newest. Also those that
   * are not due yet: what follows them waits with them.
   */
  pending(limit: number): Promise<readonly OutboxCard[]>;
  messageOf(key: string): Promise<MessageId | null>;
  /** Of a message of ours, whatever became of it since. */
  keyOf(message: MessageId): Promise<string | null>;
  /** A post of it begins now: should nobody ever hear of its end, it may exist. */
  trying(sequence: number): Promise<void>;
  /** The key has this message, which need not show its newest card yet. */
  posted(key: string, message: MessageId, at: EpochMs): Promise<void>;
  /** The key's message shows the card: the channel can be reached. */
  delivered(sequence: number, key: string, message: MessageId, at: EpochMs): Promise<void>;
  /** The settings keep the card out of the channel. */
  leftOut(sequence: number): Promise<void>;
  /** Tried in vain: again not before the instant, or never (null). */
  failed(sequence: number, error: string, retryAt: EpochMs | null): Promise<void>;
  backlog(): Promise<number>;
  /** How many messages wait to be posted, but for kinds that are left out, or to be edited. */
  waitingMessages(leftOut: readonly string[]): Promise<number>;
  /** The card of a kind that was queued last, and the key of its message. */
  latest(kind: Card['kind']): Promise<Pick<OutboxCard, 'key' | 'card'> | null>;
  /** Has these cards told by one of their own, at the place of the first; each is done with by that. */
  gather(members: readonly OutboxCard[], key: string, card: BatchCard): Promise<void>;
  /**
   * Cards about risk that are not delivered although they have waited for so long, or that were given up,
   * unless their message has a newer card. Those that were told on the second path are left out.
   */
  undeliveredAlerts(waitedMs: number): Promise<readonly UndeliveredAlert[]>;
  /** Told on the second path. */
  alerted(sequence: number, at: EpochMs): Promise<void>;
  alertFailed(sequence: number, retryAt: EpochMs): Promise<void>;
  /** Since when the channel has taken no card (system time); null while it does. */
  outage(): Promise<EpochMs | null>;
  setOutage(since: EpochMs | null): Promise<void>;
  /**
   * Queues the first word after an outage; false when it was queued before. It goes on from the attempts that
   * were made: it does not make the channel more patient.
   */
  announceOutage(key: string, card: ChannelOutageCard, attempts: number): Promise<boolean>;
  /** Whether a card of this key was ever queued. */
  has(key: string): Promise<boolean>;
}
