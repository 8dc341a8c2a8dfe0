/** The thread that plays history: the trading process's own thread never does. */
import { parentPort, workerData } from 'node:worker_threads';

import { prepareMarket } from '#backtest/prepare.ts';
import { startBacktest } from '#backtest/run-backtest.ts';
import { summarize } from '#backtest/summary.ts';
import { thinEquity } from '#backtest/thin-equity.ts';
import { tradesCsv } from '#backtest/trades-csv.ts';
import { assess } from '#research/assess.ts';
import { runIdOf } from '#research/run-id.ts';
import { verdictSentence } from '#research/verdict.ts';

import type { EngineMessage, EngineTask } from './protocol.ts';

/** More than a picture has columns for. */
const CURVE_POINTS = 1_800;
const TELL_EVERY_MS = 100;

const port = parentPort;
if (port === null) throw new Error('this file is run as a worker thread');

const tell = (message: EngineMessage): void => port.postMessage(message);

const task = workerData as EngineTask;
const { codeVersion, market, parameters, options } = task;
const runId = runIdOf({ codeVersion, parameters, options, market });
const prepared = prepareMarket(market, parameters);
const run = startBacktest(prepared, parameters, options);
let toldAt = performance.now();
while (run.next()) {
  if (performance.now() - toldAt < TELL_EVERY_MS) continue;
  toldAt = performance.now();
  tell({ type: 'progress', share: run.share() });
}
const result = run.result();
const { verdict } = assess({ prepared, result, market, options, parameters }, runId);
tell({
  type: 'done',
  outcome: {
    kind: 'done',
    runId,
    summary: summarize(result, verdictSentence(verdict)),
    files: { curve: thinEquity(result.equity, CURVE_POINTS), trades: tradesCsv(result.trades) },
  },
});
