import type { AppContext } from '#app/context.ts';
import { oneAtATime } from '#app/one-at-a-time.ts';
import type { ControlStatus } from '#core/control.ts';
import type { Mode } from '#ports/cards.ts';
import type { Logger } from '#ports/logger.ts';

import { describeError } from './errors.ts';

const STATE_WORDS = {
  active: '🟢 trading',
  halted: '⏸ halted',
  flattening: '⏏️ closing everything',
} as const satisfies Record<ControlStatus, string>;

const PRESENCE_EVERY_MS = 60_000;

interface PresenceOptions {
  readonly context: () => Pick<AppContext, 'ledger'>;
  readonly mode: Mode;
  readonly log: Logger;
  readonly send: (text: string, status: 'online' | 'dnd') => void;
}

/** The line beside the bot's name. */
export interface Presence {
  /** Resolves when the line tells of what is so now, or it was tried. Never rejects. */
  update(): Promise<void>;
  /** As update, also when nothing is new: what was shown may be lost. */
  show(): Promise<void>;
  /** Keeps it up to date. */
  start(): void;
  stop(): void;
}

/** Keeps the line beside the bot's name true: mode and control state. */
export function createPresence({ context, mode, log, send }: PresenceOptions): Presence {
  let shown = '';
  let timer: NodeJS.Timeout | null = null;

  async function look(): Promise<void> {
    try {
      const { status } = await context().ledger.controlState();
      const text = `${STATE_WORDS[status]} · ${mode}`;
      if (text === shown) return;
      shown = text;
      send(text, status === 'active' ? 'online' : 'dnd');
    } catch (error) {
      log.warn({ error: describeError(error) }, 'the presence in Discord could not be updated');
    }
  }

  // One look after the other, or an older answer that comes late would be shown last.
  const update = oneAtATime(look);

  return {
    update,
    show: () => {
      shown = '';
      return update();
    },
    start: () => {
      timer ??= setInterval(() => void update(), PRESENCE_EVERY_MS).unref();
    },
    stop: () => {
      if (timer !== null) clearInterval(timer);
    },
  };
}
