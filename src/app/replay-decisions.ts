import type { CycleIntents } from '#core/cycle-intents.ts';
import { decideCycle } from '#core/cycle-intents.ts';
import { decisionRecord } from '#core/decision-record.ts';
import type { Decision, Snapshot } from '#core/decision.ts';
import { exactJson, readExactJson } from '#core/exact-json.ts';
import type { Ticker } from '#core/ids.ts';
import type { EpochMs, SessionDate } from '#core/session.ts';
import type { StoredCycle, StoredDecision } from '#ports/decisions.ts';
import type { Ledger } from '#ports/ledger.ts';

/** Where deciding again came to something else than is stored; both as exact JSON, null for nothing. */
export interface ReplayDifference {
  readonly barEnd: EpochMs;
  /** Null when it is about the cycle as a whole. */
  readonly symbol: Ticker | null;
  readonly what: 'cycle' | 'decision' | 'intent';
  readonly stored: string | null;
  readonly replayed: string | null;
}

export interface ReplayReport {
  readonly date: SessionDate;
  /** How many cycles were decided again, with how many decisions and intents. */
  readonly cycles: number;
  readonly decisions: number;
  readonly intents: number;
  /** Cycles that ran to their end and of which too little is stored: pruned, or older than the record. */
  readonly notStored: number;
  readonly differences: readonly ReplayDifference[];
}

type Records = Pick<Ledger, 'storedCycles' | 'storedCycle' | 'cycleCount'>;

/**
 * Decides every stored cycle of a session again, from what is stored of it, and compares the intents byte by
 * byte with those that were written down then, and each symbol's decision with its record. Reads only.
 */
export async function replaySession(ledger: Records, date: SessionDate): Promise<ReplayReport> {
  const barEnds = await ledger.storedCycles(date);
  const finished = await ledger.cycleCount(date);
  const differences: ReplayDifference[] = [];
  const sum = { decisions: 0, intents: 0 };
  for (const barEnd of barEnds) {
    const stored = await ledger.storedCycle(date, barEnd);
    if (stored === null) {
      differences.push({ barEnd, symbol: null, what: 'cycle', stored: null, replayed: null });
      continue;
    }
    const replay = replayCycle(stored);
    differences.push(...replay.differences);
    sum.decisions += replay.decisions;
    sum.intents += replay.intents;
  }
  const notStored = Math.max(0, finished - barEnds.length);
  return { date, cycles: barEnds.length, ...sum, notStored, differences };
}

interface CycleReplay {
  readonly decisions: number;
  readonly intents: number;
  readonly differences: readonly ReplayDifference[];
}

function replayCycle(cycle: StoredCycle): CycleReplay {
  const { snapshot } = cycle;
  const { decisions, intents } = decideCycle(snapshot);
  return {
    decisions: decisions.length,
    intents: Object.values(intents).flat().length,
    differences: [
      ...decisionDifferences(cycle.decisions, decisions, snapshot),
      ...intentDifferences(cycle.intents, intents, snapshot.barEnd),
    ],
  };
}

function decisionDifferences(
  stored: readonly StoredDecision[],
  replayed: readonly Decision[],
  { barEnd, symbols }: Snapshot,
): readonly ReplayDifference[] {
  const before = new Map(
    stored.map(({ symbol, kind, refusedBy, tradeId, record }) => [
      symbol,
      exactJson({ kind, refusedBy, tradeId, record }),
    ]),
  );
  const assets = new Map(symbols.map(({ symbol, asset }) => [symbol, asset]));
  const now = new Map(
    replayed.map((decision) => [
      decision.symbol,
      exactJson({
        kind: decision.kind,
        refusedBy: decision.kind === 'refused' ? decision.by : null,
        tradeId: decision.kind === 'enter' ? decision.intent.tradeId : null,
        record: decisionRecord(decision, assets.get(decision.symbol) ?? null),
      }),
    ]),
  );
  return differing(before, now).map((one) => ({ barEnd, what: 'decision', ...one }));
}

/** The texts as a whole first; only when they differ it is looked for where. */
function intentDifferences(
  stored: string,
  replayed: CycleIntents,
  barEnd: EpochMs,
): readonly ReplayDifference[] {
  const text = exactJson(replayed);
  if (text === stored) return [];
  const found = differing(textsBySymbol(readExactJson(stored)), textsBySymbol(replayed));
  if (found.length > 0) return found.map((one) => ({ barEnd, what: 'intent', ...one }));
  return [{ barEnd, symbol: null, what: 'intent', stored, replayed: text }];
}

/** A cycle's intents, of all kinds, by their symbol. */
function textsBySymbol(intents: unknown): ReadonlyMap<Ticker, string> {
  const bySymbol = new Map<Ticker, string>();
  // Written as cycle intents: a list for each kind, whose items all name their symbol.
  const kinds = Object.entries(intents as Readonly<Record<string, readonly IntentOfSymbol[]>>);
  for (const [kind, list] of kinds) {
    for (const intent of list) {
      const text = `${kind} ${exactJson(intent)}`;
      const others = bySymbol.get(intent.symbol);
      bySymbol.set(intent.symbol, others === undefined ? text : `${others}\n${text}`);
    }
  }
  return bySymbol;
}

interface IntentOfSymbol {
  readonly symbol: Ticker;
}

function differing(
  stored: ReadonlyMap<Ticker, string>,
  replayed: ReadonlyMap<Ticker, string>,
): readonly Pick<ReplayDifference, 'symbol' | 'stored' | 'replayed'>[] {
  return [...new Set([...stored.keys(), ...replayed.keys()])]
    .map((symbol) => ({
      symbol,
      stored: stored.get(symbol) ?? null,
      replayed: replayed.get(symbol) ?? null,
    }))
    .filter((one) => one.stored !== one.replayed);
}
