import { describe, expect, it } from 'vitest';

import { fileFor } from '#app/reports/card-file.ts';
import { cancelStudy } from '#app/studies/cancel-study.ts';
import { followStudies } from '#app/studies/follow-studies.ts';
import type { StudyCard } from '#ports/study-card.ts';

import { ADMIN, BEA, THEO } from '../backtest/a-backtest-desk.ts';
import { auditOf } from '../behaviours/a-desk.ts';
import { openStudyDesk } from './a-study-desk.ts';

describe('a study that was asked for', () => {
  it('is put on the queue once its message stands, and not before', async () => {
    const desk = await openStudyDesk();
    const id = await desk.ask(ADMIN, false);
    await followStudies(desk.context);
    expect(desk.queue.started).toEqual([]);
    desk.elapse(10_000);
    // Whoever was to see to its message is gone.
    await followStudies(desk.context);
    expect(desk.queue.started).toEqual([id]);
    expect(await desk.told1(id)).toEqual([{ status: 'queued', isWorked: true }]);
  });

  it('is put on the queue later where that was in trouble', async () => {
    const desk = await openStudyDesk();
    desk.queue.trouble = new Error('the queue is away');
    await expect(desk.ask()).rejects.toThrow('the queue is away');
    desk.queue.trouble = null;
    desk.elapse(10_000);
    await followStudies(desk.context);
    expect(desk.queue.started).toHaveLength(1);
  });

  it('is the only one of a person, and one of five in all', async () => {
    const desk = await openStudyDesk();
    await desk.ask();
    await expect(desk.ask()).rejects.toThrow(
      'You have a sweep that is not over, and nobody may have more than one.',
    );
    for (const n of [1, 2, 3, 4]) await desk.ask({ ...ADMIN, id: `admin ${n}` });
    await expect(desk.ask({ ...ADMIN, id: 'another' })).rejects.toThrow(
      '5 sweeps and walk-forwards are not over, and no more are taken.',
    );
  });

  it('tells how far it is where something is new, and how long it will take', async () => {
    const desk = await openStudyDesk();
    const id = await desk.ask();
    const begun = desk.context.systemClock.now();
    await desk.advance(id, 0, begun);
    await followStudies(desk.context);
    desk.elapse(10_000);
    await followStudies(desk.context);
    await desk.advance(id, 24, begun);
    await followStudies(desk.context);
    desk.queue.isBusy = false;
    await followStudies(desk.context);
    const running = { status: 'running', tasks: 72 };
    expect(await desk.told1(id)).toEqual([
      { status: 'queued', isWorked: true },
      { ...running, isWorked: true, done: 0, leftMs: null },
      { ...running, isWorked: true, done: 24, leftMs: 20_000 },
      { ...running, isWorked: false, done: 24, leftMs: 20_000 },
    ]);
  });

  it('tells what it came to once, against what trades, with its report as a page', async () => {
    const desk = await openStudyDesk();
    const id = await desk.ask();
    await desk.advance(id, 72, desk.context.systemClock.now());
    await desk.finish(id);
    await followStudies(desk.context);
    await followStudies(desk.context);
    const told = await desk.told1(id);
    expect(told.map(({ status }) => status)).toEqual(['queued', 'done']);
    expect(told.at(-1)).toMatchObject({ tookMs: 90_000, summary: { trials: 12 } });
    expect(told.at(-1)).toMatchObject({
      changes: expect.arrayContaining([{ name: 'stopAtrs', from: 2.5, to: 2 }]),
    });
    const card = { kind: 'study', id, request: { kind: 'sweep' }, progress: told.at(-1) };
    const file = await fileFor(desk.context, card as StudyCard);
    expect(file).toMatchObject({
      name: 'sweep.html',
      content: expect.stringMatching(/^<!doctype html>[^]*Equity out of sample/),
    });
    expect((await auditOf(desk)).at(-1)).toMatchObject({
      action: 'sweep finished',
      outcome: 'done',
      details: { name: 'Ann', study: id, verdict: expect.any(String) },
    });
  });

  it('tells why it has failed, also when the bot was down meanwhile', async () => {
    const desk = await openStudyDesk();
    const id = await desk.ask();
    await desk.fail(id, 'AAPL: the store lacks bars');
    await followStudies(await desk.restart());
    expect((await desk.told1(id)).at(-1)).toEqual({
      status: 'failed',
      why: 'AAPL: the store lacks bars',
    });
  });
});

describe('a study that is cancelled', () => {
  it('says where, and nothing follows', async () => {
    const desk = await openStudyDesk();
    const id = await desk.ask();
    await desk.advance(id, 40, desk.context.systemClock.now());
    const untold = desk.context.ledger.untoldStudies();
    const stale = desk.with({ ledger: { ...desk.context.ledger, untoldStudies: () => untold } });
    await untold;
    expect(await cancelStudy(desk.context, { actor: ADMIN, id })).toBe('The sweep is cancelled.');
    // Whoever has looked just before it comes too late with what it saw.
    await followStudies(stale);
    await followStudies(desk.context);
    expect((await desk.told1(id)).at(-1)).toEqual({
      status: 'cancelled',
      by: 'Ann',
      done: 40,
      tasks: 72,
    });
    await expect(cancelStudy(desk.context, { actor: ADMIN, id })).rejects.toThrow(
      'This sweep is over already. Nothing was changed.',
    );
  });

  it('may be so by who asked for it or an admin, and by nobody else', async () => {
    const desk = await openStudyDesk();
    const id = await desk.ask(THEO);
    await expect(cancelStudy(desk.context, { actor: BEA, id })).rejects.toThrow(
      'Only Theo, who asked for it, or an admin can cancel this sweep. It goes on.',
    );
    await cancelStudy(desk.context, { actor: THEO, id });
    expect(await desk.context.ledger.study(id)).toMatchObject({ cancelledBy: 'Theo' });
    await expect(cancelStudy(desk.context, { actor: ADMIN, id: 'none' })).rejects.toThrow(
      'This study is not known. Nothing was changed.',
    );
  });
});
