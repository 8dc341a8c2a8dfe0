import type { Close } from '#core/close.ts';
import type { EpochMs } from '#core/session.ts';
import type { ClosingCard, ClosingProgress } from '#ports/trade-cards.ts';

/** The message that tells of a closing, through all its states. */
export const closingCardKey = ({ id }: Pick<Close, 'id'>): string => `close:${id}`;

export const closingCard = (close: Close, progress: ClosingProgress, at: EpochMs): ClosingCard => ({
  kind: 'closing',
  tradeId: close.tradeId,
  symbol: close.symbol,
  side: close.side,
  reason: close.reason,
  requestedBy: close.requestedBy,
  quantity: close.quantity,
  keep: close.keep,
  progress,
  at,
});
