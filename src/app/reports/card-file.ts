import type { Card } from '#ports/cards.ts';
import type { TextFile } from '#ports/notifier.ts';

import type { AppContext } from '../context.ts';

/** Discord takes ten megabytes with a message, of which the picture needs some. */
const MOST_CHARACTERS = 8_000_000;

/** The file that belongs to a card; null for those without one. One that is too large is left out. */
export async function fileFor(context: AppContext, card: Card): Promise<TextFile | null> {
  const file = await fileOf(context, card);
  if (file === null || file.content.length <= MOST_CHARACTERS) return file;
  context.log.warn({ card: card.kind, file: file.name }, 'a file is too large to be sent');
  return null;
}

async function fileOf({ ledger, research }: AppContext, card: Card): Promise<TextFile | null> {
  if (card.kind === 'backtest' && card.progress.status === 'done') {
    const files = await ledger.backtestFiles(card.id);
    return files === null ? null : { name: 'trades.csv', content: files.trades };
  }
  if (card.kind === 'study' && card.progress.status === 'done') {
    const study = await ledger.study(card.id);
    const content = study === null ? null : research.pageOf(study);
    return content === null ? null : { name: `${card.request.kind}.html`, content };
  }
  return null;
}
