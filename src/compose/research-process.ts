import { randomUUID } from 'node:crypto';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { createResearchQueue } from '#adapters/bullmq/research-queue.ts';
import { openStudyStore } from '#adapters/postgres/study-store.ts';
import { createResearchThreads, spareThreads } from '#adapters/research/threads.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { syncBars } from '#app/sync-bars.ts';
import type { Config } from '#config';
import type { BarArchive } from '#ports/bar-store.ts';
import type { Logger } from '#ports/logger.ts';
import type { StudyDesk, StudyId } from '#ports/studies.ts';

import { barStoreDir } from './bars-settings.ts';
import type { Lifecycle } from './lifecycle.ts';
import { marketOfStore } from './load-market.ts';
import type { LoadMarket } from './load-market.ts';
import { createResearchWork } from './research-work.ts';

interface ResearchOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'processRoles'>;
  readonly databaseUrl: string;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

/**
 * Opens the studies of a ledger, and works on them where this process has the role: beside trading it leaves one
 * core alone, and everything it computes is on threads of a low priority.
 *
 * @throws Error, one line with the cure, when ledger or queue cannot be used.
 */
export async function startResearch(options: ResearchOptions): Promise<StudyDesk> {
  const { config, databaseUrl, lifecycle, log } = options;
  const { store, archive, world, close } = await openStudyStore(databaseUrl, log);
  lifecycle.onClose('studies', close);
  const redisUrl = config.redisUrl?.reveal() ?? null;
  const queue = await createResearchQueue({
    // Whoever shares the ledger shares its studies, whatever account they are started with.
    connection:
      redisUrl === null
        ? { kind: 'postgres', url: databaseUrl }
        : { kind: 'redis', url: redisUrl, prefix: `bracketeer-research-${world}` },
    log,
  });
  lifecycle.onClose('research queue', () => queue.close());
  if (config.processRoles.includes('research')) {
    const threads = createResearchThreads(spareThreads());
    lifecycle.onClose('research threads', () => threads.close());
    const loadMarket = syncedMarket(archive, config.dataDir);
    await queue.work(createResearchWork({ store, threads, loadMarket, clock: systemClock }));
  }
  return {
    async ask(request, by) {
      const id = randomUUID() as string as StudyId;
      await store.add({ id, request, requestedBy: by, requestedAt: systemClock.now() });
      await queue.start(id);
      return id;
    },
    find: (id) => store.find(id),
    open: () => store.open(),
    cancel: (id) => store.cancel(id, systemClock.now()),
  };
}

/** The bar store of this machine, after what the others have published has come into it. */
function syncedMarket(archive: BarArchive, dataDir: string): LoadMarket {
  const load = marketOfStore(dataDir);
  const store = createBarStore(barStoreDir(dataDir));
  return async (query) => {
    const { symbols, barMinutes } = query;
    const keys = (symbols ?? []).map((symbol) => ({ symbol, barMinutes }));
    const { problems } = await syncBars({ store, archive }, keys);
    return problems.length === 0 ? load(query) : { kind: 'refused', lines: problems };
  };
}
