import type { Exchange } from '#core/matching/exchange.ts';

import type { EquityLog } from './equity-log.ts';
import type { TimeGrid } from './time-grid.ts';

/** Opens and closes the exchange's sessions; those in which nothing happens are left out. */
export interface SessionKeeper {
  /** The session is on: the one before is closed, where its last bar never came. */
  enter(index: number): void;
  /** The session's close has come. */
  leave(index: number): void;
  /** No more will come. */
  end(): void;
}

export function createSessionKeeper(
  { sessions }: TimeGrid,
  exchange: Exchange,
  equity: EquityLog,
): SessionKeeper {
  const state = { index: -1, isOpen: false };
  const close = (): void => {
    const session = sessions[state.index];
    if (!state.isOpen || session === undefined) return;
    state.isOpen = false;
    exchange.closeSession(session);
    equity.noteClose(session.date, exchange.equity());
    equity.note(session.close, exchange.equity());
  };
  return {
    enter(index) {
      if (index === state.index) return;
      close();
      const session = sessions[index];
      if (session === undefined) return;
      exchange.openSession(session);
      state.index = index;
      state.isOpen = true;
    },
    leave(index) {
      if (index === state.index) close();
    },
    end: close,
  };
}
