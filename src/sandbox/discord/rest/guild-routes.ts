import { Hono } from 'hono';

import { apiErrors } from '../api-error.ts';
import { SANDBOX_DISCORD } from '../constants.ts';
import { gatewayUrl } from '../gateway-connection.ts';
import { APPLICATION, BOT_USER, MEMBERS, ROLES, memberById, restGuild } from '../guild.ts';
import type { World } from '../world.ts';
import { originOf } from './request.ts';

const userOf = (id: string) => {
  const user = id === '@me' ? BOT_USER : memberById(id)?.user;
  if (!user) throw apiErrors.unknownUser();
  return user;
};

/** The gateway's address, the application, people and the guild itself. */
export function guildRoutes({ store, guildName }: World): Hono {
  const app = new Hono();
  app.get('/gateway', (context) => context.json({ url: gatewayUrl(originOf(context)) }));
  app.get('/gateway/bot', (context) =>
    context.json({
      url: gatewayUrl(originOf(context)),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 1 },
    }),
  );
  app.get('/users/:id', (context) => context.json(userOf(context.req.param('id'))));
  app.get('/applications/@me', (context) => context.json(APPLICATION));
  app.use('/guilds/:guildId/*', async (context, next) => {
    if (context.req.param('guildId') !== SANDBOX_DISCORD.guildId) throw apiErrors.unknownGuild();
    await next();
  });
  app.get('/guilds/:guildId', (context) => context.json(restGuild(guildName)));
  app.get('/guilds/:guildId/channels', (context) =>
    context.json(store.channels().filter(({ type }) => type === 0)),
  );
  app.get('/guilds/:guildId/roles', (context) => context.json(ROLES));
  app.get('/guilds/:guildId/members', (context) => context.json(MEMBERS));
  app.get('/guilds/:guildId/members/:id', (context) => {
    const id = context.req.param('id');
    const member = memberById(id === '@me' ? BOT_USER.id : id);
    if (!member) throw apiErrors.unknownMember();
    return context.json(member);
  });
  app.get('/guilds/:guildId/threads/active', (context) =>
    context.json({
      threads: store.channels().filter(({ thread_metadata: thread }) => thread?.archived === false),
      members: [],
    }),
  );
  return app;
}
