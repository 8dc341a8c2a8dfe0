import type { DecisionRecord } from '#core/decision-record.ts';
import type { Decision, EntryFilterName } from '#core/decision.ts';
import type { TradeId } from '#core/ids.ts';

import { instant } from '../columns.ts';
import { json, pgTable, primaryKey, text } from '../drizzle.ts';
import { sessionDate, symbol } from './common.ts';

/** What was decided for a symbol at a bar. The primary key keeps a bar from being decided twice. */
export const decisions = pgTable(
  'decisions',
  {
    sessionDate: sessionDate(),
    barEnd: instant('bar_end').notNull(),
    symbol: symbol(),
    kind: text('kind').$type<Decision['kind']>().notNull(),
    /** The entry filter that said no; null unless refused. */
    refusedBy: text('refused_by').$type<EntryFilterName>(),
    /** The trade that was intended; null unless the decision was to enter. */
    tradeId: text('trade_id').$type<TradeId>(),
    /** Features, side, confidence, asset and filters, at most 1 KB, see src/core/decision-record.ts. */
    record: json('record').$type<DecisionRecord>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionDate, table.barEnd, table.symbol] })],
);

/**
 * What a cycle saw besides its symbols' features, and what it wanted done: enough to decide it again. Texts
 * rather than documents, since they are compared byte by byte; see src/core/exact-json.ts.
 */
export const cycleInputs = pgTable(
  'cycle_inputs',
  {
    sessionDate: sessionDate(),
    barEnd: instant('bar_end').notNull(),
    /** Account, positions, control and so on; what cycles have in common is in session_inputs. */
    inputs: text('inputs').notNull(),
    /** As they were decided, also those that a halt in that moment kept from being carried out. */
    intents: text('intents').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionDate, table.barEnd] })],
);

/**
 * What the cycles of a session have in common (daily bars, sectors, parameters, closed trades), each version
 * of it once, under the digest of its text. A cycle names the versions that it saw, so that a restart in the
 * middle of a session, which may read other ones, falsifies nothing.
 */
export const sessionInputs = pgTable(
  'session_inputs',
  {
    sessionDate: sessionDate(),
    digest: text('digest').notNull(),
    document: text('document').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionDate, table.digest] })],
);
