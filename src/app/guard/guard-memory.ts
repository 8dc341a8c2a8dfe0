import type { CloseId, Ticker } from '#core/ids.ts';
import type { EpochMs } from '#core/session.ts';

/** An alarm that is not over. */
interface Alarm {
  /** Tells it apart from an earlier one of the symbol. */
  readonly since: EpochMs;
  readonly toldAt: EpochMs;
  readonly repeats: number;
}

/** What the guard remembers from one look to the next; a new process begins anew, which only tells once more. */
export interface GuardMemory {
  /** Since when price has been where a live exit should have acted. */
  readonly overdue: Map<Ticker, EpochMs>;
  /** Of positions that could not be protected. */
  readonly alarms: Map<Ticker, Alarm>;
  /** Closings that an error of the bot's own has broken off since the last look. */
  readonly brokenOff: Set<CloseId>;
}

export const createGuardMemory = (): GuardMemory => ({
  overdue: new Map(),
  alarms: new Map(),
  brokenOff: new Set(),
});
