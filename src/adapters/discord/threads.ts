import { DiscordAPIError, RESTJSONErrorCodes, Routes } from 'discord.js';
import type { REST } from 'discord.js';

import type { Logger } from '#ports/logger.ts';
import type { MessageId, Thread } from '#ports/notifier.ts';

import { describeError } from './errors.ts';

/** Where a message is: a thread has the id of the message that it hangs on. */
interface Place {
  readonly channelId: string;
  readonly id: string;
}

/** The id of a message in a thread names the thread too, since it is found only there. */
export const messageIdOf = (id: string, thread: string | null): MessageId =>
  (thread === null ? id : `${thread}/${id}`) as MessageId;

export function placeOf(message: MessageId, channelId: string): Place {
  const [first = '', second] = message.split('/');
  return second === undefined ? { channelId, id: first } : { channelId: first, id: second };
}

const hasCode = (error: unknown, code: RESTJSONErrorCodes): boolean =>
  error instanceof DiscordAPIError && error.code === code;

/** Does something in a thread that may not be there: null then. */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (hasCode(error, RESTJSONErrorCodes.UnknownChannel)) return null;
    throw error;
  }
}

/** Nobody has written in it for a day: Discord puts it away, and takes it out again with the next message. */
const ARCHIVE_AFTER_MINUTES = 1_440;

export interface Threads {
  /** Does something in a thread, which is started where it is not there yet; null where it cannot be had. */
  within<T>(thread: Thread, work: (threadId: string) => Promise<T>): Promise<T | null>;
  /** Does something again once an archived thread has been opened for it. */
  unarchived<T>(channelId: string, work: () => Promise<T>): Promise<T>;
  /** Never rejects. */
  start(thread: Thread): Promise<void>;
}

export function createThreads(rest: REST, channelId: string, log: Logger): Threads {
  async function create({ on, name }: Thread): Promise<void> {
    const body = { name: name.slice(0, 100), auto_archive_duration: ARCHIVE_AFTER_MINUTES };
    try {
      await rest.post(Routes.threads(channelId, on), { body });
    } catch (error) {
      // An attempt whose reply was lost has started it.
      if (!hasCode(error, RESTJSONErrorCodes.ThreadAlreadyCreatedForMessage)) throw error;
    }
  }

  async function unarchived<T>(threadId: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!hasCode(error, RESTJSONErrorCodes.InvalidActionOnArchivedThread)) throw error;
      await rest.patch(Routes.channel(threadId), { body: { archived: false } });
      return work();
    }
  }

  return {
    unarchived,
    async within(thread, work) {
      const attempt = () => unarchived(thread.on, () => work(thread.on));
      try {
        return await attempt();
      } catch (error) {
        if (!hasCode(error, RESTJSONErrorCodes.UnknownChannel)) return unavailable(error, thread);
      }
      try {
        await create(thread);
        return await attempt();
      } catch (error) {
        return unavailable(error, thread);
      }
    },
    async start(thread) {
      try {
        await create(thread);
      } catch (error) {
        log.warn({ error: describeError(error), thread: thread.name }, 'a thread was not started');
      }
    },
  };

  /** Passing trouble is the card's; a thread that Discord refuses gives its card to the channel. */
  function unavailable(error: unknown, { name }: Thread): null {
    if (!isRefusal(error)) throw error;
    log.warn({ error: describeError(error), thread: name }, 'a thread cannot be had');
    return null;
  }
}

/** Too many threads, no right to start one, or a message that is gone: nothing that waiting mends. */
const REFUSALS: ReadonlySet<string | number> = new Set([
  RESTJSONErrorCodes.MaximumActiveThreads,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.UnknownChannel,
  RESTJSONErrorCodes.InvalidActionOnArchivedThread,
]);

const isRefusal = (error: unknown): boolean =>
  error instanceof DiscordAPIError && (error.status === 403 || REFUSALS.has(error.code));
