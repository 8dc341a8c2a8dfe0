/** A process that researches, on the bench's market; it tells of each chunk that it begins. */
import type { QueueConnection } from '#adapters/bullmq/backend.ts';
import { createResearchQueue } from '#adapters/bullmq/research-queue.ts';
import { openStudyStore } from '#adapters/postgres/study-store.ts';
import { createResearchThreads } from '#adapters/research/threads.ts';
import { systemClock } from '#adapters/system/clock.ts';

import { createResearchWork } from '../../src/compose/research-work.ts';
import { aBench } from '../research/support/a-study.ts';
import { silentLog } from '../support/log.ts';

const [url = '', connection = '', lockMs = '2000'] = process.argv.slice(2);
const { store } = await openStudyStore(url, silentLog);
const queue = await createResearchQueue({
  connection: JSON.parse(connection) as QueueConnection,
  log: silentLog,
  lockMs: Number(lockMs),
});
const work = createResearchWork({
  store,
  threads: createResearchThreads(1),
  loadMarket: () => Promise.resolve({ kind: 'loaded', market: aBench(50, 20).market, notes: [] }),
  clock: systemClock,
});
await queue.work({
  ...work,
  runChunk: (study, chunk) => {
    process.stdout.write('chunk\n');
    return work.runChunk(study, chunk);
  },
});
