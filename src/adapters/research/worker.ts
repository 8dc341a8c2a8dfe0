/** A thread that tries points of a search: the trading process's own thread never does. */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { createEvaluator } from '#research/evaluate.ts';
import { outcomesHere, reportOf } from '#research/run-study.ts';

import type { Answer, Bench, Order } from './protocol.ts';

/** Nobody waits for a search as a trade waits for its stop. */
const NICENESS = 10;

const port = parentPort;
if (port === null) throw new Error('this file is run as a worker thread');
// Elsewhere a priority is that of the whole process, which may be trading.
if (process.platform === 'linux') setPriority(NICENESS);

const { market, options } = workerData as Bench;
const evaluator = createEvaluator(market, options);

function answerTo(order: Order): Answer {
  if (order.type === 'tasks') {
    return { type: 'outcomes', outcomes: [...outcomesHere(evaluator, order.tasks)] };
  }
  const { study, dates, outcomes } = order;
  return {
    type: 'report',
    report: reportOf(study, { evaluator, dates, outcomes: new Map(outcomes) }),
  };
}

port.on('message', (order: Order) => {
  try {
    port.postMessage(answerTo(order));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    port.postMessage({ type: 'failed', error: words } satisfies Answer);
  }
});
