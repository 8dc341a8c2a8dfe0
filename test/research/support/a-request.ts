import { ticker } from '#core/ids.ts';
import type { StudyId, StudyRequest } from '#ports/studies.ts';

import { aBench, EAGER } from './a-study.ts';

export const studyId = (text: string): StudyId => text as StudyId;

/** What a person asks for, of the bench's market. */
export function aRequest(changes: Partial<StudyRequest> = {}): StudyRequest {
  const dates = aBench(50, 20).dates;
  return {
    kind: 'sweep',
    symbols: ['AAPL', 'MSFT'].map(ticker),
    from: dates[0]!,
    to: dates.at(-1)!,
    base: EAGER,
    grid: 'stop=2,2.5,3 target=3.5,4,4.5,5',
    search: 'grid',
    objective: 'sharpe',
    windows: 'rolling:15:5',
    sectors: {},
    ...changes,
  };
}
