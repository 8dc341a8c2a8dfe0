import { MESSAGE_FLAGS } from './constants.ts';
import type { StoredMessage } from './journal.ts';
import type { ChannelStore } from './store.ts';
import type { WireChannel, WireEmbed, WireMedia, WireMessage } from './wire.ts';

/** A message as it is sent out: with whole addresses, its thread, and the message it answers. */
export interface PresentedMessage extends WireMessage {
  readonly thread?: WireChannel;
  readonly referenced_message?: PresentedMessage | null;
}

/**
 * Prepares a stored message for a reader.
 *
 * @param origin Put before the addresses of attachments: `http://127.0.0.1:8420`, or nothing for
 *   the page, which comes from the same place.
 */
export function presentMessage(
  store: ChannelStore,
  { wire }: StoredMessage,
  origin: string,
): PresentedMessage {
  const message = presentAlone(store, wire, origin);
  const referenceId = wire.message_reference?.message_id;
  if (referenceId === undefined) return message;
  const referenced = store.message(referenceId);
  return {
    ...message,
    referenced_message: referenced ? presentAlone(store, referenced.wire, origin) : null,
  };
}

function presentAlone(store: ChannelStore, wire: WireMessage, origin: string): PresentedMessage {
  // A thread that starts from a message has that message's id.
  const thread = store.channel(wire.id);
  return {
    ...wire,
    attachments: wire.attachments.map((attachment) => ({
      ...attachment,
      url: absolute(attachment.url, origin),
      proxy_url: absolute(attachment.proxy_url, origin),
    })),
    embeds: wire.embeds.map((embed) => presentEmbed(embed, origin)),
    ...(thread ? { thread, flags: wire.flags | MESSAGE_FLAGS.hasThread } : {}),
  };
}

const absolute = (url: string, origin: string) =>
  url.startsWith('/attachments/') ? `${origin}${url}` : url;

const presentMedia = (media: WireMedia, origin: string): WireMedia => {
  const url = absolute(media.url, origin);
  return { ...media, url, proxy_url: url };
};

function presentEmbed(embed: WireEmbed, origin: string): WireEmbed {
  const { image, thumbnail, author, footer } = embed;
  return {
    ...embed,
    ...(image ? { image: presentMedia(image, origin) } : {}),
    ...(thumbnail ? { thumbnail: presentMedia(thumbnail, origin) } : {}),
    ...(author?.icon_url
      ? { author: { ...author, icon_url: absolute(author.icon_url, origin) } }
      : {}),
    ...(footer?.icon_url
      ? { footer: { ...footer, icon_url: absolute(footer.icon_url, origin) } }
      : {}),
  };
}
