import { randomUUID } from 'node:crypto';

import { Hono } from 'hono';
import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import { z } from 'zod';

import { PERSON_KEYS, SANDBOX_DISCORD } from '../constants.ts';
import type { PersonKey } from '../constants.ts';
import type { GuildEvent } from '../events.ts';
import type { Gateway } from '../gateway.ts';
import { BOT_USER, ROLES, personOf } from '../guild.ts';
import { presentMessage } from '../present.ts';
import type { World } from '../world.ts';
import type { Act } from './act.ts';
import { actionSchema } from './actions.ts';
import { commandEntries } from './commands.ts';
import { Refusal } from './refusal.ts';

const KEEP_ALIVE_MS = 15_000;

const viewSchema = z.object({
  as: z.enum(PERSON_KEYS).default('viewer'),
  channel: z.string().default(SANDBOX_DISCORD.channelId),
  before: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100),
});
type View = z.output<typeof viewSchema>;

/** A channel that there is no more, like a thread of a lost history, leads to the main one. */
function readView({ store }: World, context: Context): View {
  const view = viewSchema.parse(context.req.query());
  return store.channel(view.channel) ? view : { ...view, channel: SANDBOX_DISCORD.channelId };
}

export interface HumanRoutesOptions {
  readonly world: World;
  readonly gateway: Gateway;
  readonly act: Act;
  /** Ends the feeds, which would otherwise hold the server open. */
  readonly closing: AbortSignal;
}

/** What the page talks to: the state at a glance, older messages, live changes, and acts. */
export function humanRoutes({ world, gateway, act, closing }: HumanRoutesOptions): Hono {
  const app = new Hono();
  const bootId = randomUUID();
  app.get('/state', (context) => {
    const view = readView(world, context);
    return context.json({ bootId, ...describeGuild(world, gateway, view), ...page(world, view) });
  });
  app.get('/messages', (context) => context.json(page(world, readView(world, context))));
  app.get('/events', (context) => {
    const { as } = readView(world, context);
    return streamSSE(context, async (stream) => {
      const write = (event: string, data: unknown) =>
        stream.writeSSE({ event, data: JSON.stringify(data) });
      const unsubscribe = world.events.subscribe((event) => {
        const change = changeFor(world, as, event);
        if (change !== null) void write(event.type, change);
      });
      const beat = setInterval(() => void stream.write(': still here\n\n'), KEEP_ALIVE_MS);
      await write('opened', { bootId });
      await new Promise((resolve) => {
        stream.onAbort(() => resolve(null));
        closing.addEventListener('abort', resolve, { once: true });
      });
      clearInterval(beat);
      unsubscribe();
    });
  });
  app.post('/act', async (context) => {
    const action = actionSchema.parse(await context.req.json());
    return context.json(await act(action));
  });
  app.onError((error, context) => {
    if (error instanceof Refusal) {
      const { code, message, field } = error;
      return context.json({ error: { code, message, field } }, 422);
    }
    const isMalformed = error instanceof z.ZodError || error instanceof SyntaxError;
    const code = isMalformed ? 'malformed-request' : 'sandbox-fault';
    return context.json(
      { error: { code, message: error.message, field: null } },
      isMalformed ? 400 : 500,
    );
  });
  return app;
}

function describeGuild(world: World, gateway: Gateway, view: View) {
  const { store } = world;
  return {
    guild: { name: world.guildName },
    channel: store.channel(view.channel),
    threads: store.channels().filter(({ type }) => type === 11),
    bot: { user: BOT_USER, ...gateway.presence() },
    roles: ROLES.map(({ id, name, color }) => ({ id, name, color })),
    people: PERSON_KEYS.map((key) => {
      const { user, roles } = personOf(key);
      return { key, user, roles };
    }),
    commands: describeCommands(world, view.as),
  };
}

const describeCommands = ({ store }: World, as: PersonKey) =>
  commandEntries(store, as).map(({ path, description, options }) => ({
    path,
    description,
    options,
  }));

/** Oldest first, as they are read. */
function page({ store }: World, { as, channel, before, limit }: View) {
  const seenBy = personOf(as).user.id;
  const found = store.page(channel, { limit: limit + 1, before, seenBy });
  return {
    messages: found
      .slice(0, limit)
      .toReversed()
      .map((message) => presentMessage(store, message, '')),
    hasMore: found.length > limit,
  };
}

/** One change as this person sees it; null when it is not for these eyes. */
function changeFor(world: World, as: PersonKey, event: GuildEvent): unknown {
  if ('message' in event) {
    const { message } = event;
    const isSeen = message.visibleTo === null || message.visibleTo === personOf(as).user.id;
    if (!isSeen) return null;
    if (event.type !== 'message-deleted') return presentMessage(world.store, message, '');
    return { id: message.wire.id, channel_id: message.wire.channel_id };
  }
  return PUBLIC_CHANGES[event.type](world, as, event as never);
}

type PublicEvent = Exclude<GuildEvent, { readonly message: unknown }>;

const PUBLIC_CHANGES: {
  readonly [Type in PublicEvent['type']]: (
    world: World,
    as: PersonKey,
    event: Extract<PublicEvent, { readonly type: Type }>,
  ) => unknown;
} = {
  'commands-registered': (world, as) => ({ commands: describeCommands(world, as) }),
  'thread-created': (_world, _as, { channel }) => channel,
  'thread-edited': (_world, _as, { channel }) => channel,
  'typing-started': (_world, _as, { channelId, user }) => ({ channel_id: channelId, user }),
  'bot-changed': (_world, _as, { isOnline, activity }) => ({ isOnline, activity }),
  // A pin shows as an edit of its message.
  'pins-changed': () => null,
};
