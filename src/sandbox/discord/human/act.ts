import { MESSAGE_TYPES, SANDBOX_DISCORD } from '../constants.ts';
import type { PersonKey } from '../constants.ts';
import type { Gateway } from '../gateway.ts';
import { personOf } from '../guild.ts';
import type { Outcome } from '../interaction.ts';
import type { Interactions, NewInteraction } from '../interactions.ts';
import type { Messages } from '../messages.ts';
import { presentMessage } from '../present.ts';
import type { PresentedMessage } from '../present.ts';
import { lengthOf } from '../validation/form.ts';
import type { WireChannel, WireChoice, WireModal } from '../wire.ts';
import type { World } from '../world.ts';
import { actionSchema } from './actions.ts';
import type { Action, ActionOf } from './actions.ts';
import { commandEntries, nestOptions } from './commands.ts';
import type { CommandEntry } from './commands.ts';
import { chooseValues, fillModal, pressButton, seenMessage } from './components.ts';
import { draftOptions, fillOptions } from './options.ts';
import { Refusal } from './refusal.ts';

/** What a person sees after doing something: the bot's first answer, or that it gave none. */
type Reaction =
  | { readonly kind: 'replied' | 'deferred' | 'updated'; readonly message: PresentedMessage }
  | { readonly kind: 'noted' }
  | { readonly kind: 'suggested'; readonly choices: readonly WireChoice[] }
  | { readonly kind: 'asked'; readonly modal: WireModal }
  | { readonly kind: 'failed'; readonly reason: string }
  /** A plain message needs no answer. */
  | { readonly kind: 'said'; readonly message: PresentedMessage };

interface Acted {
  /** Null for a plain message. */
  readonly interactionId: string | null;
  readonly reaction: Reaction;
}

export interface PeopleOptions {
  readonly world: World;
  readonly messages: Messages;
  readonly interactions: Interactions;
  readonly gateway: Gateway;
}

/**
 * Does what a person in the channel does, and waits for the bot's first answer.
 *
 * @throws Refusal when Discord's client would not let it happen.
 */
export type Act = (action: Action) => Promise<Acted>;

export function createAct(options: PeopleOptions): Act {
  const { world, interactions, gateway } = options;
  const send = async (input: NewInteraction): Promise<Acted> => {
    if (!gateway.isReachable()) {
      throw new Refusal('bot-offline', 'The application did not respond: no bot is connected.');
    }
    const { interaction, outcome } = interactions.open(input);
    return { interactionId: interaction.id, reaction: present(world, await outcome) };
  };
  return async (action) => {
    const checked = actionSchema.parse(action);
    if (checked.kind === 'say') return say(options, checked);
    return send(interactionFor(options, checked));
  };
}

type InteractiveAction = ActionOf<'slash' | 'autocomplete' | 'click' | 'select' | 'modal'>;

function interactionFor(options: PeopleOptions, action: InteractiveAction): NewInteraction {
  if (action.kind === 'slash') return slash(options, action);
  if (action.kind === 'autocomplete') return autocomplete(options, action);
  if (action.kind === 'modal') return submitModal(options, action);
  return component(options, action);
}

function channelOf({ store }: World, id: string = SANDBOX_DISCORD.channelId): WireChannel {
  const channel = store.channel(id);
  if (!channel) throw new Refusal('unknown-channel', 'This channel is gone.');
  return channel;
}

function entryOf(world: World, as: PersonKey, path: string): CommandEntry {
  const entry = commandEntries(world.store, as).find((candidate) => candidate.path === path);
  if (!entry) throw new Refusal('unknown-command', `There is no command /${path} for you.`);
  return entry;
}

const commandData = (entry: CommandEntry, options: readonly unknown[], resolved = {}) => {
  const { id, name, guild_id: guildId } = entry.command;
  const nested = nestOptions(entry, options);
  return {
    id,
    name,
    type: 1,
    ...(guildId === undefined ? {} : { guild_id: guildId }),
    ...(nested.length === 0 ? {} : { options: nested }),
    ...(Object.keys(resolved).length === 0 ? {} : { resolved }),
  };
};

function slash({ world }: PeopleOptions, action: ActionOf<'slash'>): NewInteraction {
  const channel = channelOf(world, action.channelId);
  const entry = entryOf(world, action.as, action.command);
  const { options, resolved } = fillOptions(entry.options, action.options);
  const data = commandData(entry, options, resolved);
  return { type: 2, as: action.as, channel, commandName: entry.path, data };
}

function autocomplete({ world }: PeopleOptions, action: ActionOf<'autocomplete'>): NewInteraction {
  const channel = channelOf(world, action.channelId);
  const entry = entryOf(world, action.as, action.command);
  const options = draftOptions(entry.options, action.options, action.focused);
  return { type: 4, as: action.as, channel, data: commandData(entry, options) };
}

function component({ world }: PeopleOptions, action: ActionOf<'click' | 'select'>): NewInteraction {
  const source = seenMessage(world.store, action.as, action.messageId);
  const data =
    action.kind === 'click'
      ? pressButton(source, action.customId)
      : chooseValues(source, action.customId, action.values);
  return {
    type: 3,
    as: action.as,
    channel: channelOf(world, source.wire.channel_id),
    source,
    data,
  };
}

function submitModal(
  { world, interactions }: PeopleOptions,
  action: ActionOf<'modal'>,
): NewInteraction {
  const asked = interactions.find(action.interactionId);
  const data = fillModal(asked, action.as, action.values);
  const source =
    asked?.sourceId === null || asked === undefined
      ? undefined
      : world.store.message(asked.sourceId);
  const channel = asked?.channel ?? channelOf(world);
  return { type: 5, as: action.as, channel, data, ...(source ? { source } : {}) };
}

/** A plain message of a person's. */
function say({ world, messages }: PeopleOptions, action: ActionOf<'say'>): Acted {
  const content = action.content.trim();
  if (content === '') throw new Refusal('invalid-text', 'Write something first.');
  if (lengthOf(content) > 2000) {
    throw new Refusal('invalid-text', 'Your message is too long: 2000 characters at most.');
  }
  const message = messages.post({
    form: { content },
    files: [],
    channelId: channelOf(world, action.channelId).id,
    author: personOf(action.as).user,
    type: MESSAGE_TYPES.normal,
    visibleTo: null,
  });
  const presented = presentMessage(world.store, message, '');
  return { interactionId: null, reaction: { kind: 'said', message: presented } };
}

function present({ store }: World, outcome: Outcome): Reaction {
  if (!('message' in outcome)) return outcome;
  return { kind: outcome.kind, message: presentMessage(store, outcome.message, '') };
}
