import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { BacktestEnd, BacktestId, BacktestRun } from '#ports/backtests.ts';
import type { LedgerTransaction } from '#ports/ledger.ts';
import { aReport, aRun, FILES } from '#test/support/backtests.ts';

import { openDesk } from './desk.ts';
import type { LedgerDesk } from './desk.ts';

const ASKED = aRun().requestedAt;
const B1 = aRun().id;
const NEVER = 0;

const named = (id: string, changes: Partial<BacktestRun> = {}): BacktestRun =>
  aRun({ id: id as BacktestId, ...changes });

const DONE: BacktestEnd = { status: 'done', runId: 'abc', report: aReport(), files: FILES };

describe('the ledger’s backtests', () => {
  let desk: LedgerDesk;

  beforeAll(async () => {
    desk = await openDesk();
  });
  afterAll(() => desk.close());
  beforeEach(() => desk.clear());

  const within = <T>(work: (tx: LedgerTransaction) => Promise<T>) => desk.ledger.transaction(work);
  const insert = (...runs: readonly BacktestRun[]) =>
    within(async (tx) => {
      for (const run of runs) await tx.insertBacktest(run);
    });
  const begin = (at = ASKED + 1_000, silentSince = NEVER) =>
    within((tx) => tx.beginBacktest(at, silentSince));
  const open = () => within(async (tx) => (await tx.lockBacktests()).map(({ id }) => id));

  it('come back as they were asked for', async () => {
    await insert(aRun());
    expect(await desk.ledger.backtest(B1)).toEqual(aRun());
    expect(await desk.ledger.backtest('b2' as BacktestId)).toBeNull();
    expect(await desk.ledger.backtestFiles(B1)).toBeNull();
  });

  it('are begun one after the other, in the order in which they were asked for', async () => {
    await insert(named('b'), named('a'));
    expect(await begin()).toEqual({
      ...named('b'),
      status: 'running',
      attempts: 1,
      startedAt: ASKED + 1_000,
    });
    expect(await begin()).toMatchObject({ id: 'a' });
    expect(await begin()).toBeNull();
  });

  it('are begun by one of many that want to at once, from whatever process', async () => {
    await insert(aRun());
    const other = await desk.openAnother();
    const begun = await Promise.all(
      [desk, other, desk, other].map(({ ledger }) =>
        ledger.transaction((tx) => tx.beginBacktest(ASKED, NEVER)),
      ),
    );
    await other.close();
    expect(begun.filter((run) => run !== null)).toHaveLength(1);
  });

  it('wait until their message stands, but not for ever', async () => {
    await insert(aRun({ isShown: false }));
    expect(await begin(ASKED, ASKED)).toBeNull();
    expect(await begin(ASKED + 1, ASKED + 1)).toMatchObject({ id: B1 });
  });

  it('are begun at once when their message stands', async () => {
    await insert(aRun({ isShown: false }));
    expect(await within((tx) => tx.showBacktest(B1))).toEqual(aRun());
    expect(await within((tx) => tx.showBacktest('b2' as BacktestId))).toBeNull();
    expect(await begin()).toMatchObject({ id: B1 });
  });

  it('are begun again when their process was not heard of for long', async () => {
    await insert(aRun());
    await begin(ASKED);
    await within((tx) => tx.noteBacktest(B1, 0.5, ASKED + 5_000));
    expect(await begin(ASKED + 9_000, ASKED + 5_000)).toBeNull();
    expect(await begin(ASKED + 9_000, ASKED + 5_001)).toMatchObject({ attempts: 2, share: 0 });
  });

  it('tell how far they are for as long as they run', async () => {
    await insert(aRun());
    const note = () => within((tx) => tx.noteBacktest(B1, 0.5, ASKED));
    expect(await note()).toBe(false);
    await begin();
    expect(await note()).toBe(true);
    expect(await desk.ledger.backtest(B1)).toMatchObject({ share: 0.5 });
    await within((tx) => tx.endBacktest(B1, { status: 'cancelled' }, ASKED));
    expect(await note()).toBe(false);
  });

  it('are over once, with all that came of it', async () => {
    await insert(aRun());
    await begin();
    const end = (how: BacktestEnd) => within((tx) => tx.endBacktest(B1, how, ASKED + 9_000));
    expect(await end(DONE)).toBe(true);
    expect(await end({ status: 'cancelled' })).toBe(false);
    expect(await desk.ledger.backtest(B1)).toMatchObject({
      status: 'done',
      share: 1,
      finishedAt: ASKED + 9_000,
      runId: 'abc',
      report: aReport(),
      failure: null,
    });
    expect(await desk.ledger.backtestFiles(B1)).toEqual(FILES);
  });

  it.each([{ status: 'cancelled' }, { status: 'failed', failure: 'There are no bars.' }] as const)(
    'that are $status are not begun any more',
    async (end) => {
      await insert(aRun());
      expect(await within((tx) => tx.endBacktest(B1, end, ASKED))).toBe(true);
      expect(await desk.ledger.backtest(B1)).toMatchObject(end);
      expect([await begin(), await open()]).toEqual([null, []]);
    },
  );

  it('that a planned stop has interrupted wait again, as if they had not begun', async () => {
    await insert(aRun());
    const requeue = () => within((tx) => tx.requeueBacktest(B1));
    expect(await requeue()).toBe(false);
    await begin();
    expect(await requeue()).toBe(true);
    expect(await desk.ledger.backtest(B1)).toMatchObject({ status: 'queued', attempts: 0 });
    expect(await begin()).toMatchObject({ attempts: 1 });
  });

  it('that are not over are counted by one at a time', async () => {
    await insert(named('a'));
    const addOne = (id: string) =>
      within(async (tx) => {
        const before = (await tx.lockBacktests()).length;
        await tx.insertBacktest(named(id));
        return before;
      });
    const counts = await Promise.all(['b', 'c', 'd'].map(addOne));
    expect(counts.toSorted((one, other) => one - other)).toEqual([1, 2, 3]);
  });
});
