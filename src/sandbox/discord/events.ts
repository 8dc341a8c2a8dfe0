import type { StoredMessage } from './journal.ts';
import type { WireChannel, WireUser } from './wire.ts';

/** What happened in the guild: the gateway tells the bot, the feed tells the page. */
export type GuildEvent =
  | { readonly type: 'message-posted'; readonly message: StoredMessage }
  | { readonly type: 'message-edited'; readonly message: StoredMessage }
  | { readonly type: 'message-deleted'; readonly message: StoredMessage }
  | { readonly type: 'commands-registered' }
  | { readonly type: 'thread-created'; readonly channel: WireChannel }
  | { readonly type: 'thread-edited'; readonly channel: WireChannel }
  | { readonly type: 'pins-changed'; readonly channelId: string; readonly at: string }
  | { readonly type: 'typing-started'; readonly channelId: string; readonly user: WireUser }
  | { readonly type: 'bot-changed'; readonly isOnline: boolean; readonly activity: string | null };

type GuildListener = (event: GuildEvent) => void;

export interface GuildEvents {
  emit(event: GuildEvent): void;
  /** Answers with the function that ends the subscription. */
  subscribe(listener: GuildListener): () => void;
}

export function createGuildEvents(): GuildEvents {
  const listeners = new Set<GuildListener>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
