import type { SessionDate } from '#core/session.ts';

import type { Study, StudyId, StudyRequest } from './studies.ts';
import type { StudySummary } from './study-card.ts';

/** The processes that research, and what only they know of studies. */
export interface Research {
  /**
   * What is wrong with a request, in a line with its cure; null where nothing is.
   *
   * @param dates of the sessions that would be studied, oldest first
   */
  problemOf(request: StudyRequest, dates: readonly SessionDate[]): string | null;
  /** What of a request's fills, costs and account makes trading easier than it usually is, in words; null for nothing. */
  easedBy(request: Pick<StudyRequest, 'options'>): string | null;
  /** Puts it on the queue of all processes that research; again is once. */
  start(id: StudyId): Promise<void>;
  /** Whether any process works on that queue now; null where nobody can say. */
  isWorked(): Promise<boolean | null>;
  /** Null of one without a report. */
  summaryOf(study: Study): StudySummary | null;
  /** The whole report as a page that needs nothing else; null of one without a report. */
  pageOf(study: Study): string | null;
}
