import { randomUUID } from 'node:crypto';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { createResearchQueue } from '#adapters/bullmq/research-queue.ts';
import { openStudyStore } from '#adapters/postgres/study-store.ts';
import { createResearchThreads, spareThreads } from '#adapters/research/threads.ts';
import { systemClock } from '#adapters/system/clock.ts';
import { syncBars } from '#app/sync-bars.ts';
import type { Config } from '#config';
import type { BarSource } from '#ports/backtests.ts';
import type { BarArchive } from '#ports/bar-store.ts';
import type { Logger } from '#ports/logger.ts';
import type { Research } from '#ports/research.ts';
import type { StudyDesk, StudyId } from '#ports/studies.ts';

import { barStoreDir } from './bars-settings.ts';
import type { Lifecycle } from './lifecycle.ts';
import { marketOfStore } from './load-market.ts';
import type { LoadMarket } from './load-market.ts';
import { createResearchWork } from './research-work.ts';
import { studyReader } from './study-reader.ts';

interface ResearchOptions {
  readonly config: Pick<Config, 'dataDir' | 'redisUrl' | 'processRoles'>;
  readonly databaseUrl: string;
  readonly lifecycle: Lifecycle;
  readonly log: Logger;
}

/** The studies of a ledger, and the queue of all processes that work on them. */
export interface OpenResearch extends StudyDesk {
  readonly research: Research;
  /**
   * Works on them where this process has the role, also on those whose jobs are lost: beside trading it leaves one
   * core alone, and everything it computes is on threads of a low priority.
   *
   * @param source of bars that the bar store lacks; a process without a market of its own has none
   */
  work(source?: BarSource): Promise<void>;
}

/** @throws Error, one line with the cure, when ledger or queue cannot be used. */
export async function openResearch(options: ResearchOptions): Promise<OpenResearch> {
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
  return {
    async ask(request, by) {
      const id = randomUUID() as string as StudyId;
      const requestedAt = systemClock.now();
      await store.add({ id, request, requestedBy: by, person: null, requestedAt, telling: null });
      await queue.start(id);
      return id;
    },
    find: (id) => store.find(id),
    open: () => store.open(),
    cancel: (id, by) => store.cancel(id, by, systemClock.now()),
    research: { ...studyReader, start: (id) => queue.start(id), isWorked: () => queue.isWorked() },
    async work(source) {
      if (!config.processRoles.includes('research')) return;
      const threads = createResearchThreads(spareThreads());
      // First nobody hears of the work any more, so that its sudden end does not count as a failure.
      lifecycle.onClose('research threads', async () => {
        await queue.close();
        await threads.close();
      });
      const stored = syncedMarket(archive, config.dataDir);
      const loadMarket = source === undefined ? stored : orFrom(source, stored);
      for (const { id } of await store.open()) await queue.resume(id);
      await queue.work(createResearchWork({ store, threads, loadMarket, clock: systemClock }));
    },
  };
}

/** Opens the studies of a ledger, and works on them where this process has the role. Throws as openResearch does. */
export async function startResearch(options: ResearchOptions): Promise<StudyDesk> {
  const opened = await openResearch(options);
  await opened.work();
  return opened;
}

/** What the bar store lacks comes from the market that this process sees. */
function orFrom(source: BarSource, load: LoadMarket): LoadMarket {
  return async (query) => {
    const loaded = await load(query);
    const { symbols, from, to } = query;
    if (loaded.kind === 'loaded' || symbols === null || from === null || to === null) return loaded;
    const watch = { progress: () => {}, signal: new AbortController().signal };
    const found = await source({ ...query, symbols, from, to }, watch);
    if (found.kind === 'bars' && found.market.bars.size > 0) {
      const { market, notes } = found;
      const without = symbols.filter((symbol) => !market.bars.has(symbol));
      const leftOut = without.length === 0 ? [] : [`no bars of ${without.join(', ')}: left out`];
      return { kind: 'loaded', market, notes: [...leftOut, ...notes] };
    }
    return found.kind === 'refused' ? { kind: 'refused', lines: [found.why] } : loaded;
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
