import { formatUsd } from '#core/money.ts';
import type { StartedCard } from '#ports/cards.ts';

/** The start-up card as the fields of one log line. */
export const describeStart = (card: StartedCard) => ({
  version: card.version,
  mode: card.mode,
  feed: card.feed,
  database: card.database,
  queue: card.queue,
  ...(card.page === null ? {} : { page: card.page }),
  equity: formatUsd(card.equity),
  protected: `${card.protectedPositions} of ${card.openPositions}`,
  continued: card.continued,
});
