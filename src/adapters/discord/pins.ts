import { Routes } from 'discord.js';
import type { APIMessage, REST } from 'discord.js';

import type { MessageId, Notifier } from '#ports/notifier.ts';

import { messageIdOf } from './threads.ts';

interface Pins {
  readonly items: readonly { readonly message: Pick<APIMessage, 'id'> }[];
}

/** Discord shows the newest fifty: the one that was pinned last is among them. */
export function createPins(rest: REST, channelId: string): Pick<Notifier, 'pinned' | 'setPinned'> {
  const addressOf = (message: MessageId) => Routes.channelMessagesPin(channelId, message);
  return {
    async pinned() {
      const { items } = (await rest.get(Routes.channelMessagesPins(channelId))) as Pins;
      return items.map(({ message }) => messageIdOf(message.id, null));
    },
    async setPinned(message, isPinned) {
      await (isPinned ? rest.put(addressOf(message)) : rest.delete(addressOf(message)));
    },
  };
}
