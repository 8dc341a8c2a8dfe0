import type { AppContext } from '#app/context.ts';
import { ticker } from '#core/ids.ts';
import { parseUsd } from '#core/money.ts';
import { asSessionDate } from '#core/session.ts';
import type { StudyRequest } from '#ports/studies.ts';
import type { StudySummary } from '#ports/study-card.ts';

import { studyReader } from '../../src/compose/study-reader.ts';

/** Of an application whose studies nobody does. */
export const noStudies = (): Pick<AppContext, 'research' | 'toldStudies'> => ({
  research: { ...studyReader, start: async () => {}, isWorked: async () => true },
  toldStudies: new Map(),
});

export const aStudyRequest: Omit<StudyRequest, 'base' | 'sectors'> = {
  kind: 'sweep',
  symbols: [ticker('AAPL'), ticker('NVDA')],
  from: asSessionDate('2024-11-26'),
  to: asSessionDate('2025-11-25'),
  grid: 'stop=2,2.5,3 target=3.5,4,4.5,5',
  search: 'grid',
  objective: 'sharpe',
  windows: 'half-years',
};

const figures = {
  trades: 120,
  netPnl: parseUsd('1234.5'),
  profitFactor: 1.42,
  expectancyR: 0.18,
  sharpe: 1.1,
};

/** A sweep that found something. */
export const aSummary = (changes: Partial<StudySummary> = {}): StudySummary => ({
  verdict: 'not-distinguishable',
  sentence: 'not distinguishable from luck: p = 0.31 on 38 trades, at most 0.05 is needed',
  objective: 'sharpe',
  search: 'grid',
  trials: 72,
  spans: {
    train: { from: asSessionDate('2024-11-26'), to: asSessionDate('2025-08-07'), sessions: 175 },
    test: { from: asSessionDate('2025-08-08'), to: asSessionDate('2025-11-25'), sessions: 75 },
  },
  windows: null,
  inSample: figures,
  outOfSample: { ...figures, trades: 38, netPnl: parseUsd('-50'), sharpe: null },
  luck: [
    { name: 'p-value', value: 0.31, needs: 'at-most', limit: 0.05, isPassed: false },
    { name: 'sharpe', value: null, needs: 'at-least', limit: 0.95, isPassed: false },
    { name: 'trials', value: 0.62, needs: 'at-least', limit: 0.95, isPassed: false },
    { name: 'splits', value: 0.178, needs: 'at-most', limit: 0.2, isPassed: true },
  ],
  recommended: 'stop=2 target=4.5',
  heatMap: {
    x: { name: 'target', values: [3.5, 4, 4.5, 5] },
    y: { name: 'stop', values: [2, 2.5, 3] },
    cells: [
      [0.11, 0.5, 1.25, 1.1],
      [-0.4, 0.2, 0.9, 1],
      [null, -0.1, 0.3, 0.44],
    ],
  },
  ...changes,
});
