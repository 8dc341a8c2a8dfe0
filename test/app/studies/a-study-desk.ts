import type { Actor } from '#app/command.ts';
import type { AppContext } from '#app/context.ts';
import { requestStudy, studyShown } from '#app/studies/request-study.ts';
import type { Research } from '#ports/research.ts';
import type { StudyId } from '#ports/studies.ts';
import type { StudyCard, StudyProgress } from '#ports/study-card.ts';
import type { StudyReport } from '#research/report.ts';
import { outcomesHere, runStudy } from '#research/run-study.ts';

import { studyReader } from '../../../src/compose/study-reader.ts';
import { aBench, aStudy, EAGER } from '../../research/support/a-study.ts';
import { ADMIN, openBacktestDesk } from '../backtest/a-backtest-desk.ts';
import type { Desk } from '../desk.ts';

/** A queue that remembers what was put on it; whether it is worked, the test says. */
export interface HeldQueue extends Research {
  readonly started: StudyId[];
  isBusy: boolean | null;
  /** Why nothing can be put on it. */
  trouble: Error | null;
}

function heldQueue(): HeldQueue {
  const queue: HeldQueue = {
    ...studyReader,
    started: [],
    isBusy: true,
    trouble: null,
    start: async (id) => {
      if (queue.trouble !== null) throw queue.trouble;
      queue.started.push(id);
    },
    isWorked: async () => queue.isBusy,
  };
  return queue;
}

export interface StudyDesk extends Desk {
  readonly queue: HeldQueue;
  /** Somebody asks; the message stands unless it is said not to. */
  ask(actor?: Actor, isShown?: boolean): Promise<StudyId>;
  /** As a process that researches does it: so many of 72 runs are done, begun at an instant. */
  advance(id: StudyId, done: number, startedAt: number): Promise<void>;
  /** The study ends in a report. */
  finish(id: StudyId): Promise<void>;
  fail(id: StudyId, why: string): Promise<void>;
  /** What the cards of one have told, in order. */
  told1(id: StudyId): Promise<readonly StudyProgress[]>;
}

const report: Promise<StudyReport> = (async () => {
  const { evaluator, dates } = aBench(50, 20);
  return runStudy(aStudy(), { evaluator, dates }, (tasks) =>
    Promise.resolve(outcomesHere(evaluator, tasks)),
  );
})();

const json = (value: unknown): string => `$json$${JSON.stringify(value)}$json$::jsonb`;

/** A desk at which studies are asked for, and nobody does any. */
export async function openStudyDesk(): Promise<StudyDesk> {
  const desk = await openBacktestDesk();
  const queue = heldQueue();
  const context = desk.with({ research: queue });
  return {
    ...desk,
    context,
    queue,
    with: (changes: Partial<AppContext>) => ({ ...context, ...changes }),
    ask: async (actor = ADMIN, isShown = true) => {
      const reply = await requestStudy(context, { actor, options: { symbols: 'NVDA' } });
      const card = reply.kind === 'card' ? (reply.first as StudyCard) : null;
      if (card === null) throw new Error('no card was answered');
      if (isShown) await studyShown(context, card, null);
      return card.id;
    },
    advance: async (id, done, startedAt) => {
      await desk.query(`
        UPDATE studies SET status = 'running', tasks = 72, started_at = to_timestamp(${startedAt / 1000})
          WHERE id = '${id}';
        INSERT INTO sweep_results
          SELECT '${id}', 'run ' || n, '{}' FROM generate_series(1, ${done}) n ON CONFLICT DO NOTHING`);
    },
    finish: async (id) => {
      const made = await report;
      await desk.query(`
        UPDATE studies SET status = 'done', finished_at = started_at + interval '90 s',
            verdict = '${made.verdict.kind}', sentence = '${made.sentence}', report = ${json(made)},
            recommended = ${json({ ...EAGER, stopAtrs: 2 })}, parameters_key = 'key'
          WHERE id = '${id}'`);
    },
    fail: async (id, why) => {
      await desk.query(
        `UPDATE studies SET status = 'failed', failure = '${why}', finished_at = now() WHERE id = '${id}'`,
      );
    },
    told1: async (id) => {
      const rows = await desk.query<{ card: StudyCard }>(
        `SELECT card FROM outbox WHERE key = 'study:${id}' ORDER BY sequence`,
      );
      return rows.map(({ card }) => card.progress);
    },
  };
}
