import { randomBytes } from 'node:crypto';

import { answerInteraction, postFollowUp } from './answers.ts';
import { apiErrors } from './api-error.ts';
import { FIRST_ANSWER_MS, TOKEN_LIFETIME_MS } from './constants.ts';
import type { PersonKey } from './constants.ts';
import { interactionDispatch } from './gateway-events.ts';
import type { Gateway } from './gateway.ts';
import { interactionPayload } from './interaction-payload.ts';
import type { Interaction, InteractionType, Outcome } from './interaction.ts';
import type { StoredMessage } from './journal.ts';
import type { IndexedFile, MessageContent, Messages } from './messages.ts';
import { presentMessage } from './present.ts';
import type { WireChannel } from './wire.ts';
import type { World } from './world.ts';

export interface NewInteraction {
  readonly type: InteractionType;
  readonly as: PersonKey;
  readonly channel: WireChannel;
  readonly commandName?: string;
  readonly source?: StoredMessage;
  readonly data: Readonly<Record<string, unknown>>;
}

interface OpenedInteraction {
  readonly interaction: Interaction;
  /** The bot's first answer, or a failure after three seconds. */
  readonly outcome: Promise<Outcome>;
}

export interface Interactions {
  /** Sends an interaction to the bot. */
  open(input: NewInteraction): OpenedInteraction;
  /** An interaction by its id, as long as its token lives. */
  find(id: string): Interaction | undefined;
  /** Takes the bot's first answer. */
  answer(id: string, token: string, body: unknown, files: readonly IndexedFile[]): Interaction;
  /** Posts a further message; right after a deferral it fills the first one instead. */
  followUp(token: string, content: MessageContent): StoredMessage;
  /** A message of the interaction; `@original` is the first. */
  message(token: string, id: string): StoredMessage;
}

export function createInteractions(
  world: World,
  messages: Messages,
  gateway: Gateway,
): Interactions {
  const byId = new Map<string, Interaction>();
  const byToken = (token: string) => {
    const found = [...byId.values()].findLast((interaction) => interaction.token === token);
    const isAlive = found && world.now() - found.createdAt <= TOKEN_LIFETIME_MS;
    if (!isAlive) throw apiErrors.invalidWebhookToken();
    if (found.outcome === null) throw apiErrors.unknownWebhook();
    return found;
  };
  return {
    open(input) {
      forgetExpired(byId, world.now());
      const { interaction, outcome } = newInteraction(world, input);
      byId.set(interaction.id, interaction);
      gateway.dispatch(dispatchOf(world, interaction, input));
      return { interaction, outcome };
    },
    find: (id) => byId.get(id),
    answer(id, token, body, files) {
      const interaction = byId.get(id);
      if (!interaction || interaction.token !== token) throw apiErrors.unknownInteraction();
      if (interaction.outcome !== null) throw apiErrors.alreadyAcknowledged();
      if (world.now() - interaction.createdAt > FIRST_ANSWER_MS) {
        throw apiErrors.unknownInteraction();
      }
      const outcome = answerInteraction({ world, messages, interaction }, body, files);
      interaction.outcome = outcome;
      interaction.settle(outcome);
      return interaction;
    },
    followUp: (token, content) =>
      postFollowUp({ world, messages, interaction: byToken(token) }, content),
    message(token, id) {
      const { originalId, messageIds } = byToken(token);
      const wanted = id === '@original' ? originalId : id;
      const message =
        wanted !== null && messageIds.has(wanted) ? world.store.message(wanted) : undefined;
      if (!message) throw apiErrors.unknownMessage();
      return message;
    },
  };
}

function dispatchOf({ store }: World, interaction: Interaction, input: NewInteraction) {
  const { data, source } = input;
  return interactionDispatch((origin) =>
    interactionPayload(interaction, data, source && presentMessage(store, source, origin)),
  );
}

/** Whatever is older has no token any more; the oldest come first. */
function forgetExpired(byId: Map<string, Interaction>, now: number): void {
  for (const [id, { createdAt }] of byId) {
    if (now - createdAt <= TOKEN_LIFETIME_MS) return;
    byId.delete(id);
  }
}

function newInteraction(world: World, input: NewInteraction): OpenedInteraction {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const timer = setTimeout(
    () => resolve({ kind: 'failed', reason: 'The application did not respond' }),
    FIRST_ANSWER_MS,
  );
  timer.unref();
  const source = input.source?.wire.id ?? null;
  const interaction: Interaction = {
    id: world.ids.next(),
    token: randomBytes(48).toString('base64url'),
    type: input.type,
    as: input.as,
    channel: input.channel,
    createdAt: world.now(),
    commandName: input.commandName ?? null,
    sourceId: source,
    outcome: null,
    originalId: null,
    messageIds: new Set(),
    settle(outcome) {
      clearTimeout(timer);
      resolve(outcome);
    },
  };
  return { interaction, outcome: promise };
}
