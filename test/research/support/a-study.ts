import { DEFAULT_OPTIONS } from '#backtest/options.ts';
import { DEFAULT_PARAMETERS } from '#core/parameters.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { createEvaluator } from '#research/evaluate.ts';
import { studiedDates } from '#research/run-study.ts';
import type { StudyPlan } from '#research/study.ts';

import { aMarket } from '../../backtest/a-market.ts';

/** Parameters that trade often, so that a short market has many trades. */
export const EAGER: StrategyParameters = {
  ...DEFAULT_PARAMETERS,
  confidenceThreshold: 20,
  volumeNodeReach: 1_000,
  correlationMinDays: 3,
};

/** A study of two axes and twelve points. */
export const aStudy = (changes: Partial<StudyPlan> = {}): StudyPlan => ({
  kind: 'sweep',
  seed: 'a study',
  axes: [
    { name: 'stop', values: [2, 2.5, 3] },
    { name: 'target', values: [3.5, 4, 4.5, 5] },
  ],
  base: EAGER,
  search: { kind: 'grid' },
  objective: { kind: 'single', figure: 'sharpe' },
  windows: { kind: 'rolling', trainSessions: 30, testSessions: 10 },
  ...changes,
});

/** A market of so many sessions, the first of which only warm up. */
export function aBench(sessions = 80, warmUp = 20) {
  const market = aMarket({ sessions, names: ['AAPL', 'MSFT'] });
  const evaluator = createEvaluator(market, DEFAULT_OPTIONS);
  return { market, evaluator, dates: studiedDates(evaluator, market.sessions[warmUp]!.date) };
}
