import { Hono } from 'hono';
import type { Context } from 'hono';

import { apiErrors } from '../api-error.ts';
import { SANDBOX_DISCORD } from '../constants.ts';
import { commandEditForm, commandForm, commandListForm } from '../validation/commands.ts';
import type { CommandForm } from '../validation/commands.ts';
import { readForm } from '../validation/form.ts';
import type { WireCommand } from '../wire.ts';
import type { World } from '../world.ts';
import { readBody, withoutUndefined } from './request.ts';

/** Scope of commands that are known everywhere, beside those of one guild. */
export const GLOBAL_SCOPE = 'global';

/** Registering slash commands, for the guild or everywhere. */
export function commandRoutes(world: World): Hono {
  const app = new Hono();
  app.use('/applications/:applicationId/*', async (context, next) => {
    if (context.req.param('applicationId') !== SANDBOX_DISCORD.applicationId) {
      throw apiErrors.unknownApplication();
    }
    await next();
  });
  addRoutes(app, world, '/applications/:applicationId/commands');
  addRoutes(app, world, '/applications/:applicationId/guilds/:guildId/commands');
  return app;
}

function scopeOf(context: Context): string {
  const guildId = context.req.param('guildId');
  if (guildId === undefined) return GLOBAL_SCOPE;
  if (guildId !== SANDBOX_DISCORD.guildId) throw apiErrors.unknownGuild();
  return guildId;
}

/** One list of commands: reading it, and replacing it as a whole after each change. */
function registry({ store, events, ids }: World, scope: string) {
  const all = () => store.commands(scope);
  const put = (commands: readonly WireCommand[]) => {
    store.putCommands(scope, commands);
    events.emit({ type: 'commands-registered' });
  };
  const find = (id: string | undefined) => {
    const found = all().find((command) => command.id === id);
    if (!found) throw apiErrors.unknownCommand();
    return found;
  };
  /** A command keeps its id as long as its name stays. */
  const build = (form: CommandForm) => {
    const known = all().find(({ name }) => name === form.name);
    return buildCommand(known?.id ?? ids.next(), ids.next(), scope, form);
  };
  return { all, put, find, build };
}

function addRoutes(app: Hono, world: World, path: string): void {
  const open = (context: Context) => registry(world, scopeOf(context));
  app.get(path, (context) => context.json(open(context).all()));
  app.put(path, async (context) => {
    const { build, put } = open(context);
    const forms = readForm(commandListForm, (await readBody(context)).json);
    const commands = forms.map(build);
    put(commands);
    return context.json(commands);
  });
  app.post(path, async (context) => {
    const { all, build, put } = open(context);
    const command = build(readForm(commandForm, (await readBody(context)).json));
    const others = all().filter(({ id }) => id !== command.id);
    const isNew = others.length === all().length;
    put([...others, command]);
    return context.json(command, isNew ? 201 : 200);
  });
  app.get(`${path}/:id`, (context) => context.json(open(context).find(context.req.param('id'))));
  app.patch(`${path}/:id`, async (context) => {
    const { all, find, put } = open(context);
    const known = find(context.req.param('id'));
    const change = readForm(commandEditForm, (await readBody(context)).json);
    const version = world.ids.next();
    const edited = { ...known, ...withoutUndefined(change), version } as WireCommand;
    put(all().map((command) => (command === known ? edited : command)));
    return context.json(edited);
  });
  app.delete(`${path}/:id`, (context) => {
    const { all, find, put } = open(context);
    const known = find(context.req.param('id'));
    put(all().filter((command) => command !== known));
    return context.body(null, 204);
  });
}

const buildCommand = (
  id: string,
  version: string,
  scope: string,
  form: CommandForm,
): WireCommand => ({
  id,
  type: 1,
  application_id: SANDBOX_DISCORD.applicationId,
  ...(scope === GLOBAL_SCOPE ? {} : { guild_id: scope }),
  name: form.name,
  description: form.description,
  // The schema has checked the shape; absent keys are merely typed as possibly undefined.
  options: (form.options ?? []) as WireCommand['options'],
  default_member_permissions: form.default_member_permissions ?? null,
  nsfw: form.nsfw ?? false,
  version,
});
