/** The process that draws: the trading process never does. It ends when that one does. */
import { flushCompileCache } from 'node:module';

import { draw } from './draw.ts';
import { useShippedFonts } from './fonts.ts';
import type { Answer, DrawRequest, WorkerMessage } from './protocol.ts';

const folder = process.argv[2];
if (folder === undefined || process.send === undefined) {
  throw new Error('this file is run by the trading process');
}
// Both may come to all processes at once; the last cards are still told, and with their pictures.
process.on('SIGINT', () => {}).on('SIGTERM', () => {});
await useShippedFonts(folder);
// Loaded only now: it reads where the fonts are when it is.
const { rasterise } = await import('./rasterise.ts');

const tell = (message: WorkerMessage): void => void process.send?.(message, () => {});

async function answer({ id, chart }: DrawRequest): Promise<Answer> {
  try {
    const { option, altText, fileName } = draw(chart);
    return { type: 'drawn', id, png: await rasterise(option), altText, fileName };
  } catch (error) {
    return { type: 'failed', id, why: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', (request: DrawRequest) => void answer(request).then(tell));
tell({ type: 'ready' });
// It is ended without a chance to do this.
flushCompileCache();
