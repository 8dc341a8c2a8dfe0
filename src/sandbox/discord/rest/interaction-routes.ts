import { Hono } from 'hono';

import { apiErrors } from '../api-error.ts';
import { MESSAGE_FLAGS, SANDBOX_DISCORD } from '../constants.ts';
import type { Interaction, Outcome } from '../interaction.ts';
import type { Interactions } from '../interactions.ts';
import type { Messages } from '../messages.ts';
import { presentMessage } from '../present.ts';
import type { World } from '../world.ts';
import { originOf, readBody, readMessageContent } from './request.ts';

const ANSWER_TYPES: Record<Exclude<Outcome['kind'], 'failed'>, number> = {
  replied: 4,
  deferred: 5,
  noted: 6,
  updated: 7,
  suggested: 8,
  asked: 9,
};

/** The bot's answers to interactions. They carry their own token and no authorization. */
export function interactionRoutes(world: World, interactions: Interactions): Hono {
  const app = new Hono();
  app.post('/interactions/:id/:token/callback', async (context) => {
    const { id, token } = context.req.param();
    const { json, files } = await readBody(context);
    const answered = interactions.answer(id, token, json, files);
    if (context.req.query('with_response') !== 'true') return context.body(null, 204);
    return context.json(callbackResponse(world, answered, originOf(context)));
  });
  return app;
}

function callbackResponse(world: World, interaction: Interaction, origin: string) {
  const { id, type, outcome } = interaction;
  if (outcome === null || outcome.kind === 'failed') return { interaction: { id, type } };
  const answerType = ANSWER_TYPES[outcome.kind];
  if (!('message' in outcome)) return { interaction: { id, type }, resource: { type: answerType } };
  const { flags, id: messageId } = outcome.message.wire;
  return {
    interaction: {
      id,
      type,
      response_message_id: messageId,
      response_message_loading: (flags & MESSAGE_FLAGS.loading) !== 0,
      response_message_ephemeral: (flags & MESSAGE_FLAGS.ephemeral) !== 0,
    },
    resource: { type: answerType, message: presentMessage(world.store, outcome.message, origin) },
  };
}

/** What comes after the first answer: follow-ups, and reading, editing, deleting what was said. */
export function webhookRoutes(world: World, messages: Messages, interactions: Interactions): Hono {
  const app = new Hono();
  const path = '/webhooks/:applicationId/:token';
  app.use(`${path}/*`, async (context, next) => {
    if (context.req.param('applicationId') !== SANDBOX_DISCORD.applicationId) {
      throw apiErrors.unknownWebhook();
    }
    await next();
  });
  app.post(path, async (context) => {
    const content = await readMessageContent(context);
    const message = interactions.followUp(context.req.param('token'), content);
    return context.json(presentMessage(world.store, message, originOf(context)));
  });
  app.get(`${path}/messages/:id`, (context) => {
    const { token, id } = context.req.param();
    const message = interactions.message(token, id);
    return context.json(presentMessage(world.store, message, originOf(context)));
  });
  app.patch(`${path}/messages/:id`, async (context) => {
    const { token, id } = context.req.param();
    const message = interactions.message(token, id);
    const edited = messages.edit(message, await readMessageContent(context));
    return context.json(presentMessage(world.store, edited, originOf(context)));
  });
  app.delete(`${path}/messages/:id`, (context) => {
    const { token, id } = context.req.param();
    messages.remove(interactions.message(token, id));
    return context.body(null, 204);
  });
  return app;
}
