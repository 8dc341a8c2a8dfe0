import { describe, expect, it } from 'vitest';

import { cancelBacktest } from '#app/backtest/cancel-backtest.ts';
import { ticker } from '#core/ids.ts';
import { BrokerError } from '#ports/broker.ts';
import { aReport, FILES } from '#test/support/backtests.ts';

import {
  ADMIN,
  BEA,
  DONE,
  LAST_OVER,
  openBacktestDesk,
  SESSIONS,
  THEO,
} from './a-backtest-desk.ts';
import type { BacktestDesk } from './a-backtest-desk.ts';

const FROM = SESSIONS.at(-7)!.date;
const person = (n: number) => ({ ...THEO, id: `p${n}` });
const statusesOf = async (desk: BacktestDesk, id: Parameters<BacktestDesk['told1']>[0]) =>
  (await desk.told1(id)).map(({ status }) => status);

describe('a backtest that waits', () => {
  it('is played with its bars, its figures, and the sessions before it that warm up, as far as there are any', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask(THEO, { from: FROM, params: 'stopAtrs=2' });
    const working = desk.work();
    const { task, finish } = await desk.engine.run1();
    expect(task.parameters.stopAtrs).toBe(2);
    expect(task.tradeFrom).toBe(FROM);
    expect(task.sectors).toBe(desk.context.sectors);
    const { sessions, bars } = task.market;
    expect([sessions[0], sessions.at(-1)]).toEqual([SESSIONS[0], LAST_OVER]);
    expect([...bars.keys()]).toEqual(['NVDA', 'AAPL']);
    expect(bars.get(ticker('NVDA'))?.start).toHaveLength((SESSIONS.length - 2) * 78);
    finish(DONE);
    await working;
    expect(await desk.context.ledger.backtest(id)).toMatchObject({
      status: 'done',
      report: aReport(),
    });
    expect(await desk.context.ledger.backtestFiles(id)).toEqual(FILES);
  });

  it('tells how far it is, no more often than every two seconds, and how long it will take', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    const working = desk.work();
    const { progress, finish } = await desk.engine.run1();
    await desk.toldRunning(id);
    const told = async () => (await desk.told1(id)).filter(({ status }) => status === 'running');
    progress(0);
    desk.elapse(1_000);
    progress(0.1);
    expect(await told()).toHaveLength(1);
    desk.elapse(1_000);
    progress(0.25);
    while ((await told()).length < 2);
    expect((await told()).at(-1)).toEqual({
      status: 'running',
      phase: 'playing',
      share: 0.25,
      leftMs: 6_000,
      isAgain: false,
    });
    finish(DONE);
    await working;
    expect(await statusesOf(desk, id)).toEqual(['queued', 'running', 'running', 'done']);
  });

  it('comes after those that were asked for before it, and hears of each that is over', async () => {
    const desk = await openBacktestDesk();
    const [first, second, third] = [await desk.ask(), await desk.ask(BEA), await desk.ask()];
    const places = async (id: typeof first) =>
      (await desk.told1(id)).map((told) => (told.status === 'queued' ? told.ahead : told.status));
    expect([await places(first), await places(second), await places(third)]).toEqual([
      [0],
      [1],
      [2],
    ]);
    const working = desk.work();
    (await desk.engine.run1(1)).finish(DONE);
    (await desk.engine.run1(2)).finish({ kind: 'failed', why: 'No.' });
    (await desk.engine.run1(3)).finish(DONE);
    await working;
    expect(await places(third)).toEqual([2, 1, 0, 'running', 'done']);
    expect(await places(second)).toEqual([1, 0, 'running', 'failed']);
  });

  it('is on record when it is over', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    const working = desk.work();
    (await desk.engine.run1()).finish(DONE);
    await working;
    expect(
      (await desk.context.ledger.auditRows({ symbol: null, person: null, newest: 1 }))[0],
    ).toMatchObject({
      actor: 'theo',
      action: 'backtest finished',
      outcome: 'done',
      details: { backtest: id, run: 'f00d'.repeat(4) },
    });
  });

  it('leaves symbols without bars out, and says so', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask(THEO, { symbols: 'NVDA,XYZ' });
    const working = desk.work();
    const { task, finish } = await desk.engine.run1();
    expect([...task.market.bars.keys()]).toEqual(['NVDA']);
    finish(DONE);
    await working;
    expect((await desk.context.ledger.backtest(id))?.report?.withoutBars).toEqual(['XYZ']);
  });

  it('tells what is to be known about its bars', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask(THEO, { from: LAST_OVER.date });
    const working = desk.work();
    (await desk.engine.run1()).finish(DONE);
    await working;
    const report = (await desk.context.ledger.backtest(id))?.report;
    expect(report?.notes).toEqual([
      expect.stringMatching(/^only \d+ of the 71 sessions before .* that warm up are there: /),
    ]);
    expect((await desk.told1(id)).at(-1)).toMatchObject({ report: { notes: report?.notes } });
  });

  it('fails in a clear sentence without any bars', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask(THEO, { symbols: 'XYZ', from: FROM });
    await desk.work();
    expect((await desk.told1(id)).at(-1)).toEqual({
      status: 'failed',
      why: `There are no bars of XYZ from ${FROM} to ${LAST_OVER.date}.`,
    });
  });

  it('fails in the sentence of where its bars come from', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    const why = 'Not yet.';
    await desk.work(desk.with({ backtestBars: async () => ({ kind: 'refused', why }) }));
    expect((await desk.told1(id)).at(-1)).toEqual({ status: 'failed', why });
  });

  it('fails in a clear sentence when the bars cannot be read', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    await desk.work(
      desk.with({
        backtestBars: () => Promise.reject(new BrokerError('away', { retryable: true })),
      }),
    );
    expect((await desk.told1(id)).at(-1)).toEqual({
      status: 'failed',
      why: 'The market data could not be read just now. Ask again in a moment.',
    });
  });
});

describe('a backtest that is cancelled', () => {
  it('while it waits is never played', async () => {
    const desk = await openBacktestDesk();
    const [first, second] = [await desk.ask(), await desk.ask()];
    const words = await cancelBacktest(desk.context, { actor: THEO, id: first });
    expect(words).toBe('The backtest is cancelled.');
    expect((await desk.told1(second)).at(-1)).toMatchObject({ ahead: 0 });
    const working = desk.work();
    (await desk.engine.run1()).finish(DONE);
    await working;
    expect(desk.engine.runs).toHaveLength(1);
    expect(await statusesOf(desk, first)).toEqual(['queued', 'cancelled']);
  });

  it('while it runs is stopped, and the next one begins', async () => {
    const desk = await openBacktestDesk();
    const [first] = [await desk.ask(), await desk.ask()];
    const working = desk.work();
    const { signal } = await desk.engine.run1(1);
    await desk.toldRunning(first);
    await cancelBacktest(desk.context, { actor: THEO, id: first });
    (await desk.engine.run1(2)).finish(DONE);
    await working;
    expect(signal.aborted).toBe(true);
    expect(await statusesOf(desk, first)).toEqual(['queued', 'running', 'cancelled']);
    expect(await desk.context.ledger.backtest(first)).toMatchObject({ status: 'cancelled' });
  });

  it('is so by an admin as well, and by nobody else', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    await expect(cancelBacktest(desk.context, { actor: BEA, id })).rejects.toMatchObject({
      message: 'Only Theo, who asked for it, or an admin can cancel this backtest. It goes on.',
      outcome: 'denied',
    });
    await cancelBacktest(desk.context, { actor: ADMIN, id });
    expect((await desk.told1(id)).at(-1)).toEqual({ status: 'cancelled', by: 'Ann' });
  });

  it('is so once', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    const cancel = () => cancelBacktest(desk.context, { actor: THEO, id });
    await cancel();
    await expect(cancel()).rejects.toThrow('This backtest is over already. Nothing was changed.');
    await expect(cancelBacktest(desk.context, { actor: THEO, id: 'b9' })).rejects.toThrow(
      'This backtest is not known.',
    );
  });
});

/** The process ends in the middle of a run: nobody tells the ledger. */
async function crash(desk: BacktestDesk, n: number): Promise<void> {
  const dying = desk.with({
    ledger: { ...desk.context.ledger },
    backtests: { run: () => Promise.reject(new Error('the process has ended')) },
  });
  await expect(desk.work(dying)).rejects.toThrow('the process has ended');
  expect(desk.engine.runs).toHaveLength(n);
}

describe('a backtest that the end of the process interrupts', () => {
  it('is begun anew once the process was not heard of for ten seconds, and says so', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    await crash(desk, 0);
    await desk.work();
    expect(desk.engine.runs).toHaveLength(0);
    desk.elapse(10_001);
    const working = desk.work();
    (await desk.engine.run1()).finish(DONE);
    await working;
    expect((await desk.told1(id)).slice(-2)).toMatchObject([
      { status: 'running', isAgain: true },
      { status: 'done' },
    ]);
  });

  it('twice is given up, in a clear sentence', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    for (const _ of [1, 2]) {
      await crash(desk, 0);
      desk.elapse(10_001);
    }
    await desk.work();
    expect((await desk.told1(id)).at(-1)).toEqual({
      status: 'failed',
      why: 'The bot was interrupted 2 times while it ran. It is not begun again by itself: ask for a smaller one.',
    });
  });

  it('by plan waits again, says so, and does not count as interrupted', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    for (const n of [1, 2, 3]) {
      const working = desk.work();
      (await desk.engine.run1(n)).finish({ kind: 'stopped' });
      await working;
      expect((await desk.told1(id)).at(-1)).toEqual({ status: 'queued', ahead: 0, isAgain: true });
    }
    const working = desk.work();
    (await desk.engine.run1(4)).finish(DONE);
    await working;
    expect(await desk.context.ledger.backtest(id)).toMatchObject({ status: 'done' });
  });

  it('while its bars are fetched waits again as well', async () => {
    const desk = await openBacktestDesk();
    const id = await desk.ask();
    await desk.work(desk.with({ backtestBars: async () => ({ kind: 'stopped' }) }));
    expect(await desk.context.ledger.backtest(id)).toMatchObject({ status: 'queued' });
  });
});

describe('who may have how many backtests', () => {
  it('is three a person, whether they run or wait', async () => {
    const desk = await openBacktestDesk();
    const first = await desk.ask();
    await desk.ask();
    await desk.ask();
    await expect(desk.ask()).rejects.toThrow(
      'You have 3 backtests running or waiting, and nobody may have more. Cancel one, or wait until one is done.',
    );
    await desk.ask(BEA);
    await cancelBacktest(desk.context, { actor: THEO, id: first });
    await desk.ask();
  });

  it('is ten in all', async () => {
    const desk = await openBacktestDesk();
    for (let n = 0; n < 10; n += 1) await desk.ask(person(n));
    await expect(desk.ask(person(10))).rejects.toThrow(
      '10 backtests are running or waiting, and no more are taken. Ask again when one is done.',
    );
  });

  it('is the same for those who ask at once', async () => {
    const desk = await openBacktestDesk();
    const asked = await Promise.allSettled([1, 2, 3, 4, 5].map(() => desk.ask()));
    expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  });
});
