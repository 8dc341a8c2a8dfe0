/** The thread that draws: the trading process's own thread never does. */
import { parentPort, workerData } from 'node:worker_threads';

import { draw } from './draw.ts';
import { useShippedFonts } from './fonts.ts';
import type { Answer, DrawRequest, WorkerMessage } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('this file is run as a worker thread');

const { folder } = workerData as { readonly folder: string };
await useShippedFonts(folder);
// Loaded only now: it reads where the fonts are when it is.
const { rasterise } = await import('./rasterise.ts');

async function answer({ id, chart }: DrawRequest): Promise<Answer> {
  try {
    const { option, altText, fileName } = draw(chart);
    return { type: 'drawn', id, png: await rasterise(option), altText, fileName };
  } catch (error) {
    return { type: 'failed', id, why: error instanceof Error ? error.message : String(error) };
  }
}

port.on('message', (request: DrawRequest) => {
  void answer(request).then((message) =>
    port.postMessage(message, message.type === 'drawn' ? [message.png.buffer] : []),
  );
});
port.postMessage({ type: 'ready' } satisfies WorkerMessage);
