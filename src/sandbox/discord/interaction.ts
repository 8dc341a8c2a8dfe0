import type { PersonKey } from './constants.ts';
import type { StoredMessage } from './journal.ts';
import type { WireChannel, WireChoice, WireModal } from './wire.ts';

/** 2 command, 3 component, 4 autocomplete, 5 modal. */
export type InteractionType = 2 | 3 | 4 | 5;

/** What the person sees of the bot's first answer. */
export type Outcome =
  | { readonly kind: 'replied'; readonly message: StoredMessage }
  | { readonly kind: 'deferred'; readonly message: StoredMessage }
  /** The press was taken note of; the message stays as it is for now. */
  | { readonly kind: 'noted' }
  | { readonly kind: 'updated'; readonly message: StoredMessage }
  | { readonly kind: 'suggested'; readonly choices: readonly WireChoice[] }
  | { readonly kind: 'asked'; readonly modal: WireModal }
  | { readonly kind: 'failed'; readonly reason: string };

/** One thing a person did, from the click to the end of its token. */
export interface Interaction {
  readonly id: string;
  readonly token: string;
  readonly type: InteractionType;
  readonly as: PersonKey;
  readonly channel: WireChannel;
  readonly createdAt: number;
  /** The command's full name, for interactions that started with one. */
  readonly commandName: string | null;
  /** The message whose button or menu was used. */
  readonly sourceId: string | null;
  /** Null until the bot has answered. */
  outcome: Outcome | null;
  /** The message that `@original` means. */
  originalId: string | null;
  /** The messages that this token may read and change. */
  readonly messageIds: Set<string>;
  readonly settle: (outcome: Outcome) => void;
}
