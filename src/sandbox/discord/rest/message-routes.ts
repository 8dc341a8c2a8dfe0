import { Hono } from 'hono';

import { apiErrors } from '../api-error.ts';
import { MESSAGE_TYPES, SANDBOX_DISCORD } from '../constants.ts';
import { BOT_USER } from '../guild.ts';
import type { StoredMessage } from '../journal.ts';
import type { MessageContent, Messages } from '../messages.ts';
import { presentMessage } from '../present.ts';
import type { WireChannel, WireMessage } from '../wire.ts';
import type { World } from '../world.ts';
import { originOf, readMessageContent, readPageQuery } from './request.ts';

export const channelOf = ({ store }: World, id: string): WireChannel => {
  const channel = store.channel(id);
  if (!channel) throw apiErrors.unknownChannel();
  return channel;
};

/** A message that everybody in the channel sees; ephemeral ones are found by their token alone. */
export function messageOf(world: World, channelId: string, id: string): StoredMessage {
  channelOf(world, channelId);
  const message = world.store.message(id);
  if (message?.wire.channel_id !== channelId || message.visibleTo !== null) {
    throw apiErrors.unknownMessage();
  }
  return message;
}

/** Posting, reading, editing and deleting messages in a channel or thread. */
export function messageRoutes(world: World, messages: Messages): Hono {
  const { store } = world;
  const app = new Hono();
  const path = '/channels/:channelId/messages';
  app.get(path, (context) => {
    const { id } = channelOf(world, context.req.param('channelId'));
    const page = store.page(id, readPageQuery(context));
    return context.json(page.map((message) => presentMessage(store, message, originOf(context))));
  });
  app.post(path, async (context) => {
    const channel = channelOf(world, context.req.param('channelId'));
    const { id } = channel;
    const content = await readMessageContent(context);
    const reference = referenceOf(world, id, content);
    const message = messages.post({
      ...content,
      channelId: id,
      author: BOT_USER,
      type: reference === null ? MESSAGE_TYPES.normal : MESSAGE_TYPES.reply,
      visibleTo: null,
      ...(reference === null ? {} : { extra: reference }),
    });
    wakeThread(world, channel);
    const nonce = message.nonce === null ? {} : { nonce: message.nonce };
    return context.json({ ...presentMessage(store, message, originOf(context)), ...nonce });
  });
  app.get(`${path}/:id`, (context) => {
    const { channelId, id } = context.req.param();
    return context.json(presentMessage(store, messageOf(world, channelId, id), originOf(context)));
  });
  app.patch(`${path}/:id`, async (context) => {
    const { channelId, id } = context.req.param();
    const message = messageOf(world, channelId, id);
    if (message.wire.author.id !== BOT_USER.id) throw apiErrors.notAuthor();
    if (channelOf(world, channelId).thread_metadata?.archived) throw apiErrors.archivedThread();
    const edited = messages.edit(message, await readMessageContent(context));
    return context.json(presentMessage(store, edited, originOf(context)));
  });
  app.delete(`${path}/:id`, (context) => {
    const { channelId, id } = context.req.param();
    messages.remove(messageOf(world, channelId, id));
    return context.body(null, 204);
  });
  return app;
}

/** A message takes its thread out of the archive; an edit does not. */
function wakeThread({ store, events }: World, channel: WireChannel): void {
  if (!channel.thread_metadata?.archived) return;
  const awake = {
    ...channel,
    thread_metadata: { ...channel.thread_metadata, archived: false },
  };
  store.putChannel(awake);
  events.emit({ type: 'thread-edited', channel: awake });
}

/** The message that a new one answers; without it Discord refuses, unless told not to mind. */
function referenceOf(
  world: World,
  channelId: string,
  { form }: MessageContent,
): Partial<WireMessage> | null {
  const asked = form.message_reference;
  if (!asked) return null;
  const referenced = world.store.message(asked.message_id);
  if (referenced?.wire.channel_id === channelId) {
    return {
      message_reference: {
        type: 0,
        message_id: asked.message_id,
        channel_id: channelId,
        guild_id: SANDBOX_DISCORD.guildId,
      },
    };
  }
  if (asked.fail_if_not_exists === false) return null;
  throw apiErrors.invalidForm([
    {
      path: ['message_reference'],
      code: 'MESSAGE_REFERENCE_UNKNOWN_MESSAGE',
      message: 'Unknown message',
    },
  ]);
}
