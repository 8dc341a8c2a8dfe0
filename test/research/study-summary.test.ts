import { describe, expect, it } from 'vitest';

import { outcomesHere, runStudy } from '#research/run-study.ts';
import { studySummary } from '#research/study-summary.ts';

import { aBench, aStudy } from './support/a-study.ts';

const bench = aBench(50, 20);
const summaryOf = async (values: readonly number[]) =>
  studySummary(
    await runStudy(aStudy({ axes: [{ name: 'emaFast', values }] }), bench, (tasks) =>
      Promise.resolve(outcomesHere(bench.evaluator, tasks)),
    ),
  );

describe('what a message has room for of a study', () => {
  it('has the notes of the report, where there are some', async () => {
    expect((await summaryOf([9, 21])).notes).toEqual([
      expect.stringMatching(/^1 of 2 points of the grid cannot be traded/),
    ]);
    expect(await summaryOf([9, 10])).not.toHaveProperty('notes');
  });
});
