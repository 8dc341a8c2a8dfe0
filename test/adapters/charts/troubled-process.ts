/** A drawing process that does what a chart's title says, and loads no library. */
import { appendFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { DrawRequest, WorkerMessage } from '#adapters/charts/protocol.ts';

const own = process.argv[2] ?? '';
appendFileSync(join(own, 'starts'), '.');
const folder = basename(own);
if (folder === 'broken') throw new Error('no such library');
if (folder === 'stuck') await delay(3_600_000);
if (folder === 'slow') await delay(700);

const tell = (message: WorkerMessage) => void process.send?.(message);

function obey({ id, chart: { title } }: DrawRequest): void {
  if (title === 'hang') for (;;);
  if (title === 'throw') throw new Error('out of ink');
  if (title === 'exit') process.exit(3);
  if (title === 'eat') {
    const eaten: unknown[] = [];
    for (;;) eaten.push(Array<number>(100_000).fill(0.5));
  }
  if (title === 'silent') return;
  if (title === 'fail') return tell({ type: 'failed', id, why: 'no such colour' });
  const altText = title === 'who' ? String(process.pid) : title;
  tell({ type: 'drawn', id, png: new Uint8Array([id]), altText, fileName: 'x.png' });
}

process.on('message', obey);
tell({ type: 'ready' });
