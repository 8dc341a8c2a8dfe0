import { SANDBOX_DISCORD } from './constants.ts';
import type { GuildEvent } from './events.ts';
import { BOT_MEMBER, memberById } from './guild.ts';
import { presentMessage } from './present.ts';
import type { ChannelStore } from './store.ts';

const { guildId, applicationId } = SANDBOX_DISCORD;

/** The bits by which a bot says at identify which events it wants. */
const INTENTS = {
  guilds: 1 << 0,
  guildMessages: 1 << 9,
  messageContent: 1 << 15,
  /** Interactions reach every bot. */
  none: 0,
} as const;

/** A session's view: where it looks from and what it asked for. */
interface GatewayReader {
  readonly origin: string;
  readonly intents: number;
}

export interface GatewayDispatch {
  readonly name: string;
  readonly intent: number;
  data(reader: GatewayReader): unknown;
}

export const interactionDispatch = (
  data: (origin: string) => Record<string, unknown>,
): GatewayDispatch => ({
  name: 'INTERACTION_CREATE',
  intent: INTENTS.none,
  data: ({ origin }) => data(origin),
});

/** What the bot hears of an event in the guild; null when it is none of its business. */
export function dispatchFor(store: ChannelStore, event: GuildEvent): GatewayDispatch | null {
  if ('message' in event) return messageDispatch(store, event);
  if (event.type === 'thread-created') {
    return dispatch('THREAD_CREATE', INTENTS.guilds, { ...event.channel, newly_created: true });
  }
  if (event.type === 'thread-edited') {
    return dispatch('THREAD_UPDATE', INTENTS.guilds, event.channel);
  }
  if (event.type === 'pins-changed') {
    return dispatch('CHANNEL_PINS_UPDATE', INTENTS.guilds, {
      guild_id: guildId,
      channel_id: event.channelId,
      last_pin_timestamp: event.at,
    });
  }
  return null;
}

const dispatch = (name: string, intent: number, data: unknown): GatewayDispatch => ({
  name,
  intent,
  data: () => data,
});

type MessageEvent = Extract<GuildEvent, { readonly message: unknown }>;

/** Ephemeral messages are never sent over the gateway. */
function messageDispatch(
  store: ChannelStore,
  { type, message }: MessageEvent,
): GatewayDispatch | null {
  const { id, channel_id, author, mentions } = message.wire;
  if (message.visibleTo !== null) return null;
  if (type === 'message-deleted') {
    return dispatch('MESSAGE_DELETE', INTENTS.guildMessages, {
      id,
      channel_id,
      guild_id: guildId,
    });
  }
  const isOpen = author.id === applicationId || mentions.some((user) => user.id === applicationId);
  return {
    name: type === 'message-posted' ? 'MESSAGE_CREATE' : 'MESSAGE_UPDATE',
    intent: INTENTS.guildMessages,
    data({ origin, intents }) {
      const presented = presentMessage(store, message, origin);
      const { user: _, ...member } = memberById(author.id) ?? BOT_MEMBER;
      const isReadable = isOpen || (intents & INTENTS.messageContent) !== 0;
      const hidden = isReadable ? {} : { content: '', embeds: [], attachments: [], components: [] };
      const nonce = message.nonce === null ? {} : { nonce: message.nonce };
      return { ...presented, ...hidden, ...nonce, guild_id: guildId, member };
    },
  };
}
