import type { Asset } from '#core/account.ts';
import { decisionRecord } from '#core/decision-record.ts';
import type { SymbolSnapshot } from '#core/decision.ts';
import { exactJson, readExactJson } from '#core/exact-json.ts';
import type { Ticker } from '#core/ids.ts';
import type { StrategyParameters } from '#core/parameters.ts';
import { readDecisionRecord } from '#core/read-decision-record.ts';
import { toIso } from '#core/session.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type {
  DecidedCycle,
  DecisionReads,
  DecisionWrites,
  StoredDecision,
} from '#ports/decisions.ts';

import type { Database } from './database.ts';
import { packInputs, unpackInputs } from './decision-inputs.ts';
import type { SharedPart } from './decision-inputs.ts';
import { and, asc, desc, eq, inArray, lte, sql } from './drizzle.ts';
import { cycleInputs, decisions, sessionInputs } from './schema/decisions.ts';

export const decisionWrites = (db: Database): DecisionWrites => ({
  async recordCycle(cycle) {
    const { snapshot, intents } = cycle;
    const { barEnd, session } = snapshot;
    const { inputs, parts } = packInputs(snapshot);
    // Two cycles on one bar wait for each other here, and the second finds all that it would write.
    const { rowCount } = await db
      .insert(cycleInputs)
      .values({ sessionDate: session.date, barEnd, inputs, intents: exactJson(intents) })
      .onConflictDoNothing();
    if (rowCount !== 1) return new Set();
    await insertParts(db, session.date, parts);
    return insertDecisions(db, cycle);
  },

  async pruneDecisions(before, limit) {
    let gone = 0;
    for (const table of [decisions, cycleInputs, sessionInputs]) {
      const old = sql`SELECT ctid FROM ${table} WHERE ${table.sessionDate} < ${before}::date LIMIT ${limit}`;
      const { rowCount } = await db.execute(
        sql`DELETE FROM ${table} WHERE ctid = ANY (ARRAY(${old}))`,
      );
      gone += rowCount ?? 0;
    }
    return gone;
  },
});

/** Those that no cycle of the session has seen before. */
async function insertParts(
  db: Database,
  date: SessionDate,
  parts: readonly SharedPart[],
): Promise<void> {
  const rows = await db
    .select({ digest: sessionInputs.digest })
    .from(sessionInputs)
    .where(eq(sessionInputs.sessionDate, date));
  const known = new Set(rows.map(({ digest }) => digest));
  const fresh = parts.filter(({ digest }) => !known.has(digest));
  if (fresh.length === 0) return;
  await db
    .insert(sessionInputs)
    .values(fresh.map(({ digest, text }) => ({ sessionDate: date, digest, document: text() })))
    .onConflictDoNothing();
}

async function insertDecisions(
  db: Database,
  { snapshot, decisions: made }: DecidedCycle,
): Promise<ReadonlySet<Ticker>> {
  const assets = new Map<Ticker, Asset | null>(
    snapshot.symbols.map(({ symbol, asset }) => [symbol, asset]),
  );
  const rows = made.map((decision) => ({
    symbol: decision.symbol,
    kind: decision.kind,
    refused_by: decision.kind === 'refused' ? decision.by : null,
    trade_id: decision.kind === 'enter' ? decision.intent.tradeId : null,
    record: decisionRecord(decision, assets.get(decision.symbol) ?? null),
  }));
  const inserted = await db
    .insert(decisions)
    .select(
      // One parameter for all rows takes half the time of a list of values.
      sql`SELECT ${snapshot.session.date}::date, ${toIso(snapshot.barEnd)}::timestamptz, symbol, kind, refused_by, trade_id, record
          FROM json_to_recordset(${JSON.stringify(rows)}::json)
          AS row (symbol text, kind text, refused_by text, trade_id text, record json)`,
    )
    .onConflictDoNothing()
    .returning({ symbol: decisions.symbol });
  return new Set(inserted.map(({ symbol }) => symbol));
}

type SingleReads = Pick<DecisionReads, 'decisionAt' | 'lastDecidedSession'>;

const singleReads = (db: Database): SingleReads => ({
  async decisionAt(date, symbol, at) {
    const [row] = await db
      .select()
      .from(decisions)
      .where(
        and(
          eq(decisions.sessionDate, date),
          eq(decisions.symbol, symbol),
          lte(decisions.barEnd, at),
        ),
      )
      .orderBy(desc(decisions.barEnd))
      .limit(1);
    return row ?? null;
  },

  async lastDecidedSession() {
    const [row] = await db
      .select({ date: decisions.sessionDate })
      .from(decisions)
      .orderBy(desc(decisions.sessionDate))
      .limit(1);
    return row?.date ?? null;
  },
});

export const decisionReads = (db: Database): DecisionReads => ({
  ...singleReads(db),

  async parametersOf(date, barEnd) {
    const inputs = await inputsOf(db, date, barEnd);
    if (inputs === null) return null;
    const { parameters } = unpackInputs(inputs.inputs);
    const text = (await readParts(db, date, [parameters])).get(parameters);
    return text === undefined ? null : (readExactJson(text) as StrategyParameters);
  },

  async storedCycles(date) {
    const rows = await db
      .select({ barEnd: cycleInputs.barEnd })
      .from(cycleInputs)
      .where(eq(cycleInputs.sessionDate, date))
      .orderBy(asc(cycleInputs.barEnd));
    return rows.map(({ barEnd }) => barEnd);
  },

  async storedCycle(date, barEnd) {
    const row = await inputsOf(db, date, barEnd);
    if (row === null) return null;
    const { digests, symbols, rebuild } = unpackInputs(row.inputs);
    const parts = await readParts(db, date, digests);
    const made = await readDecisions(db, date, barEnd);
    const seen = symbols.map((symbol) => symbolFrom(symbol, made.get(symbol)));
    if (!seen.every((one) => one !== null)) return null;
    const snapshot = rebuild(parts, seen);
    return snapshot && { snapshot, decisions: [...made.values()], intents: row.intents };
  },
});

async function inputsOf(db: Database, date: SessionDate, barEnd: EpochMs) {
  const [row] = await db
    .select({ inputs: cycleInputs.inputs, intents: cycleInputs.intents })
    .from(cycleInputs)
    .where(and(eq(cycleInputs.sessionDate, date), eq(cycleInputs.barEnd, barEnd)));
  return row ?? null;
}

async function readParts(
  db: Database,
  date: SessionDate,
  digests: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .select({ digest: sessionInputs.digest, document: sessionInputs.document })
    .from(sessionInputs)
    .where(and(eq(sessionInputs.sessionDate, date), inArray(sessionInputs.digest, [...digests])));
  return new Map(rows.map(({ digest, document }) => [digest, document]));
}

async function readDecisions(
  db: Database,
  date: SessionDate,
  barEnd: EpochMs,
): Promise<ReadonlyMap<Ticker, StoredDecision>> {
  const rows = await db
    .select()
    .from(decisions)
    .where(and(eq(decisions.sessionDate, date), eq(decisions.barEnd, barEnd)));
  return new Map(rows.map((row) => [row.symbol, row]));
}

/** What was seen of a symbol; null when its record is gone, or too old to be exact. */
function symbolFrom(symbol: Ticker, decision: StoredDecision | undefined): SymbolSnapshot | null {
  const evidence = decision && readDecisionRecord(decision.record, symbol);
  if (!evidence?.isExact) return null;
  return { symbol, features: evidence.features, asset: evidence.asset };
}
