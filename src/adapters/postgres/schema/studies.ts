import type { StrategyParameters } from '#core/parameters.ts';
import type {
  StudyId,
  StudyRequest,
  StudyStatus,
  StudyTelling,
  VerdictKind,
} from '#ports/studies.ts';

import { document, instant, orderedDocument, words } from '../columns.ts';
import { index, integer, pgTable, primaryKey, text } from '../drizzle.ts';

/**
 * Sweeps and walk-forwards that somebody has asked for. Instants are by the system's clock. Request, outcomes and
 * report keep their order, so that a report is the same to the byte whoever has made it.
 */
export const studies = pgTable(
  'studies',
  {
    id: text('id').$type<StudyId>().primaryKey(),
    kind: text('kind').$type<StudyRequest['kind']>().notNull(),
    request: orderedDocument('request').$type<StudyRequest>().notNull(),
    requestedBy: words('requested_by').notNull(),
    /** The chat's id of who asked; null where it was not asked for in the chat, as is `telling`. */
    person: text('person'),
    requestedAt: instant('requested_at').notNull(),
    /** What the channel knows of it. */
    telling: text('telling').$type<StudyTelling>(),
    status: text('status').$type<StudyStatus>().notNull(),
    /** Tasks that are known of by now; a search may find more to do. */
    tasks: integer('tasks').notNull().default(0),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    verdict: text('verdict').$type<VerdictKind>(),
    sentence: words('sentence'),
    recommended: document('recommended').$type<StrategyParameters>(),
    /** SHA-256 of the parameters that it recommends, in hexadecimal. */
    parametersKey: text('parameters_key'),
    /** Of the rules, the engine and the verdict; null for results from before that was noted. */
    codeVersion: text('code_version'),
    report: orderedDocument('report'),
    failure: words('failure'),
    cancelledBy: words('cancelled_by'),
  },
  (table) => [
    index('studies_status').on(table.status),
    index('studies_parameters').on(table.parametersKey, table.finishedAt),
  ],
);

/** What came of the tasks of a study: a point on a span each. One that was done twice counts once. */
export const sweepResults = pgTable(
  'sweep_results',
  {
    study: text('study')
      .$type<StudyId>()
      .notNull()
      .references(() => studies.id, { onDelete: 'cascade' }),
    /** Span and point, as in `2024-01-02..2024-06-28 stop=2 target=4`. */
    key: text('key').notNull(),
    /** Key figures and the return of each session. */
    outcome: orderedDocument('outcome').notNull(),
  },
  (table) => [primaryKey({ columns: [table.study, table.key] })],
);

/** Admins who let parameters trade that no walk-forward speaks for; of the same parameters the last one counts. */
export const readinessOverrides = pgTable(
  'readiness_overrides',
  {
    parametersKey: text('parameters_key').notNull(),
    at: instant('at').notNull(),
    by: words('by').notNull(),
    reason: words('reason').notNull(),
  },
  (table) => [primaryKey({ columns: [table.parametersKey, table.at] })],
);
