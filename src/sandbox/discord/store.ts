import { SANDBOX_DISCORD } from './constants.ts';
import { forgetfulJournal, openJournal } from './journal.ts';
import type { Journal, JournalRecord, StoredMessage } from './journal.ts';
import { createTimeline } from './timeline.ts';
import type { PageQuery, Timeline } from './timeline.ts';
import type { WireChannel, WireCommand } from './wire.ts';

/** How many messages are kept; the oldest are forgotten in batches a tenth of this. */
export const KEPT_MESSAGES = 5_000;
/** A file with this many superseded lines is written anew at the next start. */
const SUPERSEDED_LINES = 1_000;

export interface ChannelStore {
  channels(): readonly WireChannel[];
  channel(id: string): WireChannel | undefined;
  putChannel(channel: WireChannel): void;
  message(id: string): StoredMessage | undefined;
  /** Newest first, as Discord answers. */
  page(channelId: string, query: PageQuery): readonly StoredMessage[];
  /** All messages in memory, oldest first. */
  messages(): Iterable<StoredMessage>;
  /** Adds the message, or replaces the one with its id. */
  save(message: StoredMessage): void;
  remove(id: string): void;
  commands(scope: string): readonly WireCommand[];
  putCommands(scope: string, commands: readonly WireCommand[]): void;
  close(): void;
}

export interface StoreOptions {
  /** Where the history is kept; null keeps it in memory alone. */
  readonly path: string | null;
  readonly main: WireChannel;
  /** Told of a message that was deleted or forgotten. */
  readonly onGone: (message: StoredMessage) => void;
}

/** Opens the channel with what an earlier run left of it. */
export function createStore({ path, main, onGone }: StoreOptions): ChannelStore {
  const state = createState(main, onGone);
  let journal: Journal = forgetfulJournal;
  if (path !== null) {
    const opened = openJournal(path);
    for (const record of opened.records) state.apply(record);
    state.apply({ type: 'channel', channel: { ...state.main(), name: main.name } });
    const kept = state.records();
    const superseded = opened.records.length - kept.length;
    if (opened.isTorn || superseded > SUPERSEDED_LINES) opened.journal.rewrite(kept);
    ({ journal } = opened);
  }
  const change = (record: JournalRecord) => {
    if (record.type !== 'message' || record.message.visibleTo === null) journal.append(record);
    state.apply(record);
  };
  return {
    ...state.read,
    putChannel: (channel) => change({ type: 'channel', channel }),
    save: (message) => change({ type: 'message', message }),
    remove: (id) => change({ type: 'message-deleted', id }),
    putCommands: (scope, commands) => change({ type: 'commands', scope, commands }),
    close: () => journal.close(),
  };
}

function createState(main: WireChannel, onGone: StoreOptions['onGone']) {
  const channels = new Map<string, WireChannel>([[main.id, main]]);
  const commands = new Map<string, readonly WireCommand[]>();
  const board = createBoard(onGone, (channelId, last_message_id) => {
    const channel = channels.get(channelId);
    if (channel) channels.set(channelId, { ...channel, last_message_id });
  });
  return {
    apply(record: JournalRecord) {
      if (record.type === 'message') board.remember(record.message);
      else if (record.type === 'message-deleted') board.forget(record.id);
      else if (record.type === 'channel') channels.set(record.channel.id, record.channel);
      else commands.set(record.scope, record.commands);
    },
    main: () => channels.get(SANDBOX_DISCORD.channelId) ?? main,
    /** The shortest journal that leads to this state. */
    records: (): JournalRecord[] => [
      ...[...channels.values()].map((channel) => ({ type: 'channel' as const, channel })),
      ...[...commands].map(([scope, list]) => ({
        type: 'commands' as const,
        scope,
        commands: list,
      })),
      ...[...board.messages()]
        .filter(({ visibleTo }) => visibleTo === null)
        .map((message) => ({ type: 'message' as const, message })),
    ],
    read: {
      channels: () => [...channels.values()],
      channel: (id: string) => channels.get(id),
      message: board.message,
      messages: board.messages,
      page: board.page,
      commands: (scope: string) => commands.get(scope) ?? [],
    },
  };
}

/** The messages of all channels; the oldest make room for new ones. */
function createBoard(
  onGone: StoreOptions['onGone'],
  onNew: (channelId: string, id: string) => void,
) {
  const messages = new Map<string, StoredMessage>();
  const timelines = new Map<string, Timeline>();
  const timeline = (channelId: string) => {
    const found = timelines.get(channelId) ?? createTimeline((id) => messages.get(id));
    timelines.set(channelId, found);
    return found;
  };
  const forget = (id: string) => {
    const message = messages.get(id);
    if (!message) return;
    messages.delete(id);
    timeline(message.wire.channel_id).remove(id);
    onGone(message);
  };
  return {
    forget,
    remember(message: StoredMessage) {
      const { id, channel_id: channelId } = message.wire;
      const isNew = !messages.has(id);
      messages.set(id, message);
      if (!isNew) return;
      timeline(channelId).add(id);
      onNew(channelId, id);
      if (messages.size <= KEPT_MESSAGES * 1.1) return;
      for (const old of [...messages.keys()].slice(0, messages.size - KEPT_MESSAGES)) forget(old);
    },
    message: (id: string) => messages.get(id),
    messages: () => messages.values(),
    page: (channelId: string, query: PageQuery) => timeline(channelId).page(query),
  };
}
