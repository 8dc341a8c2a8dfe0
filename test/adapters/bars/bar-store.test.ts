import {
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';

import { createBarStore } from '#adapters/bars/bar-store.ts';
import { hashBars } from '#adapters/bars/hash-bars.ts';
import { pickRows } from '#core/bar-columns.ts';
import { ticker } from '#core/ids.ts';
import { MINUTE_MS } from '#core/session.ts';
import { barStarts } from '#test/support/bar-files.ts';
import { barList, barsAt } from '#test/support/bars.ts';

const AAPL = ticker('AAPL');
const KEY = { symbol: AAPL, barMinutes: 5 };
const SOURCE = { feed: 'sip', adjustment: 'split', hours: 'regular' } as const;
const STARTS = barStarts('2025-11-24', '2025-11-28');
const BAR_MS = 5 * MINUTE_MS;
const ALL = { from: 0, until: Number.MAX_SAFE_INTEGER };

async function aStore() {
  const folder = await mkdtemp(join(tmpdir(), 'bar-store-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return { folder, store: createBarStore(folder), path: join(folder, 'AAPL_5min.bars') };
}

/** The bars from one index to before another. */
const addition = (from: number, to: number, shift = 0) => ({
  ...KEY,
  ...SOURCE,
  columns: barsAt(STARTS.slice(from, to), shift),
  span: { from: STARTS[from] ?? 0, until: (STARTS[to - 1] ?? 0) + BAR_MS },
});

const loaded = async (store: ReturnType<typeof createBarStore>, range = ALL) => {
  const load = await store.load({ ...KEY, ...range });
  if (load.kind !== 'loaded') throw new Error(load.kind);
  return load;
};

describe('the bar store', () => {
  it('gives back what was stored, bit for bit', async () => {
    const { store } = await aStore();
    const columns = barsAt(STARTS);
    columns.close[3] = 0.1 + 0.2;
    await store.merge({ ...addition(0, STARTS.length), columns });
    const load = await loaded(store);
    expect(load.columns).toEqual(columns);
    expect(load.stored).toMatchObject({
      ...KEY,
      ...SOURCE,
      count: STARTS.length,
      first: STARTS[0],
      last: STARTS.at(-1),
      sha256: hashBars(columns),
    });
  });

  it('gives the bars of a range: from its beginning, before its end', async () => {
    const { store } = await aStore();
    await store.merge(addition(0, STARTS.length));
    const { columns } = await loaded(store, { from: STARTS[10] ?? 0, until: STARTS[20] ?? 0 });
    expect([...columns.start]).toEqual(STARTS.slice(10, 20));
  });

  it('has nothing of a symbol that was never stored, nor in a folder that is not there', async () => {
    const { folder } = await aStore();
    const store = createBarStore(join(folder, 'nowhere'));
    expect(await store.load({ ...KEY, ...ALL })).toEqual({ kind: 'missing' });
    expect(await store.list()).toEqual([]);
    expect(await store.read(KEY)).toBeNull();
  });

  it('has the same bytes in whatever order ranges come, also twice', async () => {
    const whole = await aStore();
    await whole.store.merge(addition(0, STARTS.length));
    const expected = await readFile(whole.path);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(STARTS.length - 1), fc.integer({ min: 1, max: 60 })), {
          maxLength: 6,
        }),
        async (ranges) => {
          const { store, path } = await aStore();
          for (const [from, count] of ranges) {
            await store.merge(addition(from, Math.min(STARTS.length, from + count)));
          }
          await store.merge(addition(100, STARTS.length));
          await store.merge(addition(0, 130));
          expect(await readFile(path)).toEqual(expected);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('lets new bars take the place of old ones of the same time', async () => {
    const { store } = await aStore();
    await store.merge(addition(0, 40));
    await store.merge({ ...addition(10, 30, 5), columns: barsAt(STARTS.slice(10, 20), 5) });
    const { columns } = await loaded(store);
    expect(barList(columns)).toEqual([
      ...barList(barsAt(STARTS.slice(0, 40))).slice(0, 10),
      ...barList(barsAt(STARTS.slice(10, 20), 5)),
      ...barList(barsAt(STARTS.slice(0, 40))).slice(30),
    ]);
  });

  it('knows the times that were asked for, also those without bars', async () => {
    const { store } = await aStore();
    await store.merge(addition(0, 10));
    await store.merge(addition(30, 40));
    await store.merge({ ...addition(40, 50), columns: barsAt([]) });
    const { stored } = await loaded(store);
    expect(stored.covered).toEqual([
      { from: STARTS[0], until: STARTS[10] },
      { from: STARTS[30], until: STARTS[50] },
    ]);
    expect(stored.count).toBe(20);
  });

  it('mixes no bars of different feeds', async () => {
    const { store, path } = await aStore();
    await store.merge(addition(0, 10));
    const merge = await store.merge({ ...addition(10, 20), feed: 'iex' });
    expect(merge).toEqual({
      kind: 'refused',
      text: `${path}: holds bars of the feed sip, and those of iex are not mixed with them; remove it to begin anew, or stay with the feed`,
    });
    expect((await loaded(store)).columns.start).toHaveLength(10);
  });

  it('shares the bars with other threads without a copy', async () => {
    const { store } = await aStore();
    await store.merge(addition(0, 10));
    const { columns } = await loaded(store);
    const worker = new Worker(
      "const { workerData, parentPort } = require('node:worker_threads'); workerData.close[0] = 42; parentPort.postMessage('done')",
      { eval: true, workerData: columns },
    );
    await new Promise((resolve) => worker.once('message', resolve));
    await worker.terminate();
    expect(columns.close[0]).toBe(42);
  });

  it('lists its files, those of tickers with a point or a slash too', async () => {
    const { store, folder } = await aStore();
    for (const symbol of ['BRK.B', 'AAPL', 'BF/A'].map(ticker)) {
      await store.merge({ ...addition(0, 10), symbol });
    }
    await writeFile(join(folder, 'notes.txt'), 'no bars');
    const list = await store.list();
    expect(list.map(({ symbol, kind }) => [symbol, kind])).toEqual([
      ['AAPL', 'stored'],
      ['BF/A', 'stored'],
      ['BRK.B', 'stored'],
    ]);
  });

  it('leaves no unfinished file behind, and forgets one that is removed', async () => {
    const { store, folder } = await aStore();
    await store.merge(addition(0, 10));
    expect(await readdir(folder)).toEqual(['AAPL_5min.bars']);
    await store.remove(KEY);
    expect(await readdir(folder)).toEqual([]);
  });

  it('clears away what a writer that was killed has left behind, and nothing of one that is at work', async () => {
    const { store, folder } = await aStore();
    const [dead, alive] = ['AAPL_5min.bars.dead.new', 'AAPL_5min.bars.alive.new'];
    for (const name of [dead, alive]) await writeFile(join(folder, name), 'BRKT');
    const before = new Date(Date.now() - 2 * 3_600_000);
    await utimes(join(folder, dead), before, before);
    await store.merge(addition(0, 10));
    expect(await readdir(folder)).toEqual(['AAPL_5min.bars', alive]);
    expect((await store.list()).map(({ kind }) => kind)).toEqual(['stored']);
  });

  it('leaves nothing unfinished behind where a file cannot be put in its place', async () => {
    const { store, folder, path } = await aStore();
    const source = await aStore();
    await source.store.merge(addition(0, 10));
    const bytes = await readFile(source.path);
    await mkdir(join(path, 'in the way'), { recursive: true });
    await expect(store.install(bytes)).rejects.toThrow('rename');
    expect(await readdir(folder)).toEqual(['AAPL_5min.bars']);
  });

  it('takes a file of another store, and no other bytes', async () => {
    const [here, there] = [await aStore(), await aStore()];
    await there.store.merge(addition(0, 10));
    const bytes = (await there.store.read(KEY)) ?? new Uint8Array();
    expect(await here.store.install(bytes.slice(0, -1))).toMatchObject({ kind: 'damaged' });
    expect(await here.store.list()).toEqual([]);
    expect(await here.store.install(bytes)).toMatchObject({ kind: 'stored' });
    expect((await loaded(here.store)).columns).toEqual((await loaded(there.store)).columns);
  });
});

describe('a damaged file of bars', () => {
  it('is told with its cure, whichever byte of it is another, and gives no bars', async () => {
    const { store, path } = await aStore();
    await store.merge(addition(0, 20));
    const good = await readFile(path);
    await fc.assert(
      fc.asyncProperty(
        fc.nat(good.length - 1),
        fc.integer({ min: 1, max: 255 }),
        async (at, by) => {
          await writeFile(path, good.with(at, (good[at] ?? 0) ^ by));
          expect(await store.load({ ...KEY, ...ALL })).toEqual({
            kind: 'damaged',
            text: `${path}: is not the file that was written; remove it and fill the bars again`,
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is told when it ends too early, at whatever length', async () => {
    const { store, path } = await aStore();
    await store.merge(addition(0, 20));
    for (let { length } = await readFile(path); length > 0; length -= 97) {
      await truncate(path, length - 1);
      expect(await store.load({ ...KEY, ...ALL })).toMatchObject({ kind: 'damaged' });
    }
  });

  it('is told when it bears the name of another symbol', async () => {
    const { store, folder, path } = await aStore();
    await store.merge(addition(0, 20));
    await rename(path, join(folder, 'MSFT_5min.bars'));
    expect(await store.look({ ...KEY, symbol: ticker('MSFT') })).toMatchObject({ kind: 'damaged' });
  });

  it('is not added to', async () => {
    const { store, path } = await aStore();
    await store.merge(addition(0, 20));
    const file = await open(path, 'r+');
    await file.write(Buffer.from('x'), 0, 1, 500);
    await file.close();
    expect(await store.merge(addition(20, 30))).toMatchObject({ kind: 'damaged' });
  });
});

describe('the hash of bars', () => {
  it('is that of the bars alone, in whatever memory they lie', async () => {
    const { store } = await aStore();
    await store.merge(addition(0, 40));
    const { columns } = await loaded(store, { from: STARTS[10] ?? 0, until: STARTS[20] ?? 0 });
    const copy = pickRows(barsAt(STARTS.slice(0, 40)), [...STARTS.keys()].slice(10, 20));
    expect(hashBars(columns)).toBe(hashBars(copy));
  });
});
