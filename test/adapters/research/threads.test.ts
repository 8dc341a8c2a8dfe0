import { describe, expect, it, onTestFinished } from 'vitest';

import { createResearchThreads } from '#adapters/research/threads.ts';
import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { outcomesHere, reportOf, stateOf } from '#research/run-study.ts';

import { aBench, aStudy } from '../../research/support/a-study.ts';

const { market, evaluator, dates } = aBench(50, 20);
const bench = { market, options: DEFAULT_OPTIONS };
const study = aStudy();
const state = stateOf(study, dates, new Map());
const tasks = state.kind === 'tasks' ? state.tasks : [];
const NOBODY = { done: () => {}, signal: new AbortController().signal };

function threadsOf(count: number) {
  const threads = createResearchThreads(count);
  onTestFinished(() => threads.close());
  return threads;
}

describe('research on threads', () => {
  it('comes to the same on one thread, on two, and on none', async () => {
    const here = outcomesHere(evaluator, tasks);
    expect(here.size).toBe(12);
    for (const count of [1, 2]) {
      expect(await threadsOf(count).outcomes(bench, tasks, NOBODY)).toEqual(here);
    }
  });

  it('tells of every task once', async () => {
    let told = 0;
    const done = (count: number): void => void (told += count);
    await threadsOf(2).outcomes(bench, tasks, { ...NOBODY, done });
    expect(told).toBe(tasks.length);
  });

  it('makes the same report', async () => {
    const outcomes = outcomesHere(evaluator, tasks);
    const report = await threadsOf(1).report(bench, { study, dates, outcomes }, NOBODY.signal);
    expect(report).toEqual(reportOf(study, { evaluator, dates, outcomes }));
  });

  it('goes on with other bars', async () => {
    const threads = threadsOf(1);
    await threads.outcomes(bench, tasks.slice(0, 1), NOBODY);
    const other = aBench(60, 20);
    const otherBench = { market: other.market, options: DEFAULT_OPTIONS };
    expect(await threads.outcomes(otherBench, tasks.slice(0, 1), NOBODY)).toEqual(
      outcomesHere(other.evaluator, tasks.slice(0, 1)),
    );
  });

  it('does what is asked for at once one after the other, of the same bars and of others', async () => {
    const threads = threadsOf(1);
    const other = aBench(60, 20);
    const otherBench = { market: other.market, options: DEFAULT_OPTIONS };
    const outcomes = outcomesHere(evaluator, tasks);
    const some = tasks.slice(0, 2);
    const [report, found, others] = await Promise.all([
      threads.report(bench, { study, dates, outcomes }, NOBODY.signal),
      threads.outcomes(bench, tasks, NOBODY),
      threads.outcomes(otherBench, some, NOBODY),
    ]);
    expect(report).toEqual(reportOf(study, { evaluator, dates, outcomes }));
    expect(found).toEqual(outcomes);
    expect(others).toEqual(outcomesHere(other.evaluator, some));
  });

  it('begins nothing that waits once it is closed', async () => {
    const threads = createResearchThreads(1);
    const asked = [threads.outcomes(bench, tasks, NOBODY), threads.outcomes(bench, tasks, NOBODY)];
    const ended = Promise.allSettled(asked);
    await threads.close();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('stops when it is aborted, and can be asked again', async () => {
    const threads = threadsOf(1);
    const stopping = new AbortController();
    const running = threads.outcomes(bench, tasks, { ...NOBODY, signal: stopping.signal });
    stopping.abort(new Error('not wanted any more'));
    await expect(running).rejects.toThrow('not wanted any more');
    const again = await threads.outcomes(bench, tasks.slice(0, 1), NOBODY);
    expect(again.size).toBe(1);
  });

  it('says what is wrong with a task that cannot be done', async () => {
    const [task] = tasks;
    const wrong = { ...task!, from: task!.to, to: task!.from };
    await expect(threadsOf(1).outcomes(bench, [wrong], NOBODY)).rejects.toThrow('no session from');
  });
});
