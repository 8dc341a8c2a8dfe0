import type { EpochMs } from '#core/session.ts';

import type { MessageId } from './notifier.ts';

/**
 * pending: asked, and not answered yet. expired: nobody answered in time, or the bot was restarted, which is
 * a no. Each confirmation leaves `pending` once.
 */
export type ConfirmationState = 'pending' | 'confirmed' | 'declined' | 'expired';

/** Something a person has asked for and has to confirm before it is done. Instants are the system's. */
export interface Confirmation {
  /** Opaque; it is what the buttons carry. */
  readonly id: string;
  /** The command that asked, which also carries out what is confirmed. */
  readonly command: string;
  /** Who asked, and alone may answer: the chat's id of the person, and the name at that time. */
  readonly person: string;
  readonly personName: string;
  /** What is to be done, in words: "close 10 NVDA". */
  readonly title: string;
  /** What is to be done, as the command wants it back. */
  readonly action: unknown;
  /** The message with the buttons, where cards may take it over; null for one that only the asker sees. */
  readonly messageId: MessageId | null;
  readonly askedAt: EpochMs;
  readonly expiresAt: EpochMs;
  readonly state: ConfirmationState;
  /** When it was confirmed, declined or expired. */
  readonly settledAt: EpochMs | null;
  /** When what was confirmed had been done, or had failed; null until then. */
  readonly finishedAt: EpochMs | null;
}

/** One answer in pages, kept so that its buttons go on working after a restart. */
export interface PageSet {
  readonly id: string;
  /** The command it answers: who may run that may turn the pages. */
  readonly command: string;
  /** As the chat's adapter made them; nobody else reads them. */
  readonly pages: readonly unknown[];
  readonly createdAt: EpochMs;
}

export interface ConfirmationReads {
  confirmation(id: string): Promise<Confirmation | null>;
  pageSet(id: string): Promise<PageSet | null>;
  /** Keeps the pages, and forgets those from before the instant. */
  savePageSet(set: PageSet, forgetBefore: EpochMs): Promise<void>;
}

export interface ConfirmationWrites {
  insertConfirmation(confirmation: Confirmation): Promise<void>;
  /**
   * Takes the person's answer: null unless it is pending, theirs, and not over at this instant. Of two
   * answers at once, in whatever process, one is taken.
   */
  answerConfirmation(
    id: string,
    answer: {
      readonly person: string;
      readonly state: 'confirmed' | 'declined';
      readonly at: EpochMs;
    },
  ): Promise<Confirmation | null>;
  /** Null unless it is pending and its time has run out at this instant. */
  expireConfirmation(id: string, at: EpochMs): Promise<Confirmation | null>;
  /** Expires all that are pending, whatever their time. */
  expireConfirmations(at: EpochMs): Promise<readonly Confirmation[]>;
  /** What was confirmed has been done, or has failed. False when that was written down before. */
  finishConfirmation(id: string, at: EpochMs): Promise<boolean>;
  /** Finishes all that were confirmed and that nobody carries out any more. */
  finishInterrupted(at: EpochMs): Promise<readonly Confirmation[]>;
  /** From now on the key's cards edit this message. False when a card has taken it over already. */
  claimMessage(key: string, message: MessageId, at: EpochMs): Promise<boolean>;
}
