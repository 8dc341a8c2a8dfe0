import { describe, expect, it } from 'vitest';

import { tradeReturns } from '#backtest/metrics/net.ts';
import { parametersAt } from '#core/parameter-axes.ts';
import { createRandom } from '#core/random.ts';
import type { StudyReport } from '#research/report.ts';
import { outcomesHere, runStudy, stateOf } from '#research/run-study.ts';
import { bootstrapTrades } from '#research/statistics/bootstrap.ts';
import { chunksOf, searchesOf } from '#research/study.ts';
import type { StudyPlan, Task } from '#research/study.ts';
import { verdictSentence } from '#research/verdict.ts';

import { aBench, aStudy } from './support/a-study.ts';

const bench = aBench();
const here = (tasks: readonly Task[]) => Promise.resolve(outcomesHere(bench.evaluator, tasks));
const reports = new Map<string, Promise<StudyReport>>();
/** Each study once: the same one comes to the same. */
const run = (study: StudyPlan): Promise<StudyReport> => {
  const key = JSON.stringify(study);
  const report = reports.get(key) ?? runStudy(study, bench, here);
  reports.set(key, report);
  return report;
};
const STUDIES = [
  aStudy(),
  aStudy({ search: { kind: 'halving', points: 9 } }),
  aStudy({ kind: 'walk-forward' }),
] as const;

async function only<Kind extends StudyReport['kind']>(study: StudyPlan & { readonly kind: Kind }) {
  const report = await run(study);
  if (report.kind !== study.kind) throw new Error(report.kind);
  return report as Extract<StudyReport, { readonly kind: Kind }>;
}

describe('a study', () => {
  it.each(STUDIES)(
    '$kind by $search.kind comes to the same in any pieces and order',
    async (study) => {
      const whole = await run(study);
      const random = createRandom('shuffle');
      // A worker of its own for each chunk, last chunk first, and each chunk turned round.
      const apart = await runStudy(study, bench, (tasks) => {
        const chunks = chunksOf(tasks, 1 + Math.floor(random.uniform() * 5)).toReversed();
        const outcomes = chunks.flatMap((chunk) => [
          ...outcomesHere(aBench().evaluator, chunk.toReversed()),
        ]);
        return Promise.resolve(new Map(outcomes));
      });
      expect(apart).toEqual(whole);
    },
  );

  it('asks again only for the outcomes that are missing', () => {
    const study = aStudy();
    const state = stateOf(study, bench.dates, new Map());
    if (state.kind !== 'tasks') throw new Error(state.kind);
    expect(state.tasks).toHaveLength(12);
    const known = outcomesHere(bench.evaluator, state.tasks.slice(0, 3));
    const next = stateOf(study, bench.dates, known);
    expect(next.kind === 'tasks' && next.tasks).toEqual(state.tasks.slice(3));
  });

  it('is plain data, and the same after a journey through JSON', async () => {
    for (const study of STUDIES) {
      const report = await run(study);
      expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    }
  });

  it.each(['sweep', 'walk-forward'] as const)(
    '%s tells once how much of the grid was left out',
    async (kind) => {
      const axes = [{ name: 'emaFast', values: [9, 21, 30] }];
      expect((await run(aStudy({ kind, axes }))).notes).toEqual([
        '2 of 3 points of the grid cannot be traded and were left out; of the first one emaFast: is 21; it must be below emaSlow (21)',
      ]);
      expect(await run(aStudy({ kind }))).not.toHaveProperty('notes');
    },
  );

  it('of too few sessions says so', () => {
    const few = bench.dates.slice(0, 5);
    expect(stateOf(aStudy(), few, new Map())).toEqual({
      kind: 'impossible',
      error: '5 sessions are too few to choose on some and try on others; take 10 at least',
    });
    expect(stateOf(aStudy({ kind: 'walk-forward' }), few, new Map())).toMatchObject({
      kind: 'impossible',
      error: expect.stringContaining('too few for one window'),
    });
  });
});

describe('a sweep', () => {
  it('chooses on the first 70 % of the sessions and tries the choice on the rest', async () => {
    const { train, test, recommended, outOfSample, equity } = await only({
      ...aStudy(),
      kind: 'sweep',
    });
    expect([train.sessions, test.sessions]).toEqual([42, 18]);
    expect(train.from).toBe(bench.dates[0]);
    expect(test.from).toBe(bench.dates[42]);
    const { figures } = bench.evaluator.outcome(recommended!.parameters, test);
    expect(outOfSample).toEqual(figures);
    expect(equity.map(({ date }) => date)).toEqual(bench.dates.slice(42));
  });

  it('tells of every point, of the heights around the plateau, and of all tries', async () => {
    const report = await only({ ...aStudy(), kind: 'sweep' });
    expect(report.points).toHaveLength(12);
    expect(report.trials).toBe(12);
    expect(report.neighbours.length).toBeGreaterThanOrEqual(3);
    expect(report.heatMap?.cells.map((row) => row.length)).toEqual([4, 4, 4]);
    expect(report.verdict.trials).toBe(12);
    expect(report.overfitting?.splits).toBe(12_870);
    expect(report.sentence).toBe(verdictSentence(report.verdict));
  });

  it('sees no later bar, and depends little on where the bars begin', async () => {
    const { lookAhead, warmUp } = await only({ ...aStudy(), kind: 'sweep' });
    expect(lookAhead?.trades).toBeGreaterThan(10);
    expect(lookAhead?.differing).toBe(0);
    expect(warmUp).not.toBeNull();
  });

  it('recommends nothing where nothing trades, and says that nothing can be told', async () => {
    const base = { ...aStudy().base, confidenceThreshold: 100 };
    const report = await only({ ...aStudy({ base }), kind: 'sweep' });
    expect(report.recommended).toBeNull();
    expect(report.neighbours).toEqual([]);
    expect(report.verdict.kind).toBe('too-few-trades');
  });
});

describe('a walk-forward', () => {
  it('tries each choice on the time right after it, and recommends that of the latest time', async () => {
    const report = await only({ ...aStudy(), kind: 'walk-forward' });
    expect(report.windows.map(({ train, test }) => [train.sessions, test.sessions])).toEqual([
      [30, 10],
      [30, 10],
      [30, 10],
    ]);
    expect(report.equity.map(({ date }) => date)).toEqual(bench.dates.slice(30));
    expect(report.stability.map(({ name }) => name)).toEqual(['stop', 'target']);
    const trades = report.windows.reduce((sum, { outOfSample }) => sum + outOfSample.trades, 0);
    expect(report.outOfSample.trades).toBe(trades);
    expect(report.verdict.trades).toBe(trades);
    expect(report.trials).toBe(4 * 12);
    expect(report.recommended).not.toBeNull();
  });

  it('draws the trades of each test anew as parts of the equity that this test has begun with', async () => {
    const study = aStudy({ kind: 'walk-forward' });
    const report = await only({ ...study, kind: 'walk-forward' });
    const returns = report.windows.flatMap(({ choice, test }) => {
      const { startingEquity, trades } = bench.evaluator.run(
        parametersAt(study.base, choice!),
        test,
      );
      return tradeReturns(startingEquity, trades);
    });
    const random = createRandom(`bootstrap ${study.seed}`);
    expect(report.bootstrap).toEqual(bootstrapTrades(returns, { random, resamples: 2_000 }));
  });

  it.each([
    ['rolling', 30],
    ['anchored', 60],
  ] as const)(
    '%s chooses for the time to come on %i sessions, as its windows do',
    (kind, train) => {
      const windows = { kind, trainSessions: 30, testSessions: 10 };
      const searches = searchesOf(aStudy({ kind: 'walk-forward', windows }), bench.dates);
      const latest = searches.ok ? searches.searches.at(-1) : null;
      expect(latest).toMatchObject({
        test: null,
        train: { sessions: train, to: bench.dates.at(-1) },
      });
    },
  );

  it('tells of the luck of all its choices, and of every split of each training', async () => {
    const report = await only({ ...aStudy(), kind: 'walk-forward' });
    expect(report.verdict).toMatchObject({
      trials: 48,
      deflatedSharpe: report.deflatedSharpe,
      overfitting: report.overfitting?.probability,
    });
    // Four trainings of thirty sessions: twelve blocks of two, six in each half.
    expect(report.overfitting?.splits).toBe(4 * 924);
    expect(report.deflatedSharpe).toBeGreaterThan(0);
    expect(report.deflatedSharpe).toBeLessThan(1);
  });

  it('sees no later bar in its last test, and tells how much that depends on where the bars begin', async () => {
    const { windows, lookAhead, warmUp } = await only({ ...aStudy(), kind: 'walk-forward' });
    expect(lookAhead).toMatchObject({ differing: 0 });
    const { from, to } = windows.at(-1)!.test;
    expect(lookAhead!.at > from && lookAhead!.at < to).toBe(true);
    expect(warmUp).not.toBeNull();
  });
});
