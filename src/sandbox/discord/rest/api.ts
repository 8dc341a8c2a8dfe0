import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import type { Context } from 'hono';

import { DiscordApiError, apiErrors } from '../api-error.ts';
import { SANDBOX_DISCORD } from '../constants.ts';
import type { FaultInjection } from '../faults.ts';
import type { Interactions } from '../interactions.ts';
import type { Messages } from '../messages.ts';
import type { World } from '../world.ts';
import { channelRoutes } from './channel-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { guildRoutes } from './guild-routes.ts';
import { interactionRoutes, webhookRoutes } from './interaction-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { pinRoutes, reactionRoutes } from './reaction-routes.ts';

export interface ApiOptions {
  readonly world: World;
  readonly messages: Messages;
  readonly interactions: Interactions;
  readonly faults: FaultInjection;
}

/** Paths that need no token: the gateway's address, and what an interaction's own token opens. */
const OPEN_PATHS = /\/v10\/(?:gateway$|interactions\/|webhooks\/)/;

/** Discord's REST interface, version 10, as far as a bot in one guild needs it. */
export function restApi({ world, messages, interactions, faults }: ApiOptions) {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use('*', faults.middleware);
  app.use('*', async (context, next) => {
    const isOpen = OPEN_PATHS.test(context.req.path);
    if (!isOpen && context.req.header('authorization') !== `Bot ${SANDBOX_DISCORD.token}`) {
      throw apiErrors.unauthorized();
    }
    await next();
  });
  app.route('/', guildRoutes(world));
  app.route('/', commandRoutes(world));
  app.route('/', pinRoutes(world, messages));
  app.route('/', messageRoutes(world, messages));
  app.route('/', reactionRoutes(world, messages));
  app.route('/', channelRoutes(world, messages));
  app.route('/', interactionRoutes(world, interactions));
  app.route('/', webhookRoutes(world, messages, interactions));
  app.all('*', () => {
    throw apiErrors.notFound();
  });
  app.onError(answerError);
  return app;
}

/** A refusal in Discord's form; a fault of the stand-in itself says so, for whoever debugs it. */
function answerError(error: Error, context: Context): Response {
  if (error instanceof DiscordApiError) return context.json(error.toJSON(), error.status);
  return context.json(
    { message: '500: Internal Server Error', code: 0, sandbox_error: error.message },
    500,
  );
}
