/** A drawing thread that does what a chart's title says, and loads no library. */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

import type { DrawRequest } from '#adapters/charts/protocol.ts';

const port = parentPort;
const { folder } = workerData as { readonly folder: string };
if (port === null || folder === 'broken') throw new Error('no such library');
if (folder === 'stuck') await delay(3_600_000);
if (folder === 'slow') await delay(700);

function obey({ id, chart: { title } }: DrawRequest): void {
  if (title === 'hang') for (;;);
  if (title === 'throw') throw new Error('out of ink');
  if (title === 'exit') process.exit(3);
  if (title === 'eat') {
    const eaten: unknown[] = [];
    for (;;) eaten.push(Array<number>(100_000).fill(0.5));
  }
  if (title === 'silent') return;
  if (title === 'fail') port?.postMessage({ type: 'failed', id, why: 'no such colour' }, []);
  else {
    const png = new Uint8Array([id]);
    port?.postMessage({ type: 'drawn', id, png, altText: title, fileName: 'x.png' }, []);
  }
}

port.on('message', obey);
port.postMessage({ type: 'ready' }, []);
