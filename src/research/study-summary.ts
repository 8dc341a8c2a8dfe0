import type { KeyFigures } from '#backtest/metrics/measure.ts';
import type { StudyFigures, StudySummary } from '#ports/study-card.ts';

import type { StudyReport } from './report.ts';
import { pointText } from './space.ts';
import { luckTests } from './verdict.ts';

/** What a message has room for of a report. */
export function studySummary(report: StudyReport): StudySummary {
  const { verdict, sentence, objective, search, trials, recommended, notes } = report;
  return {
    verdict: verdict.kind,
    sentence,
    objective,
    search,
    trials,
    spans: report.kind === 'sweep' ? { train: report.train, test: report.test } : null,
    windows:
      report.kind === 'sweep'
        ? null
        : { count: report.windows.length, efficiency: report.efficiency },
    inSample: figuresOf(report.inSample),
    outOfSample: figuresOf(report.outOfSample),
    luck: luckTests(verdict),
    recommended: recommended === null ? null : pointText(recommended.coordinates),
    heatMap: report.kind === 'sweep' ? report.heatMap : null,
    ...(notes === undefined ? {} : { notes }),
  };
}

const figuresOf = ({
  trades,
  netPnl,
  profitFactor,
  expectancyR,
  sharpe,
}: KeyFigures): StudyFigures => ({ trades, netPnl, profitFactor, expectancyR, sharpe });
