import { Hono } from 'hono';

import { MESSAGE_TYPES, SANDBOX_DISCORD } from '../constants.ts';
import { BOT_USER } from '../guild.ts';
import type { Messages } from '../messages.ts';
import { presentMessage } from '../present.ts';
import type { WireReaction } from '../wire.ts';
import { wireTime } from '../world.ts';
import type { World } from '../world.ts';
import { messageOf, channelOf } from './message-routes.ts';
import { originOf } from './request.ts';

/** Marks on messages: the bot's reactions and pins. */
export function reactionRoutes(world: World, messages: Messages): Hono {
  const app = new Hono();
  const path = '/channels/:channelId/messages/:id/reactions/:emoji';
  app.put(`${path}/@me`, (context) => {
    const { channelId, id, emoji } = context.req.param();
    const message = messageOf(world, channelId, id);
    const others = reactionsWithout(message.wire.reactions, emoji);
    const reactions = [...others, { emoji: { id: null, name: emoji }, count: 1, me: true }];
    messages.replace(message, { reactions });
    return context.body(null, 204);
  });
  app.delete(`${path}/@me`, (context) => {
    const { channelId, id, emoji } = context.req.param();
    const message = messageOf(world, channelId, id);
    messages.replace(message, { reactions: reactionsWithout(message.wire.reactions, emoji) });
    return context.body(null, 204);
  });
  app.get(path, (context) => {
    const { channelId, id, emoji } = context.req.param();
    const { reactions = [] } = messageOf(world, channelId, id).wire;
    return context.json(reactions.some((one) => one.emoji.name === emoji) ? [BOT_USER] : []);
  });
  return app;
}

const reactionsWithout = (reactions: readonly WireReaction[] = [], emoji: string) =>
  reactions.filter((reaction) => reaction.emoji.name !== emoji);

const MAX_PINS = 250;

/** Discord has an old and a new address for pins; clients use either. */
export function pinRoutes(world: World, messages: Messages): Hono {
  const app = new Hono();
  const pinned = (channelId: string) =>
    world.store
      .page(channelOf(world, channelId).id, { limit: Number.MAX_SAFE_INTEGER })
      .filter(({ wire, visibleTo }) => wire.pinned && visibleTo === null)
      .slice(0, MAX_PINS);
  const setPinned = (channelId: string, id: string, isPinned: boolean) => {
    const message = messageOf(world, channelId, id);
    if (message.wire.pinned === isPinned) return;
    messages.replace(message, { pinned: isPinned });
    const at = wireTime(world.now());
    world.events.emit({ type: 'pins-changed', channelId, at });
    if (isPinned) announcePin(messages, channelId, id);
  };
  app.get('/channels/:channelId/messages/pins', (context) => {
    const items = pinned(context.req.param('channelId')).map((message) => ({
      pinned_at: message.wire.timestamp,
      message: presentMessage(world.store, message, originOf(context)),
    }));
    return context.json({ items, has_more: false });
  });
  app.get('/channels/:channelId/pins', (context) =>
    context.json(
      pinned(context.req.param('channelId')).map((message) =>
        presentMessage(world.store, message, originOf(context)),
      ),
    ),
  );
  for (const path of ['/channels/:channelId/messages/pins/:id', '/channels/:channelId/pins/:id']) {
    app.on(['PUT', 'DELETE'], [path], (context) => {
      const { channelId = '', id = '' } = context.req.param() as Record<string, string>;
      setPinned(channelId, id, context.req.method === 'PUT');
      return context.body(null, 204);
    });
  }
  return app;
}

/** Discord says in the channel that something was pinned. */
function announcePin(messages: Messages, channelId: string, id: string): void {
  messages.post({
    form: {},
    files: [],
    channelId,
    author: BOT_USER,
    type: MESSAGE_TYPES.pinned,
    visibleTo: null,
    extra: {
      message_reference: {
        type: 0,
        message_id: id,
        channel_id: channelId,
        guild_id: SANDBOX_DISCORD.guildId,
      },
    },
  });
}
