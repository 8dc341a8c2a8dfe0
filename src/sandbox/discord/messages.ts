import { apiErrors } from './api-error.ts';
import type { UploadedFile } from './attachments.ts';
import { composeComponents, composeEmbeds, composeMentions, listedAttachments } from './compose.ts';
import { MESSAGE_FLAGS, MESSAGE_TYPES, NONCE_WINDOW_MS } from './constants.ts';
import type { StoredMessage } from './journal.ts';
import { snowflakeTime } from './snowflake.ts';
import type { MessageForm } from './validation/message.ts';
import type { WireAttachment, WireMessage, WireUser } from './wire.ts';
import { wireTime } from './world.ts';
import type { World } from './world.ts';

/** A file that came with a request, with its number there: `files[0]`. */
export interface IndexedFile extends UploadedFile {
  readonly index: string;
}

export interface MessageContent {
  readonly form: MessageForm;
  readonly files: readonly IndexedFile[];
}

interface NewMessage extends MessageContent {
  readonly channelId: string;
  readonly author: WireUser;
  readonly type: number;
  /** The only person who sees it; null for everybody. */
  readonly visibleTo: string | null;
  /** A deferred answer: there, but still empty. */
  readonly isLoading?: boolean;
  /** What an answer to an interaction has beside. */
  readonly extra?: Partial<WireMessage>;
}

export interface Messages {
  /**
   * Stores a message and tells everybody.
   *
   * @throws DiscordApiError 50006 when it is empty, 10008 when its nonce belongs to a deleted one.
   */
  post(message: NewMessage): StoredMessage;
  /** Changes what the form names and leaves the rest. Filling a deferred answer is no edit. */
  edit(message: StoredMessage, content: MessageContent): StoredMessage;
  /** Replaces a message by one that differs in what no edit can reach: a pin, a reaction. */
  replace(message: StoredMessage, change: Partial<WireMessage>): StoredMessage;
  remove(message: StoredMessage): void;
}

const SENDER_FLAGS = MESSAGE_FLAGS.suppressEmbeds | MESSAGE_FLAGS.suppressNotifications;

export function createMessages(world: World): Messages {
  const { store, events } = world;
  const nonces = recallNonces(world);
  const saveEdited = (message: StoredMessage) => {
    store.save(message);
    events.emit({ type: 'message-edited', message });
    return message;
  };
  return {
    post(message) {
      const { form, channelId } = message;
      const nonceKey = form.nonce && form.enforce_nonce ? `${channelId} ${form.nonce}` : null;
      const earlierId = nonceKey === null ? undefined : nonces.find(nonceKey);
      if (earlierId !== undefined) {
        const earlier = store.message(earlierId);
        if (!earlier) throw apiErrors.unknownMessage();
        return earlier;
      }
      const stored = compose(world, message);
      if (nonceKey !== null) nonces.remember(nonceKey, stored.wire.id);
      store.save(stored);
      events.emit({ type: 'message-posted', message: stored });
      return stored;
    },
    edit: (message, content) => saveEdited(amend(world, message, content)),
    replace: (message, change) => saveEdited({ ...message, wire: { ...message.wire, ...change } }),
    remove(message) {
      store.remove(message.wire.id);
      events.emit({ type: 'message-deleted', message });
    },
  };
}

function compose(world: World, message: NewMessage): StoredMessage {
  const { form, channelId, visibleTo } = message;
  const content = (form.content ?? '').trim();
  if (isEmpty(message, content)) throw apiErrors.emptyMessage();
  const files = storeFiles(world, channelId, message);
  const embeds = composeEmbeds(form.embeds ?? [], files);
  const wire: WireMessage = {
    id: world.ids.next(),
    channel_id: channelId,
    type: message.type,
    author: message.author,
    content,
    timestamp: wireTime(world.now()),
    edited_timestamp: null,
    tts: form.tts ?? false,
    ...composeMentions(content, form.allowed_mentions),
    attachments: listedAttachments(files, embeds),
    embeds,
    components: composeComponents(form.components),
    pinned: false,
    flags: flagsOf(message),
    ...message.extra,
  };
  return { wire, files, visibleTo, nonce: form.nonce ?? null };
}

/** Only a promised answer and Discord's own notices may say nothing. */
function isEmpty({ form, files, type, isLoading }: NewMessage, content: string): boolean {
  if (isLoading || type === MESSAGE_TYPES.pinned) return false;
  return content === '' && !form.embeds?.length && files.length === 0;
}

const flagsOf = ({ form, visibleTo, isLoading }: NewMessage) =>
  ((form.flags ?? 0) & SENDER_FLAGS) |
  (visibleTo === null ? 0 : MESSAGE_FLAGS.ephemeral) |
  (isLoading ? MESSAGE_FLAGS.loading : 0);

function amend(world: World, message: StoredMessage, content: MessageContent): StoredMessage {
  const { form } = content;
  const { wire } = message;
  const kept = keptFiles(message, form);
  const text = amendContent(wire, form);
  const embedCount = (form.embeds === undefined ? wire.embeds : (form.embeds ?? [])).length;
  if (text.content === '' && embedCount + kept.length + content.files.length === 0) {
    throw apiErrors.emptyMessage();
  }
  for (const { id } of message.files) {
    if (!kept.some((file) => file.id === id)) world.attachments.remove(id);
  }
  const files = [...kept, ...storeFiles(world, wire.channel_id, content)];
  const embeds = form.embeds === undefined ? wire.embeds : composeEmbeds(form.embeds ?? [], files);
  const wasLoading = (wire.flags & MESSAGE_FLAGS.loading) !== 0;
  return {
    ...message,
    files,
    wire: {
      ...wire,
      ...text,
      embeds,
      attachments: listedAttachments(files, embeds),
      components:
        form.components === undefined ? wire.components : composeComponents(form.components),
      edited_timestamp: wasLoading ? null : wireTime(world.now()),
      flags: amendFlags(wire.flags, form.flags),
    },
  };
}

function amendContent(wire: WireMessage, form: MessageForm): Pick<WireMessage, 'content'> {
  if (form.content === undefined) return { content: wire.content };
  const content = (form.content ?? '').trim();
  return { content, ...composeMentions(content, form.allowed_mentions) };
}

/** An edit may hide and show embeds; whether a message was silent stays. */
function amendFlags(before: number, asked: number | null | undefined): number {
  const filled = before & ~MESSAGE_FLAGS.loading;
  if (asked === undefined || asked === null) return filled;
  return (filled & ~MESSAGE_FLAGS.suppressEmbeds) | (asked & MESSAGE_FLAGS.suppressEmbeds);
}

/** A list of attachments replaces the one before: what it does not name is gone. */
const keptFiles = (message: StoredMessage, form: MessageForm): readonly WireAttachment[] =>
  form.attachments
    ? message.files.filter((file) => form.attachments?.some(({ id }) => id === file.id))
    : message.files;

const storeFiles = (world: World, channelId: string, { form, files }: MessageContent) =>
  files.map((file) => {
    const note = form.attachments?.find(({ id }) => id === file.index);
    return world.attachments.put(channelId, file, {
      description: note?.description ?? undefined,
      filename: note?.filename ?? undefined,
    });
  });

/** The nonces of the past few minutes, those from before a restart included. */
function recallNonces({ store, now }: World) {
  const recent = new Map<string, { readonly id: string; readonly at: number }>();
  const isRecent = (at: number) => now() - at < NONCE_WINDOW_MS;
  const prune = () => {
    // The oldest come first, so the walk ends at the first recent one.
    for (const [key, { at }] of recent) {
      if (isRecent(at)) return;
      recent.delete(key);
    }
  };
  for (const { wire, nonce } of store.messages()) {
    const at = snowflakeTime(wire.id);
    if (nonce !== null && isRecent(at)) {
      recent.set(`${wire.channel_id} ${nonce}`, { id: wire.id, at });
    }
  }
  return {
    find(key: string) {
      prune();
      return recent.get(key)?.id;
    },
    remember(key: string, id: string) {
      recent.set(key, { id, at: now() });
    },
  };
}
