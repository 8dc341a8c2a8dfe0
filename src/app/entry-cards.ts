import type { EpochMs } from '#core/session.ts';
import { averagePrice } from '#core/trade-math.ts';
import { entrySlippageBps } from '#core/trade.ts';
import type { Trade } from '#core/trade.ts';
import type { EntryCard, EntryProgress } from '#ports/trade-cards.ts';

/** The message that tells of a trade's entry, through all its states. */
export const entryCardKey = (trade: Pick<Trade, 'id'>): string => `entry:${trade.id}`;

/** The message that tells of a trade's end. */
export const exitCardKey = (trade: Trade): string => `exit:${trade.id}`;

/** Why a trade ended without a share, in the broker's words or ours. */
export interface EndNote {
  readonly code: string;
  readonly message: string;
}

interface Telling {
  readonly note: EndNote;
  /** How long after it happened the news came, where that matters. */
  readonly lateMs?: number | null;
}

/** The entry's card as the trade stands: whatever order the news came in, it never tells an older state. */
export const entryCard = (
  trade: Trade,
  at: EpochMs,
  { note, lateMs = null }: Telling,
): EntryCard => ({
  kind: 'entry',
  intent: trade.intent,
  progress: progressOf(trade, at, note),
  scaleOut: trade.scaleOut,
  lateMs,
});

function progressOf(trade: Trade, at: EpochMs, note: EndNote): EntryProgress {
  switch (trade.status) {
    case 'planned':
    case 'submitted':
      return { status: 'submitted', at };
    case 'open':
    case 'closed':
      return {
        status: 'filled',
        at: trade.openedAt ?? at,
        averagePrice: averagePrice(trade.entryValue, trade.entryQuantity),
        quantity: trade.entryQuantity,
        slippageBps: entrySlippageBps(trade),
      };
    case 'cancelled':
      return { status: 'cancelled', at, reason: note.message };
    case 'rejected':
      return { status: 'rejected', at, code: note.code, message: note.message };
    case 'abandoned':
      return { status: 'abandoned', at, reason: note.message };
    default:
      return trade.status satisfies never;
  }
}
