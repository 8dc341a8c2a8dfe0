import type { Card } from '#ports/cards.ts';
import type { TextFile } from '#ports/notifier.ts';

import type { AppContext } from '../context.ts';

/** Discord takes ten megabytes with a message, of which the picture needs some. */
const MOST_CHARACTERS = 8_000_000;

/** The file that belongs to a card; null for those without one. One that is too large is left out. */
export async function fileFor({ ledger, log }: AppContext, card: Card): Promise<TextFile | null> {
  if (card.kind !== 'backtest' || card.progress.status !== 'done') return null;
  const files = await ledger.backtestFiles(card.id);
  if (files === null) return null;
  if (files.trades.length <= MOST_CHARACTERS) return { name: 'trades.csv', content: files.trades };
  log.warn({ backtest: card.id }, 'the trades of a backtest are too many to be sent');
  return null;
}
