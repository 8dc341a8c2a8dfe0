import { Hono } from 'hono';

import { apiErrors } from '../api-error.ts';
import { MESSAGE_TYPES, SANDBOX_DISCORD } from '../constants.ts';
import { BOT_USER } from '../guild.ts';
import type { Messages } from '../messages.ts';
import { readForm } from '../validation/form.ts';
import { threadEditForm, threadForm } from '../validation/message.ts';
import type { WireChannel } from '../wire.ts';
import { wireTime } from '../world.ts';
import type { World } from '../world.ts';
import { channelOf, messageOf } from './message-routes.ts';
import { readBody, withoutUndefined } from './request.ts';

/** The channel itself, typing, and threads. */
export function channelRoutes(world: World, messages: Messages): Hono {
  const { store, events } = world;
  const app = new Hono();
  app.get('/channels/:channelId', (context) =>
    context.json(channelOf(world, context.req.param('channelId'))),
  );
  app.post('/channels/:channelId/typing', (context) => {
    const { id } = channelOf(world, context.req.param('channelId'));
    events.emit({ type: 'typing-started', channelId: id, user: BOT_USER });
    return context.body(null, 204);
  });
  app.patch('/channels/:channelId', async (context) => {
    const channel = channelOf(world, context.req.param('channelId'));
    if (!channel.thread_metadata) throw apiErrors.missingPermissions();
    const { name, ...metadata } = readForm(threadEditForm, (await readBody(context)).json);
    const edited: WireChannel = {
      ...channel,
      name: name ?? channel.name,
      thread_metadata: { ...channel.thread_metadata, ...withoutUndefined(metadata) },
    };
    store.putChannel(edited);
    events.emit({ type: 'thread-edited', channel: edited });
    return context.json(edited);
  });
  app.post('/channels/:channelId/messages/:id/threads', async (context) => {
    const { channelId, id } = context.req.param();
    const starter = messageOf(world, channelId, id);
    if (store.channel(id)) throw apiErrors.threadExists();
    const form = readForm(threadForm, (await readBody(context)).json);
    const thread = openThread(world, { ...form, id, parentId: channelId });
    messages.replace(starter, {});
    return context.json(thread, 201);
  });
  app.post('/channels/:channelId/threads', async (context) => {
    const { id: parentId } = channelOf(world, context.req.param('channelId'));
    const form = readForm(threadForm, (await readBody(context)).json);
    const thread = openThread(world, { ...form, id: world.ids.next(), parentId });
    announceThread(messages, thread);
    return context.json(thread, 201);
  });
  app.on(['PUT', 'DELETE'], '/channels/:channelId/thread-members/:id', (context) => {
    channelOf(world, context.req.param('channelId'));
    return context.body(null, 204);
  });
  return app;
}

interface NewThread {
  readonly id: string;
  readonly parentId: string;
  readonly name: string;
  readonly auto_archive_duration?: number | null | undefined;
}

function openThread(world: World, { id, parentId, name, ...form }: NewThread): WireChannel {
  const now = wireTime(world.now());
  const thread: WireChannel = {
    id,
    type: 11,
    guild_id: SANDBOX_DISCORD.guildId,
    parent_id: parentId,
    owner_id: BOT_USER.id,
    name,
    last_message_id: null,
    rate_limit_per_user: 0,
    message_count: 0,
    member_count: 1,
    total_message_sent: 0,
    thread_metadata: {
      archived: false,
      auto_archive_duration: form.auto_archive_duration ?? 4320,
      archive_timestamp: now,
      locked: false,
      create_timestamp: now,
    },
  };
  world.store.putChannel(thread);
  world.events.emit({ type: 'thread-created', channel: thread });
  return thread;
}

/** A thread without a starter message is announced in its channel. */
function announceThread(messages: Messages, thread: WireChannel): void {
  messages.post({
    form: { content: thread.name },
    files: [],
    channelId: thread.parent_id ?? SANDBOX_DISCORD.channelId,
    author: BOT_USER,
    type: MESSAGE_TYPES.threadCreated,
    visibleTo: null,
    extra: {
      message_reference: {
        type: 0,
        channel_id: thread.id,
        guild_id: SANDBOX_DISCORD.guildId,
      },
    },
  });
}
